// Contrast of the tokens, WCAG 2.2 AA: 4.5 for text, 3 for what shows where a control or the focus is.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');

function theme(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('\n}')[0] ?? '';
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((hit) => [hit[1] ?? '', hit[2] ?? '']),
  );
}

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ['surface-page', 'surface-raised', 'surface-sunken', 'surface-selected'];
const PAIRS: [string, string[], number][] = [
  ['text', [...SURFACES, 'surface-hover'], 7],
  ['text-muted', [...SURFACES, 'surface-hover'], 4.5],
  ['text-faint', SURFACES, 4.5],
  ['accent', ['surface-page', 'surface-raised', 'surface-sunken'], 4.5],
  ['danger', SURFACES, 4.5],
  ['ok', SURFACES, 4.5],
  ['warn', SURFACES, 4.5],
  ['info', SURFACES, 4.5],
  ['embargo', SURFACES, 4.5],
  ['on-accent', ['accent', 'accent-hover'], 4.5],
  ['on-primary', ['primary', 'primary-hover'], 4.5],
  ['inserted-text', ['inserted'], 4.5],
  ['deleted-text', ['deleted'], 4.5],
  ['border-control', ['surface-raised', 'surface-page'], 3],
  ['focus', SURFACES, 3],
];

for (const [name, selector] of [
  ['light', ':root'],
  ['dark', "[data-theme='dark']"],
] as const) {
  test(`every text of the ${name} theme stands out from what it stands on`, () => {
    const colours = theme(selector);
    const colour = (token: string) => {
      const hex = colours.get(token);
      if (!hex) throw new Error(`no token ${token} in ${name}`);
      return hex;
    };
    const faint = PAIRS.flatMap(([text, surfaces, least]) =>
      surfaces
        .map((surface) => ({ text, surface, ratio: contrast(colour(text), colour(surface)) }))
        .filter(({ ratio }) => ratio < least)
        .map((pair) => `${pair.text} on ${pair.surface}: ${pair.ratio.toFixed(2)}`),
    );
    expect(faint).toEqual([]);
  });
}

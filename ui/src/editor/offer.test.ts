import { undo } from '@codemirror/commands';
import { EditorView, runScopeHandlers } from '@codemirror/view';
import { afterEach, expect, test } from 'vitest';
import { marked, viewOf } from './editor.fixture';
import { embedKind, offerEmbeds } from './offer';

const VIDEO = 'https://media.example/lake.mp4';
const host = { words: (key: string) => key, embedHosts: () => ['media.example', 'map.example'] };

let view: EditorView;
afterEach(() => {
  view.destroy();
  document.body.innerHTML = '';
});

function paste(text: string, into = '│'): string | undefined {
  view = viewOf(into, offerEmbeds(host));
  view.dispatch({ ...view.state.replaceSelection(text), userEvent: 'input.paste' });
  return offered();
}

const offered = () => document.querySelector('.cm-offer button')?.textContent ?? undefined;
const press = (key: string, altKey = false) =>
  runScopeHandlers(view, new KeyboardEvent('keydown', { key, altKey }), 'editor');

test('an address is known by its file or its host, and only on hosts that the site allows', () => {
  view = viewOf('│');
  const check = (address: string, kind: string | undefined) =>
    expect(embedKind(address, host.embedHosts()), address).toBe(kind);
  check(VIDEO, 'video');
  check('https://cdn.media.example/a/b.webm?x=1#t=3', 'video');
  check('https://media.example/he.MP3', 'audio');
  check('https://map.example/?q=30.1,120.2', 'map');
  check('https://media.example/maps/30.1,120.2', 'map');
  check('https://media.example/lake.html', undefined);
  check('http://media.example/lake.mp4', undefined);
  check('https://media.example:8443/lake.mp4', undefined);
  check('https://evilmedia.example/lake.mp4', undefined);
  check('https://media.example.evil.example/lake.mp4', undefined);
  check('https://elsewhere.example/lake.mp4', undefined);
});

test('pasted alone on an empty line it is offered, and stays an address until it is taken', () => {
  expect(paste(VIDEO)).toBe('editor.offer_video');
  expect(marked(view)).toBe(`${VIDEO}│`);
  expect(document.querySelector('.cm-offer kbd')?.textContent).toBe('Alt Enter');
  expect(view.dom.querySelector('.cm-announced')?.textContent).toBe('editor.offer_video Alt+Enter');
  press('Enter', true);
  expect(marked(view)).toBe(`[media.example](${VIDEO} "video")│`);
  expect(offered()).toBeUndefined();
  view.dispatch({ ...view.state.replaceSelection('。'), userEvent: 'input.type' });
  undo(view);
  expect(marked(view)).toBe(`[media.example](${VIDEO} "video")│`);
  undo(view);
  expect(view.state.doc.toString()).toBe(VIDEO);
  expect(offered()).toBeUndefined();
  undo(view);
  expect(view.state.doc.toString()).toBe('');
});

test('the button takes it too, and neighbours without a blank line get one', () => {
  paste(VIDEO, '上文\n│\n下文');
  document.querySelector<HTMLButtonElement>('.cm-offer button')?.click();
  expect(marked(view)).toBe(`上文\n\n[media.example](${VIDEO} "video")│\n\n下文`);
});

test('whatever else is pasted, or pasted elsewhere, is not offered', () => {
  for (const [text, into] of [
    [VIDEO, '文│'],
    [`看 ${VIDEO}`, '│'],
    ['https://elsewhere.example/lake.mp4', '│'],
    [`${VIDEO}\n${VIDEO}`, '│'],
  ] as const) {
    expect(paste(text, into), `${text} into ${into}`).toBe(undefined);
    view.destroy();
  }
  view = viewOf('│', offerEmbeds(host));
  view.dispatch({ ...view.state.replaceSelection(VIDEO), userEvent: 'input.type' });
  expect(offered()).toBe(undefined);
});

test('it goes with Escape, with the next key, and when the caret leaves', () => {
  const leave: ((view: EditorView) => void)[] = [
    () => press('Escape'),
    (view) => view.dispatch({ ...view.state.replaceSelection('\n'), userEvent: 'input.type' }),
    (view) => view.dispatch({ ...view.state.replaceSelection('x'), userEvent: 'input.type' }),
    (view) => view.dispatch({ selection: { anchor: 0 } }),
  ];
  for (const act of leave) {
    paste(VIDEO, '上文\n\n│');
    expect(offered()).toBe('editor.offer_video');
    act(view);
    expect(offered()).toBeUndefined();
    expect(press('Enter', true)).toBe(false);
    view.destroy();
  }
});

test('what others write above does not take it away', () => {
  paste(VIDEO, '上文\n\n│');
  view.dispatch({ changes: { from: 0, insert: '新的第一段\n\n' } });
  expect(offered()).toBe('editor.offer_video');
  press('Enter', true);
  expect(view.state.doc.toString()).toBe(`新的第一段\n\n上文\n\n[media.example](${VIDEO} "video")`);
});

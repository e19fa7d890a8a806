import { expect, test } from 'vitest';
import { forMedium, type Medium } from './medium';

const screen: Medium = { paper: false, shade: 'light' };
const dark: Medium = { paper: false, shade: 'dark' };
const paper: Medium = { paper: true, shade: 'dark' };

const check = (css: string, medium: Medium, wanted: string) => expect(forMedium(css, medium)).toBe(wanted);

test('the queries of a sheet are answered for the medium, in their places', () => {
  const css = 'a{}@media print{p{orphans:2}}b{}@media (prefers-color-scheme: dark){i{}}u{}';
  check(css, screen, 'a{}@media never {p{orphans:2}}b{}@media (max-width: 0px) {i{}}u{}');
  check(css, dark, 'a{}@media never {p{orphans:2}}b{}@media (min-width: 0px) {i{}}u{}');
  check(css, paper, 'a{}@media all {p{orphans:2}}b{}@media (max-width: 0px) {i{}}u{}');
});

test('joined and negated queries keep their meaning', () => {
  check('@media screen and (prefers-color-scheme:light){}', dark, '@media all and (max-width: 0px) {}');
  check('@media not print{}', paper, '@media not all {}');
  check('@media only screen, print{}', paper, '@media only never, all {}');
});

test('paper is one page wide, and the screen as wide as it is', () => {
  check('@media (min-width: 48rem){}', paper, '@media (min-width: 0px) {}');
  check('@media (min-width: 60em){}', paper, '@media (max-width: 0px) {}');
  check('@media (max-width: 700px){}', paper, '@media (max-width: 0px) {}');
  check('@media (min-width: 48rem){}', screen, '@media (min-width: 48rem) {}');
});

test('comments are left alone, and the theme says how wide its margins are', () => {
  check('/* @media print { */a{}', paper, '/* @media print { */a{}');
  check(
    '@page { size: A4; margin: 2cm 1cm }',
    paper,
    '@page { size: A4; margin: 2cm 1cm }\n:root { --galley-margin: 2cm; }',
  );
});

import { expect, test } from 'vitest';
import { printRules } from './print';

test('only what stands under print is taken, with its braces', () => {
  const css =
    'a{color:red}@media print{p{orphans:2}@page{margin:1cm}}b{}@media screen{i{}}@media print {u{x:y}}';
  expect(printRules(css)).toBe('p{orphans:2}@page{margin:1cm}\nu{x:y}');
});

test('a sheet without print rules gives none', () => {
  expect(printRules('@media (min-width: 48rem) { p { margin: 0 } }')).toBe('');
});

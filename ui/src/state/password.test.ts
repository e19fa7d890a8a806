import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canBePassword, PASSWORD } from './password';

test('a password has as many characters as the newsroom demands', () => {
  const check = (password: string, fits: boolean) => expect(canBePassword(password)).toBe(fits);
  check('', false);
  check('a'.repeat(9), false);
  check('a'.repeat(10), true);
  check('𠮷'.repeat(9), false);
  check('𠮷'.repeat(200), true);
  check('a'.repeat(201), false);
  const rule = readFileSync('../crates/galley-newsroom/src/secret.rs', 'utf8');
  expect(rule).toContain(`${PASSWORD.min}..=${PASSWORD.max};`);
});

import { expect, test } from 'vitest';
import { commandFor, commands, menus } from './shortcuts';

const press = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);

test('a key finds its command', () => {
  const check = (init: KeyboardEventInit, id: string | undefined, mac = false) =>
    expect(commandFor(press(init), mac)?.id).toBe(id);
  check({ key: 'n', ctrlKey: true }, 'new-article');
  check({ key: 'n', metaKey: true }, 'new-article', true);
  check({ key: 'n' }, undefined);
  check({ key: 'P', code: 'KeyP', ctrlKey: true, shiftKey: true }, 'palette');
  check({ key: 'p', code: 'KeyP', ctrlKey: true }, 'quick-open');
  check({ key: '(', code: 'Digit9', ctrlKey: true, shiftKey: true }, 'quote');
  check({ key: '1', code: 'Digit1', ctrlKey: true, altKey: true }, 'heading-2');
  check({ key: '¡', code: 'Digit1', metaKey: true, altKey: true }, 'heading-2', true);
  check({ key: 'F6' }, 'next-column');
  check({ key: 'F6', shiftKey: true }, 'previous-column');
  check({ key: '/', ctrlKey: true }, 'shortcuts');
  check({ key: '+', ctrlKey: true, shiftKey: true }, 'zoom-in');
  check({ key: ',', ctrlKey: true }, 'settings');
});

test('nothing is a shortcut while an input method is composing', () => {
  expect(commandFor(press({ key: 'n', ctrlKey: true, isComposing: true }), false)).toBeUndefined();
});

test('no two commands share a key', () => {
  for (const system of ['key', 'mac'] as const) {
    const keys = commands.flatMap((command) => [command[system], ...(command.also ?? [])]).filter(Boolean);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  }
});

test('every command has its menu, and every id is used once', () => {
  const ids = commands.map((command) => command.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(commands.filter((command) => !menus.some((menu) => menu.id === command.menu))).toEqual([]);
});

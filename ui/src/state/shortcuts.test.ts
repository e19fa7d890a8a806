import { afterEach, expect, test, vi } from 'vitest';
import { keyText, spokenKey } from '../editor/key-text';
import { ariaKeys, commandFor, commands, labelOf, menus } from './shortcuts';

afterEach(() => void vi.restoreAllMocks());

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

test('keys are written as the menus of the system write them', () => {
  const check = (key: string, elsewhere: string, mac: string) => {
    vi.spyOn(navigator, 'platform', 'get').mockReturnValue('Linux x86_64');
    expect(keyText(key)).toBe(elsewhere);
    vi.spyOn(navigator, 'platform', 'get').mockReturnValue('MacIntel');
    expect(keyText(key)).toBe(mac);
  };
  check('Cmd+N', 'Cmd N', '⌘N');
  check('Cmd+Shift+P', 'Cmd Shift P', '⇧⌘P');
  check('Cmd+Alt+1', 'Cmd Alt 1', '⌥⌘1');
  check('Ctrl+Cmd+F', 'Ctrl Cmd F', '⌃⌘F');
  check('Alt+Enter', 'Alt Enter', '⌥↩');
  check('F6', 'F6', 'F6');
  check('', '', '');
});

test('on a Mac every command shows and announces its key there, and no other', () => {
  vi.spyOn(navigator, 'platform', 'get').mockReturnValue('MacIntel');
  expect(labelOf('new-article')).toBe('⌘N');
  expect(ariaKeys('new-article')).toBe('Meta+N');
  expect(ariaKeys('palette')).toBe('Meta+Shift+P');
  expect(spokenKey('Alt+Enter')).toBe('Option+Enter');
  const ids = commands.map(({ id }) => id);
  expect(ids.filter((id) => /Cmd|Ctrl|Alt|Shift|\+/.test(labelOf(id)))).toEqual([]);
  expect(ids.filter((id) => /Cmd|Ctrl/.test(ariaKeys(id) ?? ''))).toEqual([]);
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

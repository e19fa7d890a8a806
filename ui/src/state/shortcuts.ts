// The command table and its keys. Plain functions over `commands.json`; nothing here runs a command.
import table from '../commands.json';
import { keyText, onMac } from '../editor/key-text';
import type { WordKey } from '../words/index.svelte';

export interface Command {
  id: string;
  menu: string;
  group: number;
  /** Who carries it out: the window, the body's editor, or the system. */
  where: 'window' | 'editor' | 'system';
  key: string;
  mac: string;
  word: WordKey;
  also?: string[];
}

export const commands = table.commands as Command[];
export const menus = table.menus as { id: string; word: WordKey }[];

/** The key of a command as this system writes it. */
export function keyLabel(command: Command): string {
  return keyText(onMac() ? command.mac : command.key);
}

export const labelOf = (id: string): string => {
  const command = commands.find((one) => one.id === id);
  return command ? keyLabel(command) : '';
};

/** What `aria-keyshortcuts` says of a command. */
export function ariaKeys(id: string): string | undefined {
  const command = commands.find((one) => one.id === id);
  const key = command && (onMac() ? command.mac : command.key);
  return key ? key.replace('Ctrl', 'Control').replace('Cmd', 'Meta') : undefined;
}

/** The command whose key this is, or none: also while an input method is composing. */
export function commandFor(event: KeyboardEvent, mac = onMac()): Command | undefined {
  if (event.isComposing || event.key === 'Process') return undefined;
  return commands.find((command) => {
    const keys = [mac ? command.mac : command.key, ...(command.also ?? [])];
    return keys.some((key) => key && matches(event, key));
  });
}

function matches(event: KeyboardEvent, key: string): boolean {
  const parts = key.split('+');
  const base = parts.pop() ?? '';
  const wants = (modifier: string) => parts.includes(modifier);
  return (
    event.ctrlKey === wants('Ctrl') &&
    event.metaKey === wants('Cmd') &&
    event.altKey === wants('Alt') &&
    (event.shiftKey === wants('Shift') || (base === '=' && event.key === '+')) &&
    isBase(event, base)
  );
}

/** Digits by their place on the keyboard, since Shift and Alt change what they type; the rest by what they type. */
function isBase(event: KeyboardEvent, base: string): boolean {
  if (/^\d$/.test(base)) return event.code === `Digit${base}` || event.code === `Numpad${base}`;
  if (/^[A-Z]$/.test(base)) return event.key.toUpperCase() === base || event.code === `Key${base}`;
  if (base === '=') return event.key === '=' || event.key === '+';
  return event.key === base;
}

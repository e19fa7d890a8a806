// The keys of the editor's commands, from the window's one table (`commands.json`).
//
// Keys of commands that the window carries out, and those that the system does (cut, copy, paste), are not bound.
import type { Command, EditorView, KeyBinding } from '@codemirror/view';
import table from '../commands.json';
import { hasLinkWords } from './link';
import { COMMAND_IDS, type CommandId } from './types';

interface Entry {
  id: string;
  where: string;
  key: string;
  mac: string;
  also?: string[];
}

/** Bindings for every command of the editor that has a key. */
export function commandKeys(run: (command: CommandId, view: EditorView) => boolean): KeyBinding[] {
  return (table.commands as Entry[]).flatMap(({ id, where, key, mac, also = [] }): KeyBinding[] => {
    // The system's own paste brings the text along; asking the clipboard for it needs a permission.
    if (where !== 'editor' || !isCommand(id) || id === 'paste-plain') return [];
    // With nothing to link, its key is the window's.
    const isOurs = (view: EditorView) => id !== 'link' || hasLinkWords(view.state);
    const command: Command = (view) => isOurs(view) && run(id, view);
    const plain = { run: command, preventDefault: id !== 'link' };
    return [
      { ...plain, key: asKey(key), mac: asKey(mac || key) },
      ...also.map((other) => ({ ...plain, key: asKey(other) })),
    ];
  });
}

/** True for the key that pastes plain text. */
export function isPlainPaste(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'v';
}

/** `Ctrl+Shift+7` as CodeMirror writes it: `Ctrl-Shift-7`. */
export function asKey(key: string): string {
  const parts = key.split('+');
  const base = parts.pop() ?? '';
  return [...parts, base.length === 1 ? base.toLowerCase() : base].join('-');
}

function isCommand(id: string): id is CommandId {
  return (COMMAND_IDS as readonly string[]).includes(id);
}

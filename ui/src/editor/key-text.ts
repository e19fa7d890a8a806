// Keys as the system in use writes them. Not here: which key does what (`commands.json`).

/** In the order in which menus of a Mac write them. */
const MODIFIERS = [
  ['Ctrl', '⌃'],
  ['Alt', '⌥'],
  ['Shift', '⇧'],
  ['Cmd', '⌘'],
] as const;

export const onMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** A key such as `Alt+Enter` as menus show it. */
export function keyText(key: string): string {
  if (!onMac()) return key.replaceAll('+', ' ');
  const parts = key.split('+');
  const base = parts.pop() ?? '';
  const held = MODIFIERS.filter(([name]) => parts.includes(name)).map(([, sign]) => sign);
  return [...held, base === 'Enter' ? '↩' : base].join('');
}

/** The same to be said aloud. */
export const spokenKey = (key: string): string => (onMac() ? key.replace('Alt', 'Option') : key);

// Keys as the system in use writes them. Not here: which key does what (`commands.json`).

export const onMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** A key such as `Alt+Enter` as menus show it. */
export function keyText(key: string): string {
  if (!onMac()) return key.replaceAll('+', ' ');
  const signs: Record<string, string> = { Cmd: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃', Enter: '↩' };
  return key
    .split('+')
    .map((part) => signs[part] ?? part)
    .join('');
}

/** The same to be said aloud. */
export const spokenKey = (key: string): string => (onMac() ? key.replace('Alt', 'Option') : key);

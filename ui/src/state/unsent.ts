// What was typed into a dialog and not sent yet: a dialog that is closed by a wrong key gives it back when it is opened
// again. Not here: what outlives the window; that is the core's.
const texts = new Map<string, string>();

export const unsent = (key: string): string => texts.get(key) ?? '';

/** An empty text is forgotten. */
export function keepUnsent(key: string, text: string): void {
  if (text) texts.set(key, text);
  else texts.delete(key);
}

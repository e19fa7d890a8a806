// What was typed into a dialog and not sent yet: a dialog that is closed by a wrong key gives it back when it is opened
// again, to the same person. Not here: what outlives the window; that is the core's.
import { sync } from './sync.svelte';

const texts = new Map<string, string>();

const ofPerson = (key: string): string => `${sync.account?.server ?? ''} ${sync.account?.name ?? ''} ${key}`;

export const unsent = (key: string): string => texts.get(ofPerson(key)) ?? '';

/** An empty text is forgotten. */
export function keepUnsent(key: string, text: string): void {
  if (text) texts.set(ofPerson(key), text);
  else texts.delete(ofPerson(key));
}

// The sentence for a note that is longer than the newsroom takes.
import { NOTE_MAX, noteLength } from '../article/note';
import { formatCount } from './format';
import { t } from './index.svelte';

/** Why a note cannot be sent, and what to do; nothing when it can. */
export function noteTooLong(text: string): string | undefined {
  const { count, over } = noteLength(text);
  if (over === 0) return undefined;
  const [length, most, surplus] = [count, NOTE_MAX, over].map(formatCount);
  return t('note.too_long', { count: length ?? '', max: most ?? '', over: surplus ?? '' });
}

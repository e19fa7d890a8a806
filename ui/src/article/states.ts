// How a state of an article is told: the word of its chip, and its tone.
import type { ListName, PublicationState } from '../host/generated';
import type { WordKey } from '../words/index.svelte';

export interface Chip {
  word: WordKey;
  note: WordKey;
  tone: '' | 'ok' | 'warn' | 'danger';
}

const TONES: Record<PublicationState, Chip['tone']> = {
  none: '',
  sending: '',
  live: 'ok',
  live_changed: 'warn',
  failed: 'danger',
  taken_down: 'danger',
  retracted: 'danger',
};

export function chipOf(list: ListName, publication: PublicationState): Chip {
  if (list === 'trash') return { word: 'state.trash', note: 'state.note.trash', tone: '' };
  return { word: `state.${publication}`, note: `state.note.${publication}`, tone: TONES[publication] };
}

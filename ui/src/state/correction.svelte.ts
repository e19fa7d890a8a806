// A correction that is being written beside a live article: the proof shows the page with it before anyone reads it.
// It is published with the article, never by itself, and belongs to the article it was begun for.
import type { CorrectionKind, CorrectionNote } from '../host';
import { isLive } from './publishing.svelte';
import { open } from './open.svelte';
import { proof } from './proof.svelte';

export const CORRECTION_KINDS: CorrectionKind[] = ['correction', 'clarification', 'editors_note', 'update'];

const state = $state<{ article: string | undefined; kind: CorrectionKind; text: string }>({
  article: undefined,
  kind: 'correction',
  text: '',
});

/** Whether one is being written for the open article. */
export const isCorrecting = (): boolean => open.article !== undefined && open.article.id === state.article;

export const correction = {
  get kind(): CorrectionKind {
    return state.kind;
  },
  set kind(kind: CorrectionKind) {
    state.kind = kind;
    proof.correct(pendingCorrection());
  },
  get text(): string {
    return state.text;
  },
  set text(text: string) {
    state.text = text;
    proof.correct(pendingCorrection());
  },
};

/** What is published with the article, when anything was written. */
export function pendingCorrection(): CorrectionNote | null {
  const text = state.text.trim();
  return isCorrecting() && text ? { kind: state.kind, text } : null;
}

export function beginCorrection(): void {
  if (!open.article || !isLive()) return;
  if (!isCorrecting()) [state.article, state.kind, state.text] = [open.article.id, 'correction', ''];
  requestAnimationFrame(() => document.getElementById('correction-text')?.focus());
}

export function endCorrection(): void {
  state.article = undefined;
  state.text = '';
  proof.correct(null);
}

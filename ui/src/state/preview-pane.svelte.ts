// What the fourth column shows: which of its panes, and how wide the proof is.
import { app, keepLayout } from './app.svelte';
import { unfold } from './columns.svelte';

export type Pane = 'preview' | 'info' | 'checks';
export type PageWidth = 'phone' | 'desktop' | 'print';

const state = $state<{ pane: Pane }>({ pane: 'preview' });

export const pane = (): Pane => state.pane;

export function showPane(next: Pane): void {
  state.pane = next;
  void unfold('preview');
}

export function pageWidth(): PageWidth {
  const kept = app.preferences.layout['page_width'];
  return kept === 'desktop' || kept === 'print' ? kept : 'phone';
}

export function showWidth(width: PageWidth): void {
  keepLayout('page_width', width);
  showPane('preview');
}

/** Width of the page in its own pixels. */
export const PAGE_WIDTHS: Record<PageWidth, number> = { phone: 375, desktop: 1180, print: 794 };

// What the fourth column shows: which of its panes, and of the preview which page, how wide and in which light.
import { app, keepLayout } from './app.svelte';
import { unfold } from './columns.svelte';

export type Pane = 'preview' | 'info' | 'checks';
/** A page of some width, or the card that others show of it. */
export type PageView = 'phone' | 'desktop' | 'print' | 'card';
export type Shade = 'light' | 'dark';

export const PAGE_VIEWS: PageView[] = ['phone', 'desktop', 'print', 'card'];

const state = $state<{ pane: Pane; page: string }>({ pane: 'preview', page: '' });

export const pane = (): Pane => state.pane;

export function showPane(next: Pane): void {
  state.pane = next;
  void unfold('preview');
}

export function pageView(): PageView {
  const kept = app.preferences.layout['page_width'];
  return PAGE_VIEWS.find((view) => view === kept) ?? 'phone';
}

export function showView(view: PageView): void {
  keepLayout('page_width', view);
  showPane('preview');
}

/** The light the page is read in; paper and cards have one alone. */
export const pageShade = (): Shade => (app.preferences.layout['page_shade'] === 'dark' ? 'dark' : 'light');

export function showShade(shade: Shade): void {
  keepLayout('page_shade', shade);
  showPane('preview');
}

/** The address of the site's page that is shown, empty for the article's own. */
export const shownPage = (): string => state.page;

export function showPage(address: string): void {
  state.page = address;
  if (pageView() === 'card') showView('phone');
}

/** Width of the page in its own pixels. */
export const PAGE_WIDTHS: Record<Exclude<PageView, 'card'>, number> = {
  phone: 375,
  desktop: 1180,
  print: 794,
};

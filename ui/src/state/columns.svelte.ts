// The columns as they stand now: the arrangement of `layout.ts` over the window's width and the kept choices.
import { tick } from 'svelte';
import { app, keepLayout } from './app.svelte';
import {
  arrange,
  besideText,
  drawerWidth,
  WIDTHS,
  type Arrangement,
  type Column,
  type Wishes,
} from './layout';

export type Region = Column | 'text';

const state = $state<{
  width: number;
  drawer: Column | undefined;
  focus: boolean;
  dragged: Partial<Record<Column, number>>;
}>({
  width: window.innerWidth,
  drawer: undefined,
  focus: false,
  dragged: {},
});

const wishes = (): Wishes => {
  const kept = app.preferences.layout;
  const folded = (column: Column) => kept[column] === 'folded';
  const width = (column: Column) =>
    state.dragged[column] ?? (Number(kept[`${column}_width`]) || WIDTHS[column].usual);
  return {
    folded: { lists: folded('lists'), articles: folded('articles'), preview: folded('preview') },
    drawer: state.drawer,
    articlesWidth: width('articles'),
    previewWidth: width('preview'),
    focus: state.focus,
  };
};

export const columns = {
  get now(): Arrangement {
    return arrange(state.width, wishes());
  },
  get drawer(): Column | undefined {
    return state.drawer;
  },
  get focus(): boolean {
    return state.focus;
  },
  /** What is taken at both sides of the text. */
  get beside(): { start: number; end: number } {
    return besideText(columns.now, state.width);
  },
  drawerWidth: (column: Column): number => drawerWidth(column, columns.now, state.width),
  shown: (column: Column): boolean => columns.now.place[column] !== 'away',
};

window.addEventListener('resize', () => (state.width = window.innerWidth));

export function toggleColumn(column: Column): void {
  if (columns.shown(column)) fold(column);
  else void unfold(column);
}

export function fold(column: Column): void {
  if (columns.now.place[column] === 'drawer') state.drawer = undefined;
  else keepLayout(column, 'folded');
}

export async function unfold(column: Column): Promise<void> {
  if (columns.shown(column)) return;
  if (!state.focus) keepLayout(column, 'open');
  if (!columns.shown(column)) state.drawer = column;
  await tick();
}

export function closeDrawer(): void {
  state.drawer = undefined;
}

export function toggleFocusMode(): void {
  state.focus = !state.focus;
  state.drawer = undefined;
}

export function dragColumn(column: Column, width: number): void {
  const { least, most } = WIDTHS[column];
  state.dragged[column] = Math.max(least, Math.min(most, Math.round(width)));
}

export function dropColumn(column: Column): void {
  const width = state.dragged[column];
  if (width === undefined) return;
  keepLayout(`${column}_width`, String(width));
  delete state.dragged[column];
}

/** Moves the focus to the next column that is shown. */
export function cycleColumn(by: 1 | -1): void {
  const order: Region[] = ['lists', 'articles', 'text', 'preview'];
  const regions = order.filter((region) => region === 'text' || columns.shown(region));
  const inside = (region: Region) =>
    document.getElementById(`region-${region}`)?.contains(document.activeElement);
  const at = regions.findIndex(inside);
  const next = at < 0 ? 'text' : regions[(at + by + regions.length) % regions.length];
  if (next) focusRegion(next);
}

/** Focuses what a column is about: the element that says so, or its first control. */
export function focusRegion(region: Region): void {
  const root = document.getElementById(`region-${region}`);
  const target =
    root?.querySelector<HTMLElement>('[data-first], [contenteditable="true"]') ??
    root?.querySelector<HTMLElement>('button, [tabindex="0"]');
  target?.focus();
}

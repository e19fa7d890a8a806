// Takes the writer to a field, wherever it stands: unfolds what hides it and focuses it.
import { tick } from 'svelte';
import { openDialog } from './dialogs.svelte';
import { currentEditor } from './open.svelte';

/** Whether the fields under 更多 are unfolded. */
export const more = $state({ open: false });

const UNDER_MORE = new Set([
  'short_headline',
  'slug',
  'byline',
  'dateline',
  'digital_source',
  'language',
  'urgency',
  'embargo',
  'embargo_reason',
  'editor_note',
]);

export const fieldId = (key: string): string => `field-${key.replaceAll('/', '-')}`;

/** Goes to the fact a problem points at; `at` is an offset in the body. */
export async function goToField(key: string, at?: number): Promise<void> {
  const [start = '', id] = key.split('/');
  if (start === 'body') return goToBody(at);
  if (start === 'photo' && id) return openDialog({ kind: 'photo', id });
  if (UNDER_MORE.has(key)) more.open = true;
  await tick();
  const target =
    document.getElementById(fieldId(key)) ??
    document.getElementById(fieldId(start === 'keyword' ? 'keywords' : start));
  target?.scrollIntoView({ block: 'center' });
  target?.focus();
}

export function goToBody(at?: number): void {
  const editor = currentEditor();
  if (!editor) return;
  editor.focus();
  if (at === undefined) return;
  const anchor = Math.min(at, editor.view.state.doc.length);
  editor.view.dispatch({ selection: { anchor }, scrollIntoView: true });
}

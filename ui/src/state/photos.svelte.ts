// Photos on their way into the article: from the dialog, dropped or pasted.
import { addPhotos as placePhotos } from '../editor/insert';
import { sortFiles } from '../editor/paste';
import * as host from '../host';
import { describeError } from '../words/errors';
import { t } from '../words/index.svelte';
import { adoptFacts, currentEditor, open } from './open.svelte';
import { warn } from './toasts.svelte';

export const adding = $state({ count: 0 });

/** The hidden file field of the toolbar; a click on it opens the system's dialog. */
export const PICKER = 'photo-picker';

export function choosePhotos(): void {
  document.getElementById(PICKER)?.click();
}

/** Takes files into the library and the article's facts; those that cannot be taken are told together. */
export async function addPhotos(files: File[]): Promise<host.AddedPhoto[]> {
  const article = open.article?.id;
  const added: host.AddedPhoto[] = [];
  if (!article) return added;
  const refused: Refused[] = [];
  adding.count += files.length;
  for (const file of files) {
    try {
      const photo = await host.addPhoto(article, file);
      if (open.article?.id === article) adoptFacts(photo.fields);
      added.push(photo);
    } catch (thrown) {
      refused.push({ name: file.name, why: describeError(host.toApiError(thrown)) });
    } finally {
      adding.count--;
    }
  }
  tellRefused(refused);
  currentEditor()?.photosChanged();
  return added;
}

/** Adds files to the article, and to its text at the caret; what is no picture is told. */
export async function insertPhotos(files: File[]): Promise<void> {
  const view = currentEditor()?.view;
  if (!view || view.state.readOnly || files.length === 0) return;
  const { pictures, others } = sortFiles(files);
  tellNotTaken(others.map((file) => file.name));
  if (pictures.length === 0) return;
  await placePhotos(view, pictures, view.state.selection.main.to, (chosen) => addPhotos(chosen));
}

/** Tells which files were left out, and what can be taken. */
export function tellNotTaken(names: string[]): void {
  if (names.length > 0) warn(`files ${++drops}`, t('photo.not_pictures', { names: listed(names) }));
}

interface Refused {
  name: string;
  why: string;
}

/** One word for all files of a drop, by what was wrong with them. */
function tellRefused(refused: Refused[]): void {
  const [first] = refused;
  if (!first) return;
  const topic = `photos ${++drops}`;
  if (refused.length === 1) return warn(topic, t('photo.not_added', { ...first }));
  const reasons = [...new Set(refused.map(({ why }) => why))];
  const lines = reasons.map((why) => {
    const names = refused.filter((one) => one.why === why).map(({ name }) => name);
    return t('photo.not_added_line', { names: listed(names), why });
  });
  warn(topic, t('photo.not_added_many', { count: refused.length }), lines);
}

/** Each drop is told apart from the one before. */
let drops = 0;
const listed = (names: string[]) => names.join(t('photo.separator'));

// Photos on their way into the article: from the dialog, dropped or pasted.
import { addPhotos as placePhotos } from '../editor/insert';
import * as host from '../host';
import { adoptFacts, currentEditor, open } from './open.svelte';
import { tellError } from './toasts.svelte';

export const adding = $state({ count: 0 });

/** The hidden file field of the toolbar; a click on it opens the system's dialog. */
export const PICKER = 'photo-picker';

export function choosePhotos(): void {
  document.getElementById(PICKER)?.click();
}

/** Takes files into the library and the article's facts; each that cannot be taken is told by itself. */
export async function addPhotos(files: File[]): Promise<host.AddedPhoto[]> {
  const article = open.article?.id;
  const added: host.AddedPhoto[] = [];
  if (!article) return added;
  adding.count += files.length;
  for (const file of files) {
    try {
      const photo = await host.addPhoto(article, file);
      if (open.article?.id === article) adoptFacts(photo.fields);
      added.push(photo);
    } catch (thrown) {
      tellError(thrown, `photo ${file.name}`);
    } finally {
      adding.count--;
    }
  }
  currentEditor()?.photosChanged();
  return added;
}

/** Adds chosen files to the article, and to its text at the caret. */
export async function insertPhotos(files: File[]): Promise<void> {
  const view = currentEditor()?.view;
  if (!view || files.length === 0) return;
  await placePhotos(view, files, view.state.selection.main.to, (chosen) => addPhotos(chosen));
}

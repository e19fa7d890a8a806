// Decides what becomes of updates that an earlier view of the same article left behind.
//
// Known for certain is only what the core says it took in since then. If it cannot say (the article was closed
// meanwhile), the fingerprints tell which of the updates the text holds already. Pure: nothing is sent here.
import { rebaseUpdates } from '@codemirror/collab';
import type { Text } from '@codemirror/state';
import { fingerprint } from './fingerprint';
import { toChanges, toSplices } from './splices';
import type { CoreUpdate } from './types';
import type { Unsent, UnsentUpdate } from './unsent';

/** What is to be done with them. */
export type Adoption =
  /** Apply and send them under the names and numbers they have. */
  | { kind: 'same_view'; updates: UnsentUpdate[] }
  /** Apply them as if they were typed now. */
  | { kind: 'new_view'; updates: UnsentUpdate[] }
  /** They fit nowhere: show their text. */
  | { kind: 'stranded'; unsent: Unsent; text: string };

/**
 * @param doc the core's text now
 * @param history what the core took in since `unsent.base_rev`, if it can say
 */
export function adopt(unsent: Unsent, doc: Text, history: readonly CoreUpdate[] | undefined): Adoption {
  try {
    const updates = history && rebase(unsent, doc, history);
    if (updates) return { kind: 'same_view', updates };
    const held = [unsent.base, ...unsent.updates.map((update) => update.after)].lastIndexOf(fingerprint(doc));
    if (held >= 0) return { kind: 'new_view', updates: unsent.updates.slice(held) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const text = unsent.updates.flatMap((update) => update.splices.map((splice) => splice.insert)).join('');
  return { kind: 'stranded', unsent, text };
}

function rebase(unsent: Unsent, doc: Text, history: readonly CoreUpdate[]): UnsentUpdate[] | undefined {
  let length = unsent.length;
  const over = history.map((update) => {
    const changes = toChanges(update.splices, length);
    length = changes.newLength;
    return { changes, clientID: `${update.view}#${update.view_seq}` };
  });
  if (length !== doc.length) return undefined;
  length = unsent.length;
  const own = unsent.updates.map((update) => {
    const changes = toChanges(update.splices, length);
    length = changes.newLength;
    return { changes, clientID: `${update.view}#${update.view_seq}` };
  });
  const left = rebaseUpdates(own, over);
  let text = doc;
  return left.map(({ changes }, at) => {
    const update = unsent.updates[own.length - left.length + at]!;
    const splices = toSplices(changes, text);
    text = changes.apply(text);
    return { ...update, splices, after: fingerprint(text) };
  });
}

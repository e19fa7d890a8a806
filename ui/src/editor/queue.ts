// The queue of updates that the core has not acknowledged, laid over the ones that `@codemirror/collab` keeps.
//
// collab holds one entry per transaction and rebases it; here entries are gathered into numbered updates, because
// a composition of twenty key presses is one splice for the core, and because an update that was sent keeps its
// number. Plain data: not here are sending, timers and the view.
import type { Update } from '@codemirror/collab';
import { ChangeSet, type Text } from '@codemirror/state';
import { fingerprint } from './fingerprint';
import { toSplices } from './splices';
import type { UnsentUpdate } from './unsent';

/** One update of the protocol: `count` entries of collab taken together. */
export interface QueuedUpdate {
  view: string;
  seq: number;
  count: number;
  changes: ChangeSet;
  /** Once it was sent, nothing is added to it: the core may have it already. */
  sent: boolean;
  /** Fingerprint of the text after it. */
  after: string;
}

/** Adds entries at the end: to the last update if that was never sent, else as a new one numbered `seq`. */
export function enqueue(
  queue: QueuedUpdate[],
  update: Pick<QueuedUpdate, 'view' | 'seq' | 'sent'>,
  entries: readonly Update[],
  doc: Text,
): void {
  const changes = composed(entries);
  if (!changes) return;
  const last = queue.at(-1);
  const after = fingerprint(doc);
  if (last && !last.sent && last.view === update.view) {
    last.changes = last.changes.compose(changes);
    last.count += entries.length;
    last.after = after;
  } else queue.push({ ...update, count: entries.length, changes, after });
}

/** Takes the changes over after collab rebased its entries. */
export function rebaseQueue(queue: readonly QueuedUpdate[], entries: readonly Update[], base: Text): void {
  let at = 0;
  let doc = base;
  for (const update of queue) {
    // One whose words others deleted has no entries left, and keeps its number.
    update.changes = composed(entries.slice(at, at + update.count)) ?? ChangeSet.empty(doc.length);
    at += update.count;
    doc = update.changes.apply(doc);
    update.after = fingerprint(doc);
  }
}

/** The queue as it is kept and sent. */
export function described(queue: readonly QueuedUpdate[], base: Text): UnsentUpdate[] {
  let doc = base;
  return queue.map(({ view, seq, changes, after }) => {
    const splices = toSplices(changes, doc);
    doc = changes.apply(doc);
    return { view, view_seq: seq, splices, after };
  });
}

/** How many entries of collab the queue holds. */
export function counted(queue: readonly QueuedUpdate[]): number {
  return queue.reduce((sum, update) => sum + update.count, 0);
}

/** Several entries as one change. */
export function composed(entries: readonly Update[]): ChangeSet | undefined {
  return entries
    .map((entry) => entry.changes)
    .reduce<ChangeSet | undefined>((sum, changes) => sum?.compose(changes) ?? changes, undefined);
}

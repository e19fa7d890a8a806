// Keeps the text of an editor and the core's in step, with the core as authority (`@codemirror/collab`).
//
// One push at a time; what gathers meanwhile goes with the next. An update keeps its number until it is
// acknowledged, however often it is rebased and sent. Nothing is sent and nothing taken in while composing.
// What a reload left behind goes first, under the name of the view that made it.
// Not here: how a push travels, when a composition is over, and anything about the page.
import { collab, receiveUpdates, sendableUpdates, type Update } from '@codemirror/collab';
import { Annotation, EditorState, Text, type Extension, type Transaction } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { adopt, type Adoption } from './adopt';
import { asApiError } from './failure';
import { fingerprint } from './fingerprint';
import { composed, counted, described, enqueue, rebaseQueue, type QueuedUpdate } from './queue';
import { toChanges } from './splices';
import type { ApiError, ArticleText, CoreUpdate, EditorEvents, EditorHost, PushAnswer } from './types';
import { keepUnsent, readUnsent, setAside, type Store, type Unsent, type UnsentUpdate } from './unsent';

/** What a sync needs. */
export interface SyncOptions {
  article: ArticleText;
  viewName: string;
  host: Pick<EditorHost, 'push'>;
  on: Pick<EditorEvents, 'saved' | 'unsaved' | 'failed' | 'applied' | 'outOfStep' | 'stranded'>;
  store: Store | undefined;
  /** True while an input method composes. */
  composing(): boolean;
  /** Called once, when the writer may type: at once, unless a former view's updates need the core first. */
  ready(): void;
}

/** A text in step with the core. */
export interface Sync {
  extension: Extension;
  start(view: EditorView): void;
  /** What the composition in progress has put into the text so far. */
  composition(): string;
  /** To be called when a composition is over for certain. */
  compositionSettled(): void;
  /** Takes a composition in progress as it stands: the page goes away. */
  hurry(): void;
  applyCore(rev: number, updates: CoreUpdate[]): void;
  /** Number of the last update sent, 0 for none. */
  lastSeq(): number;
  /** Resolves when nothing waits (true) or sending does not work just now (false). */
  whenClean(): Promise<boolean>;
  /** The same, with a composition in progress taken as it stands. */
  flush(): Promise<boolean>;
  /** The view is gone: what is left is still sent. */
  detach(): void;
}

const OWN = 'own';
const CORE = 'core';
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** On a transaction that applies an update of a former view: the name and number it keeps. */
const adopted = Annotation.define<{ view: string; seq: number }>();

/** Articles whose view is gone and whose last updates are still being sent; the value stops that. */
const draining = new Map<string, () => void>();

/** How often an article fell out of step since it was last in step: the second time former numbers mean nothing. */
const mistrusted = new Map<string, number>();

/** Creates the binding of one editor. */
export function createSync(options: SyncOptions): Sync {
  const { article, viewName, host, on, store } = options;
  draining.get(article.id)?.();

  let view: EditorView | undefined;
  /** The state after the view is gone. */
  let leftState: EditorState | undefined;
  /** The core's text as far as it is known here, and its revision and fingerprint. */
  let base = Text.empty;
  let baseName = '';
  let rev = article.rev;
  /** The highest revision the core has told of. */
  let coreRev = rev;
  const queue: QueuedUpdate[] = [];
  /** Entries of the composition in progress, not in the queue yet. */
  let openEntries = 0;
  let nextSeq = 1;
  let sentSeq = 0;
  let ready = false;
  let inFlight = false;
  let receiving = false;
  let halted = false;
  let clean = true;
  let failing: ApiError | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let retryDelay = FIRST_RETRY_MS;
  /** What arrived while it could not be taken in. */
  const waiting: (() => void)[] = [];
  let flushed: ((ok: boolean) => void)[] = [];

  function current(): EditorState {
    const state = view?.state ?? leftState;
    if (!state) throw new Error('the sync was not started');
    return state;
  }

  function separator(): string | undefined {
    return current().facet(EditorState.lineSeparator);
  }

  // --- Out ---

  const listener = EditorView.updateListener.of((update) => {
    if (receiving || !update.docChanged) return;
    const state = update.state;
    const entries = sendableUpdates(state).slice(counted(queue) + openEntries);
    if (!entries.length) return;
    const former = update.transactions[0]?.annotation(adopted);
    if (former) return enqueue(queue, { ...former, sent: true }, entries, state.doc);
    if (openEntries > 0 || options.composing()) openEntries += entries.length;
    else close(entries);
    if (clean) on.unsaved();
    clean = false;
    send();
  });

  /** Puts local entries into the queue, and the queue where a reload finds it. */
  function close(entries: readonly Update[]): void {
    const length = queue.length;
    enqueue(queue, { view: viewName, seq: nextSeq, sent: false }, entries, current().doc);
    if (queue.length > length) nextSeq++;
    keep();
  }

  function closeOpen(): void {
    if (!openEntries) return;
    openEntries = 0;
    close(sendableUpdates(current()).slice(counted(queue)));
  }

  function keep(): void {
    // Until then the storage holds what the former view left, and that is the newer word.
    if (!ready) return;
    const unsent = { base_rev: rev, length: base.length, base: baseName, updates: described(queue, base) };
    keepUnsent(store, article.id, unsent);
  }

  function holding(): boolean {
    return view !== undefined && (openEntries > 0 || options.composing());
  }

  /** Sends what waits, if nothing is under way. */
  function send(): void {
    if (halted || inFlight || !ready || holding()) return;
    dropHollow();
    const sender = queue[0]?.view ?? viewName;
    const stop = queue.findIndex((update) => update.view !== sender || isHollow(update));
    const sending = queue.slice(0, stop < 0 ? queue.length : stop);
    if (!sending.length && coreRev <= rev) return settleFlush(true);
    clearTimeout(retryTimer);
    for (const update of sending) update.sent = true;
    const updates = described(sending, base).map(({ view_seq, splices }) => ({ view_seq, splices }));
    const caret = current().selection.main.head;
    inFlight = true;
    host
      .push({ article: article.id, view: sender, base_rev: rev, updates, caret })
      .then((answer) => whenIdle(() => answered(answer, sender, sending.length)), failed);
    const last = sending.at(-1);
    if (last?.view !== viewName) return;
    sentSeq = last.seq;
    on.applied(sentSeq);
  }

  /** Typed and taken back before it was ever sent. */
  function isHollow(update: QueuedUpdate): boolean {
    return !update.sent && update.changes.empty;
  }

  function dropHollow(): void {
    const head = queue[0];
    if (!head || !isHollow(head)) return;
    nextSeq = head.seq;
    confirm(1);
    keep();
    cleaned(Date.now());
  }

  // --- In ---

  function dispatch(tr: Transaction): void {
    receiving = true;
    try {
      if (view) view.dispatch(tr);
      else leftState = tr.state;
    } finally {
      receiving = false;
    }
  }

  function setBase(text: Text, name = fingerprint(text)): void {
    base = text;
    baseName = name;
  }

  function answered(answer: PushAnswer, sender: string, sent: number): void {
    inFlight = false;
    if (halted) return;
    if (answer.kind === 'accepted') {
      if (answer.rev !== rev + sent) return outOfStep();
      if (!sent) coreRev = rev;
      rev = answer.rev;
      confirm(sent);
      keep();
    } else {
      const progress = answer.updates.length > 0 && answer.rev === rev + answer.updates.length;
      if (!progress || !receive(answer.updates)) return outOfStep();
    }
    // Words of a former view arrived without a number of this one: the preview is asked for all the same.
    if (sender !== viewName && sent) on.applied(sentSeq);
    mistrusted.delete(article.id);
    recovered();
    cleaned(answer.kind === 'accepted' ? answer.saved_at : Date.now());
    settle();
  }

  /** Takes the first updates of the queue as acknowledged. */
  function confirm(updates: number): void {
    const done = queue.splice(0, updates);
    const entries = sendableUpdates(current()).slice(0, counted(done));
    const text = done.reduce((before, update) => update.changes.apply(before), base);
    setBase(text, done.at(-1)?.after);
    const own = entries.map(({ changes }) => ({ changes, clientID: OWN }));
    dispatch(receiveUpdates(current(), own));
  }

  /** Takes in what the core accepted since `rev`, own updates among it; false when it does not fit. */
  function receive(updates: readonly CoreUpdate[]): boolean {
    const entries = sendableUpdates(current());
    const incoming: Update[] = [];
    let done = 0;
    let text = base;
    try {
      for (const update of updates) {
        const changes = toChanges(update.splices, text.length, separator());
        const own = queue[done];
        if (own && own.view === update.view && own.seq === update.view_seq) {
          const first = counted(queue.slice(0, done));
          for (const entry of entries.slice(first, first + own.count)) {
            incoming.push({ changes: entry.changes, clientID: OWN });
          }
          done++;
        } else if (update.view === viewName) return false;
        else incoming.push({ changes, clientID: CORE });
        text = changes.apply(text);
      }
      dispatch(receiveUpdates(current(), incoming));
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    rev += updates.length;
    setBase(text);
    queue.splice(0, done);
    const left = sendableUpdates(current());
    if ((left[0]?.changes.length ?? current().doc.length) !== base.length) return false;
    rebaseQueue(queue, left, base);
    keep();
    return true;
  }

  /** Runs at once, or when the composition is over. */
  function whenIdle(work: () => void): void {
    waiting.push(work);
    if (!holding()) settle();
  }

  /** Everything that had to wait, then the next push. */
  function settle(): void {
    while (waiting.length && !holding()) waiting.shift()?.();
    send();
  }

  // --- Standing ---

  function cleaned(at: number): void {
    if (clean || queue.length || openEntries) return;
    clean = true;
    on.saved(at);
  }

  function failed(reason: unknown): void {
    inFlight = false;
    if (halted) return;
    const error = asApiError(reason);
    if (error.code === 'out_of_step') return outOfStep();
    complain(error, settle);
    settleFlush(false);
  }

  /** Tells of a failure once, and tries again later if that can help. */
  function complain(error: ApiError, again: () => void): void {
    if (failing?.code !== error.code) on.failed(error);
    failing = error;
    if (!error.retry) return;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(again, retryDelay);
    retryDelay = Math.min(retryDelay * 2, LAST_RETRY_MS);
  }

  function recovered(): void {
    retryDelay = FIRST_RETRY_MS;
    if (failing) on.failed(undefined);
    failing = undefined;
  }

  function outOfStep(): void {
    halt();
    mistrusted.set(article.id, (mistrusted.get(article.id) ?? 0) + 1);
    on.outOfStep();
  }

  function halt(): void {
    halted = true;
    clearTimeout(retryTimer);
    settleFlush(false);
  }

  function settleFlush(ok: boolean): void {
    const told = flushed;
    flushed = [];
    for (const tell of told) tell(ok);
    if (view === undefined && (ok || halted)) draining.delete(article.id);
  }

  function whenClean(): Promise<boolean> {
    if (halted || (failing && !inFlight)) return Promise.resolve(false);
    if (ready && !inFlight && !queue.length && !openEntries) return Promise.resolve(true);
    return new Promise((resolve) => {
      flushed.push(resolve);
      settle();
    });
  }

  // --- What a former view left behind ---

  function takeOver(adoption: Adoption): void {
    if (adoption.kind === 'stranded') {
      setAside(store, article.id, adoption.unsent);
      on.stranded?.(adoption.text);
    } else for (const update of adoption.updates) replay(update, adoption.kind === 'same_view');
    ready = true;
    keep();
    if (queue.length && clean) {
      clean = false;
      on.unsaved();
    }
    options.ready();
    settle();
  }

  function replay(update: UnsentUpdate, sameView: boolean): void {
    const changes = toChanges(update.splices, current().doc.length, separator());
    if (changes.empty && sameView) {
      const { view: name, view_seq: seq, after } = update;
      queue.push({ view: name, seq, count: 0, changes, sent: true, after });
      return;
    }
    const annotations = sameView ? [adopted.of({ view: update.view, seq: update.view_seq })] : [];
    view?.dispatch({ changes, annotations, filter: false });
  }

  /** Asks the core what it took in since the former view's base. */
  function askHistory(unsent: Unsent): void {
    const sender = unsent.updates[0]?.view ?? viewName;
    const request = { article: article.id, view: sender, base_rev: unsent.base_rev, updates: [] };
    host.push({ ...request, caret: article.caret }).then(
      (answer) => {
        if (halted) return;
        recovered();
        const history = answer.kind === 'stale' ? answer.updates : [];
        const known = rev - unsent.base_rev;
        if (known < 0) return takeOver(adopt(unsent, base, undefined));
        // What the core took in after it handed out the text belongs into the view first.
        if (history.length > known && !receive(history.slice(known))) return outOfStep();
        takeOver(adopt(unsent, base, history));
      },
      (reason: unknown) => {
        if (halted) return;
        const error = asApiError(reason);
        if (error.code === 'out_of_step') takeOver(adopt(unsent, base, undefined));
        else complain({ ...error, retry: true }, () => askHistory(unsent));
      },
    );
  }

  return {
    extension: [collab({ startVersion: 0, clientID: OWN }), listener],
    start(started) {
      view = started;
      setBase(current().doc);
      const unsent = readUnsent(store, article.id);
      if (!unsent?.updates.length) takeOver({ kind: 'new_view', updates: [] });
      else if ((mistrusted.get(article.id) ?? 0) > 1) takeOver(adopt(unsent, base, undefined));
      else if (unsent.base_rev === rev && unsent.base === baseName) takeOver(adopt(unsent, base, []));
      else askHistory(unsent);
    },
    composition() {
      if (!openEntries) return '';
      let text = '';
      const made = composed(sendableUpdates(current()).slice(counted(queue)));
      made?.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => (text += inserted.toString()));
      return text;
    },
    compositionSettled() {
      closeOpen();
      settle();
    },
    hurry: closeOpen,
    applyCore(told, updates) {
      coreRev = Math.max(coreRev, told);
      whenIdle(() => {
        const start = told - updates.length;
        // A push under way brings these too, and a gap is asked for by the next push.
        if (halted || inFlight || !ready || told <= rev || start > rev) return;
        if (!receive(updates.slice(rev - start))) outOfStep();
      });
    },
    lastSeq: () => sentSeq,
    whenClean,
    flush() {
      closeOpen();
      return whenClean();
    },
    detach() {
      closeOpen();
      leftState = current();
      view = undefined;
      if (!queue.length && !inFlight) return halt();
      draining.set(article.id, halt);
      settle();
    },
  };
}

// A core in memory that follows the protocol of the window and the core, for tests only.
import { Text } from '@codemirror/state';
import { cutsPair, toChanges } from './splices';
import type { CoreUpdate, PushAnswer, PushRequest, Splice } from './types';

/** One article of the core. */
export class CoreModel {
  rev: number;
  private firstRev: number;
  private log: CoreUpdate[] = [];
  private views = new Map<string, number>();
  private clock = 0;
  doc: Text;
  /** Every update ever taken, to look for doubled ones. */
  readonly taken: string[] = [];
  /** Thrown at the next pushes instead of taking them. */
  refusal: unknown;

  constructor(body: string, rev = 7) {
    this.doc = Text.of(body.split('\n'));
    this.rev = this.firstRev = rev;
  }

  get body(): string {
    return this.doc.toString();
  }

  push(request: PushRequest): PushAnswer {
    if (this.refusal) throw this.refusal;
    const answer = { rev: 0, saved_at: ++this.clock };
    if (request.base_rev !== this.rev) {
      const skip = request.base_rev - this.firstRev;
      if (skip < 0 || request.base_rev > this.rev) throw { code: 'out_of_step', values: {}, retry: false };
      return { kind: 'stale', rev: this.rev, updates: structuredClone(this.log.slice(skip)) };
    }
    let next = (this.views.get(request.view) ?? 0) + 1;
    for (const update of request.updates) {
      if (update.view_seq !== next++) throw { code: 'out_of_step', values: {}, retry: false };
    }
    for (const { view_seq, splices } of request.updates) {
      this.apply({ view: request.view, view_seq, splices });
      this.views.set(request.view, view_seq);
    }
    return { ...answer, kind: 'accepted', rev: this.rev };
  }

  /** A change of the core's own; answers the event `updates`. */
  change(splices: Splice[]): { rev: number; updates: CoreUpdate[] } {
    const update = { view: '', view_seq: 0, splices };
    this.apply(update);
    return { rev: this.rev, updates: [update] };
  }

  /** Closes the article and opens it again: the log starts anew, the views' numbers stay. */
  reopen(): void {
    this.firstRev = this.rev;
    this.log = [];
  }

  /** Loses the numbers of every view. */
  forget(): void {
    this.views.clear();
  }

  private apply(update: CoreUpdate): void {
    let end = 0;
    for (const { from, to, insert } of update.splices) {
      if (from < end || to < from || to > this.doc.length)
        throw new Error(`splice ${from}..${to} does not fit`);
      if (cutsPair(this.doc, from) || cutsPair(this.doc, to))
        throw new Error(`offset inside a pair: ${from}..${to}`);
      if (/\p{Cs}/u.test(insert)) throw new Error('half a character');
      end = to;
    }
    this.doc = toChanges(update.splices, this.doc.length, '\n').apply(this.doc);
    this.taken.push(`${update.view}#${update.view_seq}`);
    this.log.push(update);
    this.rev++;
  }
}

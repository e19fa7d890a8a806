// Carries what is typed into fields to the core: a durable draft while typing, set at blur or after an idle
// second. Knows no screen; the clock is `setTimeout`, so that tests can hold it.
import type { FieldsRequest, Saved } from '../host/generated';

export interface FieldCommands {
  draftFields(request: FieldsRequest): Promise<Saved>;
  setFields(request: FieldsRequest): Promise<Saved>;
}

export interface FieldEvents {
  /** Something is not on the disk yet. */
  unsaved(): void;
  /** All that was typed is on the disk since then. */
  saved(at: number): void;
  /** A write failed; it is tried again with the next one, or after a second when that can help. */
  failed(error: unknown): void;
  /** The core holds new values: ask for the preview. */
  applied(): void;
}

const DRAFT_AFTER_MS = 120;
const SET_AFTER_MS = 1000;
const RETRY_AFTER_MS = 1000;

export class FieldWriter {
  /** Typed and not yet sent as a draft. */
  #undrafted = new Map<string, string>();
  /** Typed and not yet set. */
  #unset = new Map<string, string>();
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  #setTimer: ReturnType<typeof setTimeout> | undefined;
  /** One command at a time, so that an older text never lands on a newer one. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly article: string,
    private commands: FieldCommands,
    private events: FieldEvents,
  ) {}

  /** Keys whose typed value the core's must not replace yet. */
  isDirty(key: string): boolean {
    return this.#unset.has(key);
  }

  /** Takes a key's text as it is being typed. */
  type(key: string, text: string): void {
    this.#undrafted.set(key, text);
    this.#unset.set(key, text);
    this.events.unsaved();
    this.#draftTimer ??= setTimeout(() => void this.#draft(), DRAFT_AFTER_MS);
    this.#setLater(SET_AFTER_MS);
  }

  /** Sets keys at once, with whatever else waits: a choice, a removal. */
  set(fields: Record<string, string>): Promise<boolean> {
    for (const [key, text] of Object.entries(fields)) this.#unset.set(key, text);
    this.events.unsaved();
    return this.flush();
  }

  /** Sets all that waits. True when everything typed is on the disk. */
  flush(): Promise<boolean> {
    clearTimeout(this.#setTimer);
    clearTimeout(this.#draftTimer);
    this.#setTimer = this.#draftTimer = undefined;
    return this.#enqueue(() => this.#setNow());
  }

  #setLater(after: number): void {
    clearTimeout(this.#setTimer);
    this.#setTimer = setTimeout(() => void this.flush(), after);
  }

  async #setNow(): Promise<boolean> {
    if (this.#unset.size === 0) return true;
    const sent = new Map(this.#unset);
    this.#undrafted.clear();
    try {
      const saved = await this.commands.setFields(this.#request(sent));
      for (const [key, text] of sent) if (this.#unset.get(key) === text) this.#unset.delete(key);
      this.#told(saved.saved_at);
      return this.#unset.size === 0;
    } catch (error) {
      this.events.failed(error);
      if (canRetry(error)) this.#setLater(RETRY_AFTER_MS);
      return false;
    }
  }

  #draft(): Promise<boolean> {
    this.#draftTimer = undefined;
    return this.#enqueue(async () => {
      if (this.#undrafted.size === 0) return true;
      const sent = new Map(this.#undrafted);
      this.#undrafted.clear();
      try {
        const saved = await this.commands.draftFields(this.#request(sent));
        this.#told(saved.saved_at);
        return true;
      } catch (error) {
        for (const [key, text] of sent) if (!this.#undrafted.has(key)) this.#undrafted.set(key, text);
        this.events.failed(error);
        return false;
      }
    });
  }

  #told(at: number): void {
    if (this.#undrafted.size === 0) this.events.saved(at);
    this.events.applied();
  }

  #request(fields: Map<string, string>): FieldsRequest {
    return { article: this.article, fields: Object.fromEntries(fields) };
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work, work);
    this.#queue = done;
    return done;
  }
}

const canRetry = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'retry' in error && error.retry === true;

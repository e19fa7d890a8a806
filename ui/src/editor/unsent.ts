// What was typed and not yet acknowledged, kept in the session storage of the window, so that a reload of the
// webview neither loses nor doubles a keystroke. Written synchronously with every change.
//
// Not here: what the core has acknowledged (it is on the disk) and what outlives the window.
import type { ViewUpdate } from './types';

/** An update that is not acknowledged, and the view that made it. */
export interface UnsentUpdate extends ViewUpdate {
  view: string;
  /** Fingerprint of the text after it. */
  after: string;
}

/** Everything of one article that is not acknowledged. */
export interface Unsent {
  /** Revision the first update is made on. */
  base_rev: number;
  /** Length and fingerprint of the text at that revision. */
  length: number;
  base: string;
  /** In order; each in the coordinates of the text after the one before. */
  updates: UnsentUpdate[];
}

/** The part of `Storage` that is used. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps it in place of what was kept before. */
export function keepUnsent(store: Store | undefined, article: string, unsent: Unsent): void {
  try {
    if (unsent.updates.length) store?.setItem(key(article), JSON.stringify(unsent));
    else store?.removeItem(key(article));
  } catch {
    // Storage is full or switched off: the text is still in the editor and goes to the core as always.
  }
}

/** What an earlier view of this article left behind. */
export function readUnsent(store: Store | undefined, article: string): Unsent | undefined {
  try {
    const text = store?.getItem(key(article));
    return text ? (JSON.parse(text) as Unsent) : undefined;
  } catch {
    return undefined;
  }
}

/** Puts aside what found no place in the text any more. */
export function setAside(store: Store | undefined, article: string, unsent: Unsent): void {
  try {
    store?.setItem(`galley.stranded.${article}`, JSON.stringify(unsent));
    store?.removeItem(key(article));
  } catch {
    // As above.
  }
}

/** The session storage, where there is one. */
export function sessionStore(): Store | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

function key(article: string): string {
  return `galley.unsent.${article}`;
}

// The proof: asks the core for the preview, one question at a time, and hands what changed to the frame.
//
// A question goes out with the push of what was typed and waits neither for the disk nor for the answer to an
// earlier push. While one is on its way, later wishes become one more question.
import * as host from '../host';
import type { ApiError, CorrectionNote, Counts, Preview, Problem } from '../host';
import { currentEditor } from './open.svelte';

/** What shows a preview: the frame. False when it cannot show it as a patch. */
export type ShowPreview = (preview: Preview) => boolean;

// Taken whole with each answer, so that a key costs no more than what is shown of it.
let counts = $state.raw<Counts | undefined>();
let problems = $state.raw<Problem[]>([]);
let pageHash = $state('');
let fault = $state.raw<ApiError | undefined>();
let drawn = $state(false);
let starts = $state.raw<number[]>([]);

let article: string | undefined;
let have = 0;
/** A correction that the page is shown with, though it was not published yet. */
let correction: CorrectionNote | null = null;
let show: ShowPreview | undefined;
let asking: Promise<void> | undefined;
let again = false;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
/** The answer whose counts and checks are not told yet. */
let untold: Preview | undefined;
let tellTimer: ReturnType<typeof setTimeout> | undefined;

/** How long counts and checks may lag while no frame is shown. */
const HIDDEN_AFTER_MS = 250;
/** How long they lag behind the page: drawn with every key, the far end of the window would be painted with it. */
const TOLD_AFTER_MS = 200;

export const proof = {
  get counts(): Counts | undefined {
    return counts;
  },
  get problems(): Problem[] {
    return problems;
  },
  get pageHash(): string {
    return pageHash;
  },
  get fault(): ApiError | undefined {
    return fault;
  },
  /** True once the frame shows this article. */
  get drawn(): boolean {
    return drawn;
  },
  /** First UTF-16 offset of each block. */
  get starts(): number[] {
    return starts;
  },

  /** Another article is open, or none. */
  reset(next: string | undefined): void {
    article = next;
    have = 0;
    correction = null;
    untold = undefined;
    counts = undefined;
    problems = [];
    pageHash = '';
    fault = undefined;
    drawn = false;
    starts = [];
  },

  /** A frame is there to show pages, or went. */
  attach(frame: ShowPreview | undefined): void {
    show = frame;
    have = 0;
    drawn = false;
    proof.ask();
  },

  /** Shows the page with a correction, or without one. */
  correct(note: CorrectionNote | null): void {
    correction = note;
    proof.ask();
  },

  /** Something changed: asks, at once where a frame is watching. */
  ask(): void {
    if (!article) return;
    if (show) return void question();
    hiddenTimer ??= setTimeout(() => {
      hiddenTimer = undefined;
      void question();
    }, HIDDEN_AFTER_MS);
  },

  /** Asks, and answers when what is asked for now was answered. */
  async fresh(): Promise<boolean> {
    if (!article) return false;
    await asking;
    await question();
    tell();
    return fault === undefined;
  },
};

function question(): Promise<void> {
  if (asking) {
    again = true;
    return asking;
  }
  asking = answerAll().finally(() => (asking = undefined));
  return asking;
}

async function answerAll(): Promise<void> {
  do {
    again = false;
    await answerOne();
  } while (again);
}

async function answerOne(): Promise<void> {
  const asked = article;
  if (!asked) return;
  const editor = currentEditor();
  const [view, view_seq] = [editor?.viewName ?? '', editor?.lastViewSeq() ?? 0];
  try {
    const preview = await host.preview({ article: asked, view, view_seq, have, correction });
    if (asked === article) take(preview);
  } catch (thrown) {
    if (asked === article) fault = host.toApiError(thrown);
  }
}

function take(preview: Preview): void {
  have = preview.version;
  if (show) {
    drawn = show(preview);
    if (!drawn) {
      have = 0;
      again = preview.page === null;
    }
  }
  if (preview.block_starts) starts = preview.block_starts;
  pageHash = preview.page_hash;
  fault = undefined;
  untold = preview;
  if (counts) tellTimer ??= setTimeout(tell, TOLD_AFTER_MS);
  else tell();
}

/** Shows the newest counts and checks. */
function tell(): void {
  clearTimeout(tellTimer);
  tellTimer = undefined;
  if (!untold) return;
  counts = untold.counts;
  problems = untold.problems;
  untold = undefined;
}

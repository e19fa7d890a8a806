// How long what is said beside an article may be: the comment of a judgement, a correction, a notice.
//
// The newsroom refuses more and cuts nothing; so does the window.

/** The most characters that the newsroom takes, blanks around the text left out. */
export const NOTE_MAX = 2_000;
/** From here on the writer sees the count. */
const NOTE_NEAR = 1_800;

export interface NoteLength {
  /** Characters, as the newsroom counts them: one for each code point. */
  count: number;
  /** As many have to go before it can be sent. */
  over: number;
  /** The limit is near, or passed. */
  isNear: boolean;
}

export function noteLength(text: string): NoteLength {
  const count = [...text.trim()].length;
  return { count, over: Math.max(0, count - NOTE_MAX), isNear: count >= NOTE_NEAR };
}

// What a line of Markdown starts with: quote, list and heading marks. Plain text, no tree.
//
// Good enough for lines that the tree says are no code; the page's own rules are `galley-page`'s.

/** The marks a line starts with, each with the blanks after it. */
export interface LineMarks {
  /** `> `, repeated. */
  quote: string;
  /** Blanks before a list mark. */
  indent: string;
  /** `- ` or `3. `. */
  list: string;
  /** `## `. */
  heading: string;
  /** Length of all that. */
  length: number;
}

const MARKS = /^((?: {0,3}>[ \t]?)*)([ \t]*)(?:([-*+]|\d{1,9}[.)])([ \t]+|$))?(?:(#{1,6})([ \t]+|$))?/;

/** Reads the marks of a line. */
export function lineMarks(text: string): LineMarks {
  const [, quote = '', blanks = '', item = '', afterItem = '', sharps = '', afterSharps = ''] =
    MARKS.exec(text) ?? [];
  const list = item + afterItem;
  const heading = sharps + afterSharps;
  // Blanks before plain text are text: an indent somebody typed.
  const indent = list || heading ? blanks : '';
  return {
    quote,
    indent,
    list,
    heading,
    length: quote.length + indent.length + list.length + heading.length,
  };
}

/** Level of the heading, 0 for none. */
export function headingLevel(marks: LineMarks): number {
  return marks.heading.trimEnd().length;
}

/** Number of an ordered item, nothing for a bullet or no item. */
export function itemNumber(marks: LineMarks): number | undefined {
  const number = Number.parseInt(marks.list, 10);
  return Number.isNaN(number) ? undefined : number;
}

/** True for a line with nothing on it but blanks, full-width ones included. */
export function isBlank(text: string): boolean {
  return /^[\s\u3000]*$/.test(text);
}

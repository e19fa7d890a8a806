// Emphasis that works in Chinese: `**“全程无障碍”**的` is bold.
//
// CommonMark decides by the characters on both sides of a run of marks whether it may open or close, and counts
// “ and 。 as punctuation that must have a space or more punctuation on its other side. Text without spaces never
// has that. The amendment at github.com/tats-u/markdown-cjk-friendly (specification.md) lets an East Asian
// character stand for the space. The page is rendered by the same rules (`galley-page`).
import { InlineContext, type MarkdownConfig } from '@lezer/markdown';

/** Replaces the parsers of `*`, `_` and `~~`; stands after the `Strikethrough` extension. */
export const cjkEmphasis: MarkdownConfig = {
  parseInline: [
    {
      name: 'Emphasis',
      parse(cx, next, start) {
        if (next !== ASTERISK && next !== UNDERSCORE) return -1;
        let end = start + 1;
        while (cx.char(end) === next) end++;
        const { left, right, afterMark, beforeMark } = flanks(cx, start, end);
        return next === ASTERISK
          ? cx.addDelimiter(InlineContext.emphasisAsterisk, start, end, left, right)
          : cx.addDelimiter(
              InlineContext.emphasisUnderscore,
              start,
              end,
              left && (!right || afterMark),
              right && (!left || beforeMark),
            );
      },
    },
    {
      name: 'Strikethrough',
      parse(cx, next, start) {
        if (next !== TILDE || cx.char(start + 1) !== TILDE || cx.char(start + 2) === TILDE) return -1;
        const { left, right } = flanks(cx, start, start + 2);
        return cx.addDelimiter(strikethrough, start, start + 2, left, right);
      },
    },
  ],
};

const ASTERISK = 42;
const UNDERSCORE = 95;
const TILDE = 126;
const strikethrough = { resolve: 'Strikethrough', mark: 'StrikethroughMark' };

const SPACE = /^[\s\u0000]?$/u;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;
/** U+FE0F, which asks for an emoji, is not among them. */
const STANDARD_SELECTOR = /^[\uFE00-\uFE0E]$/;
const IDEOGRAPHIC_SELECTOR = /^[\u{E0100}-\u{E01EF}]$/u;
/** Quotation marks with the selector that makes them full-width. */
const WIDE_QUOTE = /^[‘’“”]\uFE01$/;
const EMOJI = /^\p{Emoji_Presentation}$/u;
/** East Asian width W, F or H (UAX #11) and Hangul. */
const WIDE = new RegExp(
  '^[\\u1100-\\u11FF\\u20A9\\u2329\\u232A\\u2630-\\u2637\\u268A-\\u268F\\u2E80-\\u303E\\u3041-\\u3247' +
    '\\u3250-\\uA4CF\\uA960-\\uA97F\\uAC00-\\uD7FF\\uF900-\\uFAFF\\uFE10-\\uFE19\\uFE30-\\uFE6B\\uFF01-\\uFFEE' +
    '\\u{16FE0}-\\u{18DFF}\\u{1AFF0}-\\u{1B2FF}\\u{1D300}-\\u{1D376}\\u{1F200}-\\u{1F265}\\u{20000}-\\u{3FFFD}]$',
  'u',
);

/** True for a character of Chinese, Japanese or Korean text, its punctuation included. */
export function isCjk(character: string): boolean {
  return WIDE.test(character) && !EMOJI.test(character);
}

interface Flanks {
  left: boolean;
  right: boolean;
  /** The run stands after, before a punctuation mark. */
  afterMark: boolean;
  beforeMark: boolean;
}

/** What a run of marks may do, by its neighbours. */
function flanks(cx: InlineContext, start: number, end: number): Flanks {
  const after = firstOf(cx.slice(end, end + 2));
  const before = lastOf(cx, start);
  const carrier = STANDARD_SELECTOR.test(before) ? lastOf(cx, start - 1) : before;
  const afterMark = PUNCTUATION.test(carrier);
  const beforeMark = PUNCTUATION.test(after);
  const afterCjk = isCjk(carrier);
  const beforeCjk = isCjk(after);
  const afterOther = afterMark && !afterCjk && !WIDE_QUOTE.test(carrier + before);
  const beforeOther = beforeMark && !beforeCjk;
  const afterSpace = SPACE.test(before);
  const beforeSpace = SPACE.test(after);
  const opens = afterSpace || afterOther || afterCjk || IDEOGRAPHIC_SELECTOR.test(before);
  const closes = beforeSpace || beforeOther || beforeCjk;
  return {
    left: !beforeSpace && (!beforeOther || opens),
    right: !afterSpace && (!afterOther || closes),
    afterMark,
    beforeMark,
  };
}

function firstOf(text: string): string {
  const point = text.codePointAt(0);
  return point === undefined ? '' : String.fromCodePoint(point);
}

/** The character before a position; none at the start, where a negative index would wrap around. */
function lastOf(cx: InlineContext, to: number): string {
  const text = cx.slice(Math.max(cx.offset, to - 2), Math.max(cx.offset, to));
  const whole = /[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text);
  return text.slice(whole ? -2 : -1);
}

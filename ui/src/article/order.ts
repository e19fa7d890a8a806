// Places in a list as text that sorts: between any two there is room for another (the model's `order`).
//
// A place is how many digits its whole part has (`a` one, `b` two, … upwards, `Z` one, `Y` two, … downwards),
// those digits, and a fraction that never ends in the lowest digit.
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FIRST = 'a0';

interface Place {
  whole: string;
  fraction: string;
}

/** A place after `before` and ahead of `after`; none, or what is no place, stands for the end on that side. */
export function orderBetween(before: string | undefined, after: string | undefined): string {
  const low = read(before);
  const high = read(after);
  if (!low) return high ? ahead(high) : FIRST;
  if (!high || !(write(low) < write(high))) return next(low.whole);
  if (low.whole === high.whole) return low.whole + middle(low.fraction, high.fraction);
  const step = next(low.whole);
  return step < write(high) ? step : low.whole + middle(low.fraction, undefined);
}

function read(text: string | undefined): Place | undefined {
  const head = text?.charAt(0) ?? '';
  const size = /[a-z]/.test(head)
    ? head.charCodeAt(0) - 96
    : /[A-Z]/.test(head)
      ? 91 - head.charCodeAt(0)
      : 0;
  if (!text || size === 0 || text.length <= size || !/^[0-9A-Za-z]*$/.test(text)) return undefined;
  const place = { whole: text.slice(0, size + 1), fraction: text.slice(size + 1) };
  return place.fraction.endsWith('0') ? undefined : place;
}

const write = (place: Place) => place.whole + place.fraction;

/** The whole number after this one, with a digit more when it runs over. */
function next(whole: string): string {
  const [head, digits] = [whole.charAt(0), whole.slice(1)];
  const counted = carry(digits, 1);
  if (counted) return head + counted;
  if (head === 'Z') return FIRST;
  const up = String.fromCharCode(head.charCodeAt(0) + 1);
  return up + '0'.repeat(up > 'Z' ? digits.length + 1 : digits.length - 1);
}

function ahead(place: Place): string {
  if (place.fraction) return place.whole;
  const [head, digits] = [place.whole.charAt(0), place.whole.slice(1)];
  const counted = carry(digits, -1);
  if (counted) return head + counted;
  if (head === 'a') return 'Zz';
  const down = String.fromCharCode(head.charCodeAt(0) - 1);
  return down + 'z'.repeat(down >= 'a' ? digits.length - 1 : digits.length + 1);
}

/** Digits plus or minus one, or nothing when they run over. */
function carry(digits: string, by: 1 | -1): string | undefined {
  for (let i = digits.length - 1; i >= 0; i--) {
    const moved = DIGITS[DIGITS.indexOf(digits.charAt(i)) + by];
    if (moved) return digits.slice(0, i) + moved + (by > 0 ? '0' : 'z').repeat(digits.length - 1 - i);
  }
  return undefined;
}

/** A fraction between two; the upper one open means the next whole number. */
function middle(low: string, high: string | undefined): string {
  let place = '';
  for (let i = 0, bounded = high !== undefined; ; i++) {
    const from = i < low.length ? DIGITS.indexOf(low.charAt(i)) : 0;
    const to = bounded ? DIGITS.indexOf(high?.charAt(i) || '0') : DIGITS.length;
    if (to - from > 1) return place + DIGITS.charAt(from + Math.floor((to - from) / 2));
    place += DIGITS.charAt(from);
    if (from < to) bounded = false;
  }
}

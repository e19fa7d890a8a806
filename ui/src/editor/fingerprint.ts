// A short name of a text: equal texts have equal names, others have different ones but for very bad luck.
//
// Taken with every key, so that it must not read the whole text: CodeMirror's texts are trees that share their
// unchanged parts, and the name of a whole follows from the names of its parts. Not for secrets.
import type { Text } from '@codemirror/state';

/** The name of a text; the same however its tree is cut. */
export function fingerprint(text: Text): string {
  const { length, a, b } = nameOf(text);
  return [length, a >>> 0, b >>> 0].map((part) => part.toString(36)).join('.');
}

/** A polynomial over the text's units at two places, modulo 2³². */
interface Name {
  length: number;
  a: number;
  b: number;
}

const PLACE_A = 0x9e3779b1;
const PLACE_B = 0x85ebca77;
const LINE_BREAK: Name = { length: 1, a: 10, b: 10 };

const known = new WeakMap<Text, Name>();

function nameOf(text: Text): Name {
  const before = known.get(text);
  if (before) return before;
  const parts = text.children?.map(nameOf) ?? leaf(text);
  const name = parts.reduce((sum, part, n) => joined(n ? joined(sum, LINE_BREAK) : sum, part), {
    length: 0,
    a: 0,
    b: 0,
  });
  known.set(text, name);
  return name;
}

/** The lines of a text without parts. */
function leaf(text: Text): Name[] {
  return Array.from(text.iterLines(), (line) => {
    let a = 0;
    let b = 0;
    for (let at = 0; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      a = (Math.imul(a, PLACE_A) + unit) | 0;
      b = (Math.imul(b, PLACE_B) + unit) | 0;
    }
    return { length: line.length, a, b };
  });
}

function joined(left: Name, right: Name): Name {
  return {
    length: left.length + right.length,
    a: (Math.imul(left.a, power(PLACE_A, right.length)) + right.a) | 0,
    b: (Math.imul(left.b, power(PLACE_B, right.length)) + right.b) | 0,
  };
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest >>>= 1) {
    if (rest & 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

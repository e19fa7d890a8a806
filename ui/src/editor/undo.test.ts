import { history, redo, undo } from '@codemirror/commands';
import { EditorView } from '@codemirror/view';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoreModel } from './core.fixture';
import './jsdom.fixture';
import { wholeCharacters } from './splices';
import { createSync } from './sync';
import type { Splice } from './types';

// The display of CodeMirror measures by animation frames, and nothing is laid out here.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

/** What happens next; places are parts of the text's length. */
type Step =
  { does: 'type' | 'others'; at: number; gone: number; fresh: number } | { does: 'undo' | 'redo' | 'arrive' };

const edit = { at: fc.nat(1_000), gone: fc.nat(3), fresh: fc.nat(3) };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('type' as const), ...edit }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('others' as const), ...edit }) },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constantFrom('undo' as const, 'redo' as const, 'arrive' as const) }),
  },
);

/** A window whose writer and whose colleagues type characters that are never typed twice: 가… and 一…. */
class Desk {
  readonly core = new CoreModel('');
  readonly view: EditorView;
  /** Characters of others that the writer took away, here or in what is undone and redone. */
  private taken = new Set<string>();
  private own = 0xac00;
  private others = 0x4e00;
  private asked: (() => void)[] = [];
  private readonly sync;

  constructor() {
    this.sync = createSync({
      article: { id: 'a', rev: this.core.rev, body: '', caret: 0 },
      viewName: 'view',
      host: {
        push: (request) =>
          new Promise((resolve) => this.asked.push(() => resolve(this.core.push(structuredClone(request))))),
      },
      on: {
        saved: () => {},
        unsaved: () => {},
        failed: () => {},
        applied: () => {},
        outOfStep: () => expect.fail('out of step'),
        stranded: (text) => expect.fail(text),
      },
      store: { getItem: () => null, setItem: () => {}, removeItem: () => {} },
      composing: () => false,
      ready: () => {},
    });
    // Each edit is undone for itself.
    const extensions = [history({ newGroupDelay: 0 }), wholeCharacters, this.sync.extension];
    this.view = new EditorView({ extensions });
    this.sync.start(this.view);
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** What others wrote and the writer never took away. */
  get ofOthers(): string {
    return [...this.text].filter((c) => c < '\uac00' && !this.taken.has(c)).join('');
  }

  type(step: { at: number; gone: number; fresh: number }): void {
    const { from, to } = place(step, this.text.length);
    for (const c of this.text.slice(from, to)) this.taken.add(c);
    const insert = fresh(step.fresh, () => this.own++);
    this.view.dispatch({ changes: { from, to, insert }, userEvent: 'input' });
    vi.advanceTimersByTime(1);
  }

  async write(step: { at: number; gone: number; fresh: number }): Promise<void> {
    const { from, to } = place(step, this.core.body.length);
    const splices: Splice[] = [{ from, to, insert: fresh(step.fresh, () => this.others++) }];
    const { rev, updates } = this.core.change(splices);
    this.sync.applyCore(rev, updates);
    await turn();
  }

  async arrive(): Promise<void> {
    while (this.asked.length) {
      this.asked.shift()?.();
      await turn();
    }
  }
}

function place(step: { at: number; gone: number }, length: number): { from: number; to: number } {
  const from = Math.round((step.at / 1_000) * length);
  return { from, to: Math.min(from + step.gone, length) };
}

function fresh(n: number, next: () => number): string {
  return Array.from({ length: n }, () => String.fromCharCode(next())).join('');
}

async function turn(): Promise<void> {
  for (let n = 0; n < 8; n++) await Promise.resolve();
}

test('whatever is undone and redone among the edits of others, what they wrote stays', async () => {
  let undone = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 50 }), async (steps) => {
      const desk = new Desk();
      for (const step of steps) {
        const [text, ofOthers] = [desk.text, desk.ofOthers];
        if (step.does === 'type') desk.type(step);
        else if (step.does === 'others') await desk.write(step);
        else if (step.does === 'arrive') await desk.arrive();
        else {
          const [there, back] = step.does === 'undo' ? [undo, redo] : [redo, undo];
          if (!there(desk.view)) continue;
          undone++;
          expect(desk.ofOthers).toBe(ofOthers);
          // Nothing came in between: back again is where it was.
          expect(back(desk.view)).toBe(true);
          expect(desk.text).toBe(text);
          there(desk.view);
        }
      }
      await desk.arrive();
      expect(desk.text).toBe(desk.core.body);
      expect(new Set(desk.text).size).toBe(desk.text.length);
      desk.view.destroy();
    }),
    { numRuns: 120 },
  );
  expect(undone).toBeGreaterThan(100);
});

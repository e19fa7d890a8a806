import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CoreModel } from './core.fixture';
import './jsdom.fixture';
import { cutsPair, wholeCharacters } from './splices';
import { createSync, type Sync } from './sync';
import type { ApiError, PushAnswer, PushRequest } from './types';
import type { Store } from './unsent';

const DISK_FULL: ApiError = { code: 'disk_full', values: {}, retry: true };
const LOST: ApiError = { code: 'internal', values: { detail: 'lost' }, retry: true };

interface Transit {
  request: PushRequest;
  answer?: PushAnswer;
  error?: unknown;
  resolve(answer: PushAnswer): void;
  reject(error: unknown): void;
}

/** One window on one article of one core, with everything that travels between them in our hands. */
class Desk {
  readonly core: CoreModel;
  readonly store: Store = memoryStore();
  readonly told: string[] = [];
  transit: Transit[] = [];
  composing = false;
  view!: EditorView;
  sync!: Sync;
  ready = false;
  private views = 0;

  constructor(body: string) {
    this.core = new CoreModel(body);
    this.open();
  }

  open(): void {
    const article = { id: 'a', rev: this.core.rev, body: this.core.body, caret: 0 };
    this.ready = false;
    this.composing = false;
    this.sync = createSync({
      article,
      viewName: `view-${++this.views}`,
      host: {
        push: (request) =>
          new Promise((resolve, reject) =>
            this.transit.push({ request: structuredClone(request), resolve, reject }),
          ),
      },
      on: {
        saved: (at) => this.told.push(`saved ${at}`),
        unsaved: () => this.told.push('unsaved'),
        failed: (error) => this.told.push(`failed ${error?.code ?? 'no more'}`),
        applied: (seq) => this.told.push(`applied ${seq}`),
        outOfStep: () => this.told.push('out of step'),
        stranded: (text) => this.told.push(`stranded ${text}`),
      },
      store: this.store,
      composing: () => this.composing,
      ready: () => (this.ready = true),
    });
    const keeps = article.body.includes('\r') ? EditorState.lineSeparator.of('\n') : [];
    this.view = new EditorView({
      doc: article.body,
      extensions: [keeps, history(), wholeCharacters, this.sync.extension],
    });
    this.sync.start(this.view);
  }

  /** The webview goes away without a word; what it sent may still arrive. */
  reload(): void {
    for (const transit of this.transit) {
      transit.resolve = () => {};
      transit.reject = () => {};
    }
    vi.clearAllTimers();
    this.view.destroy();
    this.open();
  }

  type(at: number, insert: string, to = at): void {
    this.view.dispatch({ changes: { from: at, to, insert } });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** The oldest request that the core has not seen reaches it. */
  arrive(): boolean {
    const transit = this.transit.find((each) => !each.answer && !each.error);
    if (!transit) return false;
    try {
      transit.answer = this.core.push(transit.request);
    } catch (error) {
      transit.error = error;
    }
    return true;
  }

  /** The oldest answer reaches the window, or is lost. */
  async return(lost = false): Promise<boolean> {
    const at = this.transit.findIndex((each) => each.answer || each.error);
    if (at < 0) return false;
    const [transit] = this.transit.splice(at, 1);
    if (lost) transit?.reject(LOST);
    else if (transit?.error) transit.reject(transit.error);
    else if (transit?.answer) transit.resolve(transit.answer);
    await turn();
    return true;
  }

  async lose(): Promise<void> {
    const at = this.transit.findIndex((each) => !each.answer && !each.error);
    if (at < 0) return;
    this.transit.splice(at, 1)[0]?.reject(LOST);
    await turn();
  }

  endComposition(): void {
    this.composing = false;
    this.sync.compositionSettled();
  }

  /** Until nothing moves any more. */
  async settle(): Promise<void> {
    if (this.composing) this.endComposition();
    for (let still = 0; still < 4;) {
      const moved = this.arrive() || (await this.return());
      still = moved ? 0 : still + 1;
      if (!moved) await vi.advanceTimersByTimeAsync(20_000);
    }
  }
}

async function turn(): Promise<void> {
  for (let n = 0; n < 8; n++) await Promise.resolve();
}

function memoryStore(): Store & { size(): number } {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    size: () => map.size,
  };
}

// The display of CodeMirror measures by animation frames, and nothing is laid out here.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

describe('a push', () => {
  test('goes out with the first key, and what gathers meanwhile goes with the next', async () => {
    const desk = new Desk('');
    desk.type(0, '清');
    desk.type(1, '样');
    desk.type(2, '稿');
    expect(desk.transit).toHaveLength(1);
    expect(desk.transit[0]?.request.updates).toEqual([
      { view_seq: 1, splices: [{ from: 0, to: 0, insert: '清' }] },
    ]);
    desk.arrive();
    await desk.return();
    expect(desk.transit[0]?.request.updates).toEqual([
      { view_seq: 2, splices: [{ from: 1, to: 1, insert: '样稿' }] },
    ]);
    await desk.settle();
    expect(desk.core.body).toBe('清样稿');
    expect(desk.told).toEqual(['unsaved', 'applied 1', 'applied 2', 'saved 2']);
  });

  test('keeps its number when it is rebased over a change of the core', async () => {
    const desk = new Desk('今天开放');
    desk.type(4, '。');
    desk.core.change([{ from: 0, to: 2, insert: '明天上午' }]);
    desk.arrive();
    await desk.return();
    expect(desk.transit[0]?.request.updates).toEqual([
      { view_seq: 1, splices: [{ from: 6, to: 6, insert: '。' }] },
    ]);
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['明天上午开放。', '明天上午开放。']);
  });

  test('that failed is tried again by itself, and at once with the next key', async () => {
    const desk = new Desk('');
    desk.core.refusal = DISK_FULL;
    desk.type(0, '一');
    desk.arrive();
    await desk.return();
    expect(desk.told).toEqual(['unsaved', 'applied 1', 'failed disk_full']);
    expect(desk.transit).toHaveLength(0);
    desk.type(1, '二');
    expect(desk.transit).toHaveLength(1);
    desk.arrive();
    await desk.return();
    desk.core.refusal = undefined;
    await desk.settle();
    expect(desk.core.body).toBe('一二');
    expect(desk.told.slice(-2)).toEqual(['failed no more', 'saved 1']);
  });

  test('that the core took though its answer was lost is not taken twice', async () => {
    const desk = new Desk('稿');
    desk.type(1, '件');
    desk.arrive();
    await desk.return(true);
    desk.core.change([{ from: 0, to: 0, insert: '来' }]);
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['来稿件', '来稿件']);
  });

  test('is refused for good when the core is out of step, and what was typed stays kept', async () => {
    const desk = new Desk('稿');
    desk.core.reopen();
    desk.core.change([{ from: 0, to: 0, insert: '新' }]);
    desk.core.reopen();
    desk.type(1, '件');
    await desk.settle();
    expect(desk.told).toContain('out of step');
    desk.type(2, '！');
    expect(desk.transit).toHaveLength(0);
    desk.reload();
    await desk.settle();
    expect(desk.told.at(-1)).toBe('stranded 件！');
    expect(desk.text).toBe('新稿');
  });
});

describe('the text of others', () => {
  test('comes in without a push, and undo leaves it alone', async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    await desk.settle();
    const { rev, updates } = desk.core.change([{ from: 0, to: 0, insert: '丙' }]);
    desk.sync.applyCore(rev, updates);
    expect(desk.text).toBe('丙甲乙');
    undo(desk.view);
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['丙甲', '丙甲']);
  });

  test('is asked for when one announcement was missed', async () => {
    const desk = new Desk('甲');
    desk.core.change([{ from: 0, to: 0, insert: '乙' }]);
    const { rev, updates } = desk.core.change([{ from: 0, to: 0, insert: '丙' }]);
    desk.sync.applyCore(rev, updates);
    await desk.settle();
    expect(desk.text).toBe('丙乙甲');
  });

  test('is asked for when it was announced while a push was under way', async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    desk.arrive();
    const { rev, updates } = desk.core.change([{ from: 0, to: 0, insert: '丙' }]);
    desk.sync.applyCore(rev, updates);
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['丙甲乙', '丙甲乙']);
  });
});

describe('a composition', () => {
  test('is not sent before it is over, and then as one splice', async () => {
    const desk = new Desk('今天');
    desk.composing = true;
    desk.type(2, 'x');
    desk.type(3, 'i');
    desk.type(2, '新', 4);
    expect(desk.transit).toHaveLength(0);
    expect(desk.sync.composition()).toBe('新');
    desk.endComposition();
    expect(desk.transit[0]?.request.updates).toEqual([
      { view_seq: 1, splices: [{ from: 2, to: 2, insert: '新' }] },
    ]);
    await desk.settle();
    expect(desk.core.body).toBe('今天新');
  });

  test('keeps the changes of others out until it is over', async () => {
    const desk = new Desk('今天');
    desk.composing = true;
    desk.type(2, 'x');
    const { rev, updates } = desk.core.change([{ from: 0, to: 0, insert: '（' }]);
    desk.sync.applyCore(rev, updates);
    expect(desk.text).toBe('今天x');
    desk.type(2, '心', 3);
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['（今天心', '（今天心']);
  });

  test('that was cancelled sends nothing and takes no number', async () => {
    const desk = new Desk('今天');
    desk.composing = true;
    desk.type(2, 'x');
    desk.type(2, '', 3);
    desk.endComposition();
    await desk.settle();
    expect(desk.transit).toHaveLength(0);
    desk.type(2, '好');
    expect(desk.transit[0]?.request.updates[0]?.view_seq).toBe(1);
    await desk.settle();
    expect(desk.core.body).toBe('今天好');
    expect(desk.told.at(-1)).toBe('saved 1');
  });
});

describe('a reload of the webview', () => {
  test('with 20 updates not acknowledged loses and doubles nothing', async () => {
    const desk = new Desk('');
    // Each is sent and its answer lost, so that each is an update of its own.
    for (let n = 0; n < 20; n++) {
      desk.type(n, String.fromCodePoint(0x4e00 + n));
      if (n % 3 === 0) desk.arrive();
      if (n % 3 === 1) await desk.lose();
    }
    desk.reload();
    await desk.settle();
    const all = Array.from({ length: 20 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('');
    expect([desk.text, desk.core.body]).toEqual([all, all]);
  });

  test('while nothing reached the core shows the words at once, under the numbers they had', async () => {
    const desk = new Desk('稿');
    desk.type(1, '件');
    const former = desk.transit[0]?.request.view;
    await desk.lose();
    desk.reload();
    expect(desk.text).toBe('稿件');
    expect(desk.transit[0]?.request).toMatchObject({ view: former, updates: [{ view_seq: 1 }] });
    desk.type(2, '好');
    await desk.settle();
    expect(desk.core.body).toBe('稿件好');
    expect(new Set(desk.core.taken).size).toBe(desk.core.taken.length);
  });

  test('with changes of others in between moves the words along', async () => {
    const desk = new Desk('甲乙丙');
    desk.type(3, '丁');
    desk.arrive();
    desk.type(4, '戊');
    desk.core.change([{ from: 0, to: 1, insert: '头头头' }]);
    desk.reload();
    expect(desk.ready).toBe(false);
    await desk.settle();
    expect(desk.ready).toBe(true);
    expect([desk.text, desk.core.body]).toEqual(['头头头乙丙丁戊', '头头头乙丙丁戊']);
  });

  test("after which the old page's request arrives late takes it once", async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    desk.reload();
    desk.type(2, '丙');
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['甲乙丙', '甲乙丙']);
  });

  test('keeps the number of an update whose words others deleted meanwhile', async () => {
    const desk = new Desk('甲乙丙丁');
    desk.type(1, '', 2);
    await desk.lose();
    desk.type(3, '戊');
    await desk.lose();
    desk.core.change([{ from: 0, to: 3, insert: '' }]);
    desk.reload();
    await desk.settle();
    expect(desk.told).not.toContain('out of step');
    expect([desk.text, desk.core.body]).toEqual(['丁戊', '丁戊']);
  });

  test('when the core closed the article meanwhile finds its place by the text', async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    desk.arrive();
    await desk.return(true);
    desk.type(2, '丙');
    desk.core.reopen();
    desk.reload();
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['甲乙丙', '甲乙丙']);
  });
});

describe('falling out of step again and again', () => {
  test('ends with the words put in place by the text itself', async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    // The core forgot what it knew of this view's numbers.
    const forget = () => desk.core.forget();
    desk.arrive();
    await desk.return(true);
    desk.type(2, '丙');
    for (let n = 0; n < 4 && desk.core.body !== '甲乙丙'; n++) {
      forget();
      await desk.settle();
      if (desk.told.includes('out of step')) {
        desk.told.length = 0;
        desk.reload();
      }
    }
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['甲乙丙', '甲乙丙']);
  });
});

describe('a text with carriage returns of its own', () => {
  test("keeps them, and every offset is the core's", async () => {
    const desk = new Desk('甲\r\n乙');
    expect(desk.view.state.doc.length).toBe(4);
    desk.type(4, '丙');
    await desk.settle();
    const { rev, updates } = desk.core.change([{ from: 0, to: 0, insert: '丁\r' }]);
    desk.sync.applyCore(rev, updates);
    expect([desk.text, desk.core.body]).toEqual(['丁\r甲\r\n乙丙', '丁\r甲\r\n乙丙']);
  });
});

describe('an editor that was closed', () => {
  test('still sends its last words', async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    desk.type(2, '丙');
    desk.core.change([{ from: 0, to: 0, insert: '头' }]);
    desk.sync.detach();
    desk.view.destroy();
    await desk.settle();
    expect(desk.core.body).toBe('头甲乙丙');
  });

  test('gives way to a new one of the same article', async () => {
    const desk = new Desk('甲');
    desk.type(1, '乙');
    desk.type(2, '丙');
    desk.sync.detach();
    desk.view.destroy();
    desk.open();
    desk.type(0, '头');
    await desk.settle();
    expect([desk.text, desk.core.body]).toEqual(['头甲乙丙', '头甲乙丙']);
    expect(new Set(desk.core.taken).size).toBe(desk.core.taken.length);
  });
});

describe('whatever goes wrong', () => {
  const first = Number(process.env['GALLEY_SEED'] ?? 1);
  // 1189 once left a gap in the numbers.
  test.each([1189, ...Array.from({ length: 120 }, (_, n) => first + n)])(
    'no key is lost or doubled (seed %i)',
    async (seed) => {
      await randomDay(seed);
    },
  );
});

/** A day at a desk where everything fails now and then; each key types a character never used before. */
async function randomDay(seed: number): Promise<void> {
  const random = mulberry(seed);
  const below = (n: number) => Math.floor(random() * n);
  const desk = new Desk('湖心岛步道今日开放。\n\n三公里𠀀全程😀无障碍。');
  const alive = new Set(desk.core.body);
  let next = 0x20100;
  const fresh = () => {
    const astral = String.fromCodePoint(next++);
    alive.add(astral);
    return astral;
  };
  const edit = (length: number, text: string) => {
    let from = below(length + 1);
    if (isInside(text, from)) from--;
    let to = random() < 0.3 ? Math.min(length, from + below(6)) : from;
    if (isInside(text, to)) to++;
    for (const gone of text.slice(from, to)) alive.delete(gone);
    const insert = random() < 0.85 ? fresh() : '';
    return { from, to, insert };
  };
  for (let step = 0; step < 120; step++) {
    const dice = random();
    if (dice < 0.45) {
      if (desk.ready) {
        const { from, to, insert } = edit(desk.text.length, desk.text);
        desk.type(from, insert, to);
      }
    } else if (dice < 0.6) desk.arrive();
    else if (dice < 0.75) await desk.return(random() < 0.25);
    else if (dice < 0.79) await desk.lose();
    else if (dice < 0.87) {
      const text = desk.core.body;
      const { rev, updates } = desk.core.change([edit(text.length, text)]);
      if (random() < 0.7) desk.sync.applyCore(rev, updates);
      await turn();
    } else if (dice < 0.92) {
      if (desk.composing) desk.endComposition();
      else desk.composing = desk.ready;
    } else if (dice < 0.95) {
      desk.sync.hurry();
      desk.reload();
    } else if (dice < 0.97) desk.core.refusal = desk.core.refusal ? undefined : DISK_FULL;
    else await vi.advanceTimersByTimeAsync(below(2000));
    expect(cutsPair(desk.view.state.doc, desk.view.state.selection.main.head)).toBe(false);
  }
  desk.core.refusal = undefined;
  await desk.settle();
  // Not every change of the core was announced: the next push brings them.
  desk.type(0, fresh());
  await desk.settle();
  expect(desk.told.filter((told) => /out of step|stranded/.test(told))).toEqual([]);
  expect(desk.text).toBe(desk.core.body);
  const characters = [...desk.core.body].filter(
    (c) => c.codePointAt(0)! >= 0x20100 && c.codePointAt(0)! < next,
  );
  expect(new Set(characters).size, 'a doubled key').toBe(characters.length);
  const lost = [...alive].filter((c) => c.codePointAt(0)! >= 0x20100 && !desk.core.body.includes(c));
  expect(lost, 'a lost key').toEqual([]);
  expect(new Set(desk.core.taken.filter((name) => name !== '#0')).size).toBe(
    desk.core.taken.filter((name) => name !== '#0').length,
  );
  expect(desk.store.getItem('galley.unsent.a')).toBeNull();
}

function isInside(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return at > 0 && at < text.length && unit >= 0xdc00 && unit < 0xe000;
}

function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

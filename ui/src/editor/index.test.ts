import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import zh from '../words/zh-Hans.json';
import { CoreModel } from './core.fixture';
import { COMMAND_IDS, EDITOR_WORDS, createEditor, type Editor, type EditorOptions } from './index';
import './jsdom.fixture';
import type { SelectionReport } from './types';

const PHOTO = '0198f3c2-5d5e-7abc-8def-0123456789ab';
const OTHER = '0198f3c2-5d5e-7abc-8def-0123456789ac';

class Window_ {
  readonly core: CoreModel;
  readonly editor: Editor;
  readonly told: string[] = [];
  readonly drafts: string[] = [];
  readonly added: { name: string; at: number }[] = [];
  photos = new Map([[PHOTO, { sha256: 'aa', caption: '市民散步', credit: '林一舟 摄', isLead: true }]]);
  report: SelectionReport | undefined;
  failure: Record<string, string> | undefined;

  constructor(body: string, caret = 0, options: Partial<EditorOptions> = {}) {
    this.core = new CoreModel(body);
    const parent = document.body.appendChild(document.createElement('div'));
    this.editor = createEditor({
      parent,
      article: { id: `article-${Math.random()}`, rev: this.core.rev, body, caret },
      host: {
        push: async (request) => this.core.push(structuredClone(request)),
        draftComposition: (text) => void this.drafts.push(text),
        addPhotos: async (files, at) => {
          this.added.push(...files.map((file) => ({ name: file.name, at })));
          return files.map(() => ({ id: OTHER }));
        },
        photo: (id) => this.photos.get(id),
        openPhoto: (id) => this.told.push(`open ${id}`),
      },
      words: (key) => (zh as Record<string, string>)[key] ?? key,
      on: {
        saved: () => this.told.push('saved'),
        unsaved: () => {},
        failed: (error) => {
          this.told.push(`failed ${error?.code}`);
          this.failure = error?.values;
        },
        notTaken: (names) => this.told.push(`not taken ${names.join(' ')}`),
        applied: () => {},
        outOfStep: () => this.told.push('out of step'),
        selection: (report) => (this.report = report),
        composing: (now) => this.told.push(`composing ${now}`),
      },
      readOnly: false,
      ...options,
    });
    this.editor.focus();
    vi.advanceTimersByTime(50);
  }

  get content(): HTMLElement {
    return this.editor.view.contentDOM;
  }

  /** What a reader sees, one line each. */
  get shown(): string[] {
    return [...this.content.querySelectorAll('.cm-line')].map((line) => line.textContent ?? '');
  }

  get text(): string {
    return this.editor.view.state.doc.toString();
  }

  caret(at: number): void {
    this.editor.view.dispatch({ selection: { anchor: at } });
  }

  select(from: number, to: number): void {
    this.editor.view.dispatch({ selection: { anchor: from, head: to } });
  }

  paste(data: Record<string, string>, files: File[] = []): void {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    const clipboardData = {
      getData: (type: string) => data[type] ?? '',
      files,
      items: [],
      types: Object.keys(data),
    };
    this.content.dispatchEvent(Object.assign(event, { clipboardData }));
  }

  /** True when the engine would still do what it likes with the files. */
  drop(files: File[]): boolean {
    const event = new Event('drop', { bubbles: true, cancelable: true });
    const dataTransfer = { getData: () => '', files, items: [], types: ['Files'] };
    return this.content.dispatchEvent(Object.assign(event, { dataTransfer, clientX: 0, clientY: 0 }));
  }
}

let open: Window_[] = [];

function window_(...args: ConstructorParameters<typeof Window_>): Window_ {
  const made = new Window_(...args);
  open.push(made);
  return made;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const each of open) each.editor.destroy();
  open = [];
  vi.useRealTimers();
});

describe('accessibility', () => {
  test('the text is a text box with many lines and a name', () => {
    const { content } = window_('正文');
    expect(content.getAttribute('role')).toBe('textbox');
    expect(content.getAttribute('aria-multiline')).toBe('true');
    expect(content.getAttribute('aria-label')).toBe('正文');
    expect(content.getAttribute('contenteditable')).toBe('true');
  });

  test('a read-only text says so and takes no command', () => {
    const { editor, content } = window_('正文', 0, { readOnly: true });
    expect(content.getAttribute('aria-readonly')).toBe('true');
    expect(content.getAttribute('contenteditable')).toBe('false');
    expect(COMMAND_IDS.filter((id) => id !== 'find' && id !== 'replace').some((id) => editor.run(id))).toBe(
      false,
    );
    editor.setReadOnly(false);
    expect(content.getAttribute('contenteditable')).toBe('true');
    expect(editor.run('bold')).toBe(true);
  });

  test('every word the editor asks for exists', () => {
    expect(EDITOR_WORDS.filter((key) => !(key in zh))).toEqual([]);
  });
});

describe('marks', () => {
  const body =
    '首段\n\n## 小标题\n\n设计**“全程无障碍”**的*步道*~~台阶~~\n\n- 甲\n\n> 引文\n\n[链接](https://example.org/)\n\n1\\*2';

  test('are hidden but on the line of the caret', () => {
    const desk = window_(body);
    expect(desk.shown.filter(Boolean)).toEqual([
      '首段',
      '小标题',
      '设计“全程无障碍”的步道台阶',
      ' 甲',
      '引文',
      '链接',
      '1*2',
    ]);
    desk.caret(body.indexOf('全程'));
    expect(desk.shown[4]).toBe('设计**“全程无障碍”**的*步道*~~台阶~~');
    expect(desk.shown[2]).toBe('小标题');
    desk.caret(body.indexOf('小标'));
    expect(desk.shown[2]).toBe('## 小标题');
    expect(desk.shown[4]).toBe('设计“全程无障碍”的步道台阶');
  });

  test('are all hidden while the caret is elsewhere in the window', () => {
    const desk = window_('## 小标题');
    expect(desk.shown).toEqual(['## 小标题']);
    desk.content.blur();
    vi.advanceTimersByTime(50);
    expect(desk.shown).toEqual(['小标题']);
  });

  test('carry their look', () => {
    const desk = window_(body);
    const look = (selector: string) =>
      [...desk.content.querySelectorAll(selector)].map((node) => node.textContent);
    expect(look('.cm-strong')).toEqual(['“全程无障碍”']);
    expect(look('.cm-em')).toEqual(['步道']);
    expect(look('.cm-strike')).toEqual(['台阶']);
    expect(look('.cm-link')).toEqual(['链接']);
    expect(look('.cm-line.cm-heading-2')).toEqual(['小标题']);
    expect(look('.cm-line.cm-quote')).toEqual(['引文']);
    expect(desk.content.querySelectorAll('.cm-bullet')).toHaveLength(1);
  });

  test('of words in brackets stay as typed', () => {
    const desk = window_('首段\n\n如此[原文如此]');
    expect(desk.shown[2]).toBe('如此[原文如此]');
  });

  test('of the dialect are as calm as the others, and stand where the caret is', () => {
    const item = `- ![](photo:${PHOTO})`;
    const body = `首段\n\n如注[^1]所说，{湖心|hú xīn}岛。\n\n[步道](https://media.example/a.mp4 "video")\n\n> **走得顺**\n\n${item}\n${item}\n\n[^1]: 据水文站。`;
    const desk = window_(body);
    const look = (selector: string) => desk.content.querySelectorAll(selector);
    expect(desk.shown[2]).toBe('如注1所说，湖心hú xīn岛。');
    expect(look('ruby rt')[0]?.textContent).toBe('hú xīn');
    expect(look('.cm-embed')[0]?.getAttribute('data-kind')).toBe('视频');
    expect(desk.shown[4]).toBe('步道');
    expect(look('.cm-pull')[0]?.textContent).toBe('走得顺');
    expect(look('.cm-gallery-line .cm-photo')).toHaveLength(2);
    expect(desk.shown.at(-1)).toBe('1 据水文站。');
    desk.editor.view.dispatch({ selection: { anchor: 8 } });
    vi.advanceTimersByTime(50);
    expect(desk.shown[2]).toBe('如注[^1]所说，{湖心|hú xīn}岛。');
  });
});

describe('a photo', () => {
  const body = `首段\n\n![](photo:${PHOTO})\n\n末段`;

  test('is a card with caption and credit, which opens the photo', () => {
    const desk = window_(body);
    const card = desk.content.querySelector<HTMLElement>('.cm-photo');
    expect(card?.getAttribute('aria-label')).toBe('图片 市民散步');
    expect(card?.querySelector('img')?.getAttribute('src')).toBe('galley://localhost/thumb/aa');
    expect(card?.textContent).toBe('市民散步林一舟 摄 · 题图');
    card?.click();
    expect(desk.told).toContain(`open ${PHOTO}`);
  });

  test('follows its facts', () => {
    const desk = window_(body);
    desk.photos.set(PHOTO, { sha256: 'bb', caption: '新说明', credit: '', isLead: false });
    desk.editor.photosChanged();
    expect(desk.content.querySelector('.cm-photo')?.textContent).toBe('新说明');
    desk.photos.clear();
    desk.editor.photosChanged();
    expect(desk.content.querySelector('.cm-photo-missing')).not.toBeNull();
  });

  test('pasted or dropped stands in a paragraph of its own, and typing goes on behind it', async () => {
    const desk = window_('首段', 2);
    desk.paste({}, [new File(['x'], 'a.jpg', { type: 'image/jpeg' })]);
    desk.editor.insert('，还在写');
    await vi.advanceTimersByTimeAsync(10);
    expect(desk.added).toEqual([{ name: 'a.jpg', at: 2 }]);
    expect(desk.text).toBe(`首段，还在写\n\n![](photo:${OTHER})\n\n`);
    expect(desk.editor.view.state.selection.main.head).toBe(desk.text.length);
    expect(desk.core.body).toBe(desk.text);
  });

  test('that could not be added is told, and the text stays', async () => {
    const desk = window_('首段');
    const files = [new File(['x'], 'a.heic', { type: '' })];
    const host = { code: 'photo_format', values: {}, retry: false };
    desk.editor.destroy();
    open = [];
    const other = window_('首段', 2, {
      host: {
        push: async (request) => other.core.push(structuredClone(request)),
        draftComposition: () => {},
        addPhotos: () => Promise.reject(host),
        photo: () => undefined,
        openPhoto: () => {},
      },
    });
    other.paste({}, files);
    await vi.advanceTimersByTimeAsync(10);
    expect(other.told).toContain('failed photo_format');
    expect(other.text).toBe('首段');
    expect(other.content.parentElement?.querySelector('.cm-photo-adding')).toBeNull();
  });
});

test('a dropped file that is no picture is told by name, and its source stays out of the text', () => {
  const desk = window_('首段');
  const files = [new File(['<html>'], '网页.html', { type: 'text/html' }), new File(['x'], '通知.pdf')];
  expect(desk.drop(files)).toBe(false);
  expect(desk.drop([new File(['x'], 'b.png', { type: 'image/png' }), new File(['x'], '名单.xlsx')])).toBe(
    false,
  );
  expect(desk.text).toBe('首段');
  expect(desk.told.filter((told) => told.startsWith('not'))).toEqual([
    'not taken 网页.html 通知.pdf',
    'not taken 名单.xlsx',
  ]);
  expect(desk.added.map(({ name }) => name)).toEqual(['b.png']);
});

describe('a paste', () => {
  test('of HTML becomes Markdown', () => {
    const desk = window_('前|后'.replace('|', ''), 1);
    desk.paste({ 'text/html': '<p>今天<b>开放</b></p><p>明天</p>', 'text/plain': '今天开放\n明天' });
    expect(desk.text).toBe('前\n\n今天**开放**\n\n明天\n\n后');
  });

  test('of words without blocks stays in its line', () => {
    const desk = window_('前后', 1);
    desk.paste({ 'text/html': '<span>今天<b>开放</b></span>', 'text/plain': '今天开放' });
    expect(desk.text).toBe('前今天**开放**后');
  });

  test('of Chinese lines makes paragraphs, of other text nothing', () => {
    const desk = window_('');
    desk.paste({ 'text/plain': '\u3000\u3000第一段。\r\n\u3000\u3000第二段。\r\n' });
    expect(desk.text).toBe('第一段。\n\n第二段。');
    const other = window_('');
    other.paste({ 'text/plain': 'first line\nsecond line' });
    expect(other.text).toBe('first line\nsecond line');
    const list = window_('');
    list.paste({ 'text/plain': '- 甲\n- 乙' });
    expect(list.text).toBe('- 甲\n- 乙');
  });

  test('of a picture that came along with its text takes the text', () => {
    const desk = window_('');
    desk.paste({ 'text/plain': '文字' }, [new File(['x'], 'image.png', { type: 'image/png' })]);
    expect(desk.text).toBe('文字');
    expect(desk.added).toEqual([]);
  });

  test('of files takes the pictures and tells of the rest by name', () => {
    const page = new File(['<html>'], '网页.html', { type: 'text/html' });
    const photo = new File(['x'], 'a.jpg', { type: 'image/jpeg' });
    const desk = window_('首段');
    desk.paste({ 'text/plain': '/home/lin/网页.html\n/home/lin/a.jpg' }, [page, photo]);
    desk.paste({}, [new File(['x'], '稿件.docx')]);
    desk.paste({ 'text/plain': 'file:///home/lin/a.jpg' }, [photo]);
    expect(desk.added.map(({ name }) => name)).toEqual(['a.jpg', 'a.jpg']);
    expect(desk.told.filter((told) => told.startsWith('not'))).toEqual([
      'not taken 网页.html',
      'not taken 稿件.docx',
    ]);
    expect(desk.text).toContain('首段');
    expect(desk.text).not.toContain('html');
  });

  test('of five megabytes is refused whole and told', () => {
    const desk = window_('首段', 2);
    desk.paste({ 'text/plain': '长'.repeat(5_000_000) });
    desk.paste({ 'text/html': `<p>${'长'.repeat(5_000_000)}</p>`, 'text/plain': '长'.repeat(5_000_000) });
    expect(desk.told.filter((told) => told === 'failed too_long')).toHaveLength(2);
    expect(desk.failure).toMatchObject({ length: '5000000', max: '200000', from: 'clipboard' });
    expect(desk.text).toBe('首段');
  });

  test('up to the limit is taken, and typing goes on beyond it', async () => {
    const desk = window_('');
    desk.paste({ 'text/plain': '长'.repeat(200_000) });
    expect(desk.text.length).toBe(200_000);
    desk.editor.insert('字');
    expect(desk.text.length).toBe(200_001);
    desk.editor.insert('字'.repeat(200));
    await vi.advanceTimersByTimeAsync(10);
    expect(desk.text.length).toBe(200_001);
    expect(desk.told).toContain('failed too_long');
  });
});

describe('a composition', () => {
  const start = (desk: Window_) =>
    desk.content.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
  const end = (desk: Window_) =>
    desk.content.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
  const compose = (desk: Window_, from: number, to: number, insert: string) =>
    desk.editor.view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      userEvent: 'input.type.compose',
    });

  test('changes no look, sends nothing and takes no command until it is over', async () => {
    const desk = window_('## 小标题\n\n**重点**', 4);
    start(desk);
    compose(desk, 4, 4, 'x');
    expect(desk.editor.run('bold')).toBe(false);
    desk.caret(9);
    // The caret is on the line of bold words now; their marks stay hidden.
    expect(desk.shown[2]).toBe('重点');
    await vi.advanceTimersByTimeAsync(50);
    expect(desk.core.body).toBe('## 小标题\n\n**重点**');
    compose(desk, 4, 5, '新');
    end(desk);
    end(desk);
    await vi.advanceTimersByTimeAsync(200);
    expect(desk.core.body).toBe('## 小新标题\n\n**重点**');
    expect(desk.core.taken).toHaveLength(1);
    expect([desk.shown[0], desk.shown[2]]).toEqual(['## 小新标题', '重点']);
    desk.caret(10);
    expect([desk.shown[0], desk.shown[2]]).toEqual(['小新标题', '**重点**']);
    expect(desk.told.filter((told) => told.startsWith('composing'))).toEqual([
      'composing true',
      'composing false',
    ]);
  });

  test('of more than two seconds is drafted, and the draft is cleared behind it', async () => {
    const desk = window_('今天', 2);
    start(desk);
    compose(desk, 2, 2, 'xinwen');
    await vi.advanceTimersByTimeAsync(2100);
    expect(desk.drafts).toEqual(['xinwen']);
    compose(desk, 2, 8, '新闻');
    end(desk);
    await vi.advanceTimersByTimeAsync(200);
    expect(desk.drafts).toEqual(['xinwen', '']);
    expect(desk.core.body).toBe('今天新闻');
  });

  test('that ends without having started does nothing', async () => {
    const desk = window_('今天', 2);
    end(desk);
    desk.editor.insert('好');
    await vi.advanceTimersByTimeAsync(50);
    expect(desk.core.body).toBe('今天好');
    expect(desk.told).not.toContain('composing true');
  });
});

describe('commands', () => {
  test('tell the toolbar what is on, and how much is selected', async () => {
    const desk = window_('设计**“全程 OK”**的步道', 6);
    desk.caret(7);
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.report).toEqual({ chars: 0, words: 0, caret: 7, active: ['bold'] });
    desk.select(0, desk.text.length);
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.report).toEqual({ chars: 12, words: 10, caret: desk.text.length, active: [] });
  });

  test('insert a rule, a table and a link in places of their own', () => {
    const rule = window_('首段\n\n末段', 1);
    rule.editor.run('rule');
    rule.editor.insert('新');
    expect(rule.text).toBe('首段\n\n---\n\n新末段');
    const last = window_('首段', 1);
    last.editor.run('rule');
    last.editor.insert('新');
    expect(last.text).toBe('首段\n\n---\n\n新');
    const table = window_('首段', 2);
    table.editor.run('table');
    expect(table.text).toBe('首段\n\n| 表头 | 表头 | 表头 |\n| --- | --- | --- |\n|   |   |   |');
    expect(table.editor.view.state.sliceDoc(table.editor.view.state.selection.main.from).slice(0, 2)).toBe(
      '表头',
    );
  });

  test('ask for a link in a dialog', () => {
    const desk = window_('见说明文');
    desk.select(1, 3);
    desk.editor.run('link');
    const dialog = desk.editor.view.dom.querySelector<HTMLFormElement>('[role=dialog]');
    const fields = [...(dialog?.querySelectorAll('input') ?? [])];
    expect(fields.map((field) => field.labels?.[0]?.textContent)).toEqual(['链接文字', '链接地址']);
    expect(fields[0]?.value).toBe('说明');
    if (fields[1]) fields[1].value = 'example.org/a';
    dialog?.dispatchEvent(new Event('submit', { cancelable: true }));
    expect(desk.text).toBe('见[说明](https://example.org/a)文');
    expect(desk.editor.view.dom.querySelector('[role=dialog]')).toBeNull();
    desk.caret(3);
    desk.editor.run('link');
    const remove = [...desk.editor.view.dom.querySelectorAll('button')].find(
      (b) => b.textContent === '移除链接',
    );
    remove?.click();
    expect(desk.text).toBe('见说明文');
  });

  test('find without regard to width, and replace', () => {
    const desk = window_('Ａ级景区和A级景区');
    desk.editor.run('replace');
    const panel = desk.editor.view.dom.querySelector('[role=search]');
    const [find, replace] = [...(panel?.querySelectorAll<HTMLInputElement>('input[type=text]') ?? [])];
    expect(document.activeElement).toBe(replace);
    if (find) find.value = 'A级';
    if (replace) replace.value = '一级';
    find?.dispatchEvent(new Event('input', { bubbles: true }));
    expect(panel?.querySelector('[role=status]')?.textContent).toBe('–/2');
    const all = [...(panel?.querySelectorAll('button') ?? [])].find((b) => b.textContent === '全部替换');
    all?.click();
    expect(desk.text).toBe('一级景区和一级景区');
    desk.editor.run('undo');
    expect(desk.text).toBe('Ａ级景区和A级景区');
  });

  test('undo and redo leave what the core wrote alone', async () => {
    const desk = window_('甲', 1);
    desk.editor.insert('乙');
    await desk.editor.flush();
    const { rev, updates } = desk.core.change([{ from: 0, to: 0, insert: '丙' }]);
    desk.editor.applyCore(rev, updates);
    desk.editor.run('undo');
    expect(desk.text).toBe('丙甲');
    desk.editor.run('redo');
    expect(desk.text).toBe('丙甲乙');
    expect(await desk.editor.flush()).toBe(true);
    expect(desk.core.body).toBe('丙甲乙');
  });
});

describe('characters of two units', () => {
  test('are never cut, not even by a change that is', async () => {
    const desk = window_('a😀b');
    // What an input method's change may look like: only the second half differs.
    desk.editor.view.dispatch({ changes: { from: 2, to: 3, insert: '😁'.slice(1) } });
    await desk.editor.flush();
    expect([desk.text, desk.core.body]).toEqual(['a😁b', 'a😁b']);
    desk.editor.view.dispatch({ changes: { from: 2, to: 3 } });
    await desk.editor.flush();
    expect([desk.text, desk.core.body]).toEqual(['ab', 'ab']);
    desk.editor.view.dispatch({ changes: { from: 1, insert: '\ud83d' } });
    await desk.editor.flush();
    expect([desk.text, desk.core.body]).toEqual(['ab', 'ab']);
  });

  test('line breaks of other systems become plain ones', async () => {
    const desk = window_('');
    desk.editor.insert('a\r\nb\rc');
    await desk.editor.flush();
    expect(desk.core.body).toBe('a\nb\nc');
  });
});

import { EditorSelection, EditorState } from '@codemirror/state';
import { EditorView, keymap, runScopeHandlers } from '@codemirror/view';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandTable } from './commands';
import { htmlToMarkdown } from './html';
import './jsdom.fixture';
import { liveMarkdown } from './live';
import { markdown } from './markdown';
import { wholeCharacters } from './splices';
import { tidied } from './tidy';
import { COMMAND_IDS, type CommandId } from './types';
import { offSeparators, typingKeys } from './typing';

const PIECES = [
  '甲',
  '乙丙',
  '“',
  '”',
  '。',
  ',',
  '(',
  ')',
  ' ',
  '\u3000',
  '\n',
  '\n\n',
  '**',
  '*',
  '~~',
  '_',
  '# ',
  '## ',
  '- ',
  '1. ',
  '> ',
  '| ',
  '`',
  '```\n',
  '[',
  '](u)',
  '![](photo:0198f3c2-5d5e-7abc-8def-0123456789ab)',
  '---\n',
  'abc',
  '3.2',
  '😀',
  '𠮷',
  '\\',
  '<b>',
  '&amp;',
  '\n\n\n',
  '  ',
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));

/** Text without marks, blanks and numbers of lists: what a reader reads. */
const read = (source: string) => source.replace(/[^\p{L}\p{Emoji_Presentation}“”]/gu, '');

function viewOn(doc: string, anchor: number, head: number): EditorView {
  const clamp = (at: number) => {
    const place = at % (doc.length + 1);
    const unit = doc.charCodeAt(place);
    return unit >= 0xdc00 && unit < 0xe000 ? place - 1 : place;
  };
  const state = EditorState.create({
    doc,
    selection: EditorSelection.range(clamp(anchor), clamp(head)),
    extensions: [
      markdown.extension,
      keymap.of(typingKeys),
      offSeparators,
      wholeCharacters,
      liveMarkdown(() => false),
    ],
  });
  return new EditorView({ state, parent: document.body });
}

const commands = commandTable({ words: () => '表头', choosePhotos: () => {}, pastePlain: () => {} });
const FORMATS: CommandId[] = COMMAND_IDS.filter(
  (id) =>
    !['photo', 'table', 'rule', 'link', 'find', 'replace', 'undo', 'redo', 'paste-plain', 'tidy'].includes(
      id,
    ),
);

test('no format takes or adds a word, whatever the text and the selection', () => {
  fc.assert(
    fc.property(text, fc.nat(200), fc.nat(200), fc.constantFrom(...FORMATS), (doc, anchor, head, id) => {
      const view = viewOn(doc, anchor, head);
      commands[id](view);
      expect(read(view.state.doc.toString())).toBe(read(doc));
      view.destroy();
    }),
    { numRuns: 400 },
  );
});

test('bold twice over words leaves what was there', () => {
  const words = fc.array(fc.constantFrom('甲', '乙', '丙', '“', '”', '，', 'a', '3'), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (pieces, a, b) => {
      const doc = pieces.join('');
      const [from, to] = [a % doc.length, b % doc.length].sort((x, y) => x - y) as [number, number];
      if (!/[\p{L}\p{N}]/u.test(doc.slice(from, to + 1))) return;
      const view = viewOn(doc, from, to + 1);
      commands.bold(view);
      expect(view.state.doc.toString()).not.toBe(doc);
      commands.bold(view);
      expect(view.state.doc.toString()).toBe(doc);
      view.destroy();
    }),
    { numRuns: 300 },
  );
});

test('Enter, Backspace, Delete and Tab never take more than one character of the words', () => {
  fc.assert(
    fc.property(
      text,
      fc.nat(200),
      fc.constantFrom('Enter', 'Backspace', 'Delete', 'Tab'),
      fc.boolean(),
      (doc, at, key, shiftKey) => {
        const view = viewOn(doc, at, at);
        runScopeHandlers(view, new KeyboardEvent('keydown', { key, shiftKey }), 'editor');
        expect(read(view.state.doc.toString())).toBe(read(doc));
        view.destroy();
      },
    ),
    { numRuns: 400 },
  );
});

test('tidying keeps every word, and a second time changes nothing', () => {
  fc.assert(
    fc.property(text, (doc) => {
      const apply = (source: string) => {
        const state = EditorState.create({ doc: source, extensions: markdown.extension });
        return state
          .changes(tidied(state, 0, source.length))
          .apply(state.doc)
          .toString();
      };
      const once = apply(doc);
      expect(read(once).replace(/["“”]/g, '')).toBe(read(doc).replace(/["“”]/g, ''));
      const twice = apply(once);
      // Lines that were apart may have come together; then all is settled.
      expect(apply(twice)).toBe(twice);
    }),
    { numRuns: 300 },
  );
});

test('HTML of any kind is converted, and its words arrive', () => {
  const tags = [
    'p',
    'b',
    'i',
    'ul',
    'li',
    'ol',
    'table',
    'tr',
    'td',
    'div',
    'span',
    'h2',
    'blockquote',
    'pre',
    'a',
    'br',
  ];
  const piece = fc.oneof(
    fc.constantFrom(...tags).map((tag) => `<${tag}>`),
    fc.constantFrom(...tags).map((tag) => `</${tag}>`),
    fc.constantFrom('甲', ' ', '*', '&nbsp;', '\n', '乙丙', '<!--x-->', '<a href="https://e.org">'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const html = pieces.join('');
      const body = new DOMParser().parseFromString(html, 'text/html').body;
      const words = (source: string) => [...source.replace(/[^\p{Script=Han}]/gu, '')].sort().join('');
      expect(words(htmlToMarkdown(html).markdown)).toBe(words(body.textContent ?? ''));
    }),
    { numRuns: 300 },
  );
});

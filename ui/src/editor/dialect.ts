// What an article has beyond plain Markdown: footnotes, pull quotes, galleries, players and maps, readings over
// characters. Each is written so that it reads well as Markdown alone; `docs/MARKDOWN.md` is their one description.
//
// Here are the commands that put them into the text, and how they look while one writes. Not here: tables, links and
// single photos, and the dialog that asks for an address.
import { EditorSelection, type ChangeSpec, type EditorState, type Line, type Range } from '@codemirror/state';
import { Decoration, WidgetType, type EditorView } from '@codemirror/view';
import { insertBlock } from './insert';
import { isBlank, lineMarks } from './line';
import { photoSource } from './photo';

export type EmbedKind = 'video' | 'audio' | 'map';

export interface Embed {
  kind: EmbedKind;
  address: string;
  caption: string;
  /** Id of the photo that stands until a video plays. */
  poster?: string;
}

/** A player or a map as Markdown: a link alone in its paragraph, whose title says what it is. */
export function embedMarkdown({ kind, address, caption, poster }: Embed): string {
  const words = (caption.trim() || hostOf(address)).replace(/(?<!\\)[[\]]/g, '\\$&').replace(/\s+/g, ' ');
  const target = address
    .trim()
    .replace(/[<>()\s"]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const title = kind === 'video' && poster ? `video photo:${poster}` : kind;
  return `[${words}](${target} "${title}")`;
}

/** Whether an address can be played or shown: a whole one of the web. */
export function isWebAddress(address: string): boolean {
  return hostOf(address) !== '';
}

export function hostOf(address: string): string {
  try {
    const url = new URL(address.trim());
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.hostname : '';
  } catch {
    return '';
  }
}

/** Whether the site's settings let pages play or show what lies on this host: one they name, or one below it. */
export function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const named = allowed.map((one) => one.trim().replace(/\.+$/, '').toLowerCase()).filter(Boolean);
  return named.some((one) => host.toLowerCase() === one || host.toLowerCase().endsWith(`.${one}`));
}

const PHOTO = String.raw`!\[(?:[^\]\\]|\\.)*\]\(photo:([0-9a-f-]{36})\)`;
const GALLERY_ITEM = new RegExp(String.raw`^ {0,3}[-*+][ \t]+${PHOTO}\s*$`, 'i');
const PHOTO_LINE = new RegExp(String.raw`^ {0,3}${PHOTO}\s*$`, 'i');
const EMBED =
  /^ {0,3}\[(?:[^[\]\\]|\\.)*\]\(<?[^\s<>]+>? "(video|audio|map)(?: photo:[0-9a-f-]{36})?"\)\s*$/i;
const RUBY = /\{([^{}|\n]*[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}][^{}|\n]*)\|([^{}\n]+)\}/gu;
const NOTE = /\[\^([^\]\s]{1,40})\]/g;
const NOTE_TEXT = /^ {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*/;
const PULL_LINE = /^ {0,3}>[ \t]?\*\*(.+)\*\*[ \t]*$/;

/** The photo of a gallery's item, when the line is one. */
export const galleryItem = (text: string): string | undefined => GALLERY_ITEM.exec(text)?.[1]?.toLowerCase();

/** Puts a mark at the caret and the note's own line at the end, where it is written. */
export function insertFootnote(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const text = state.doc.toString();
  const numbers = [...text.matchAll(NOTE)].map((hit) => Number(hit[1])).filter(Number.isInteger);
  const n = Math.max(0, ...numbers) + 1;
  const at = state.selection.main.to;
  const end = text.trimEnd().length;
  const isList = NOTE_TEXT.test(state.doc.lineAt(end).text);
  const note = `${end === 0 ? '' : isList ? '\n' : '\n\n'}[^${n}]: `;
  const mark = `[^${n}]`;
  const changes: ChangeSpec[] = [
    { from: at, insert: mark },
    { from: Math.max(at, end), to: state.doc.length, insert: note },
  ];
  const set = state.changes(changes);
  view.dispatch({
    changes: set,
    selection: EditorSelection.cursor(set.newLength),
    scrollIntoView: true,
    userEvent: 'input.footnote',
  });
  return true;
}

/** Makes the paragraph of the caret a pull quote, or plain again. */
export function togglePullQuote(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const lines = paragraph(state);
  if (!lines.length) return insertBlock(view, '> ****', { from: 4, to: 4 });
  const isOn = lines.every((line) => PULL_LINE.test(line.text) || /^ {0,3}>[ \t]?[—―–]/.test(line.text));
  const changes = lines.map((line) => {
    const words = line.text.slice(lineMarks(line.text).length);
    const bare = words.replaceAll('**', '');
    const isSpeaker = /^[—―–]/.test(bare);
    const insert = isOn ? bare : isSpeaker && line !== lines[0] ? `> ${bare}` : `> **${bare.trim()}**`;
    return { from: line.from, to: line.to, insert };
  });
  const set = state.changes(changes);
  const last = lines.at(-1);
  view.dispatch({
    changes: set,
    selection: EditorSelection.cursor(set.mapPos(last?.to ?? 0, -1)),
    scrollIntoView: true,
    userEvent: 'input.format',
  });
  return true;
}

/** The lines of the caret's paragraph. */
function paragraph(state: EditorState): Line[] {
  let line = state.doc.lineAt(state.selection.main.head);
  const lines: Line[] = [];
  if (isBlank(line.text)) return lines;
  while (line.number > 1 && !isBlank(state.doc.line(line.number - 1).text))
    line = state.doc.line(line.number - 1);
  for (; ; line = state.doc.line(line.number + 1)) {
    if (isBlank(line.text)) break;
    lines.push(line);
    if (line.number === state.doc.lines) break;
  }
  return lines;
}

/** Makes the photos that are selected one gallery; false when fewer than two are. */
export function galleryOfSelection(view: EditorView): boolean {
  const { state } = view;
  const { from, to } = state.selection.main;
  if (state.readOnly || from === to) return false;
  const lines: Line[] = [];
  for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
    if (!isBlank(line.text)) lines.push(line);
    if (line.to >= to) break;
  }
  if (lines.length < 2 || !lines.every((line) => PHOTO_LINE.test(line.text))) return false;
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last) return false;
  const insert = galleryMarkdown(lines.map((line) => PHOTO_LINE.exec(line.text)?.[1] ?? ''));
  view.dispatch({
    changes: { from: first.from, to: last.to, insert },
    selection: EditorSelection.cursor(first.from + insert.length),
    scrollIntoView: true,
    userEvent: 'input.gallery',
  });
  return true;
}

/** A gallery as Markdown: a list of photos and nothing else. */
export const galleryMarkdown = (ids: readonly string[]): string =>
  ids.map((id) => `- ![](photo:${id})`).join('\n');

/** Puts a reading over the selected characters, and the caret where it is typed. */
export function insertRuby(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const words = state.sliceDoc(from, to);
  if (/[\n{}|]/.test(words)) return false;
  const caret = words ? from + words.length + 2 : from + 1;
  view.dispatch({
    changes: { from, to, insert: `{${words}|}` },
    selection: EditorSelection.cursor(caret),
    scrollIntoView: true,
    userEvent: 'input.ruby',
  });
  return true;
}

class RubyWidget extends WidgetType {
  constructor(
    readonly base: string,
    readonly reading: string,
  ) {
    super();
  }
  override eq(other: RubyWidget): boolean {
    return this.base === other.base && this.reading === other.reading;
  }
  override toDOM(): HTMLElement {
    const ruby = document.createElement('ruby');
    const text = document.createElement('rt');
    text.textContent = this.reading.replaceAll('|', ' ');
    ruby.append(this.base, text);
    return ruby;
  }
}

const mark = Decoration.mark({ class: 'cm-mark' });
const hidden = Decoration.replace({});
const noteMark = Decoration.mark({ class: 'cm-note-mark' });
const noteLine = Decoration.line({ class: 'cm-note' });
const pullLine = Decoration.line({ class: 'cm-pull' });

/** How a line of the dialect looks; the rest of the line is the live view's. */
export function decorateDialect(
  state: EditorState,
  line: Line,
  active: boolean,
  ranges: Range<Decoration>[],
): void {
  const { text, from } = line;
  const embed = EMBED.exec(text)?.[1]?.toLowerCase();
  if (embed) {
    const label = state.facet(photoSource)?.words(`editor.${embed}`) ?? embed;
    ranges.push(Decoration.line({ class: 'cm-embed', attributes: { 'data-kind': label } }).range(from));
  }
  if (PULL_LINE.test(text)) ranges.push(pullLine.range(from));
  for (const hit of text.matchAll(RUBY)) {
    const start = from + hit.index;
    const end = start + hit[0].length;
    if (active) {
      const bar = start + 1 + (hit[1]?.length ?? 0);
      ranges.push(mark.range(start, start + 1), mark.range(bar, end));
    } else {
      const widget = new RubyWidget(hit[1] ?? '', (hit[2] ?? '').trim());
      ranges.push(Decoration.replace({ widget }).range(start, end));
    }
  }
  const note = NOTE_TEXT.exec(text);
  if (note) ranges.push(noteLine.range(from));
  for (const hit of text.matchAll(NOTE)) {
    const start = from + hit.index;
    const end = start + hit[0].length;
    if (active) {
      ranges.push(mark.range(start, end));
      continue;
    }
    const isText = note !== null && hit.index === (/\[/.exec(text)?.index ?? 0);
    ranges.push(hidden.range(start, start + 2), noteMark.range(start + 2, end - 1));
    ranges.push(hidden.range(end - 1, isText ? end + 1 : end));
  }
}

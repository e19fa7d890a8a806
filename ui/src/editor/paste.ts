// What comes from the clipboard or is dropped: text, HTML, pictures.
//
// A text that would make the article longer than it may be is refused whole, before anything is read into it, and
// stays on the clipboard. Not here: how HTML becomes Markdown (`html.ts`).
import { EditorSelection, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { PICTURE_MARK, htmlToMarkdown } from './html';
import { isPlainPaste } from './keys';
import { lineMarks } from './line';
import { enclosing } from './markdown';
import type { ApiError } from './types';

/** The longest body, UTF-16 units: the limit of the core. */
export const LONGEST_BODY = 200_000;
/** HTML beyond this is styles and repetition: its plain text is taken instead. */
const LONGEST_HTML = 8_000_000;

const PLAIN_WITHIN_MS = 1000;

/** What pasting needs. */
export interface PasteHost {
  addPhotos(view: EditorView, files: File[], at: number, join?: (ids: readonly string[]) => string): void;
  /** Files that are no pictures were brought: they are told by name. */
  notTaken(names: string[]): void;
  readClipboard(): Promise<string>;
  failed(error: ApiError): void;
}

/** Handles paste and drop. */
export function pasting(host: PasteHost): Extension {
  /** Time of the last key that asks for plain text; the engine's paste follows at once. */
  let plainAsked = -Infinity;
  return [
    EditorView.domEventObservers({
      keydown(event) {
        if (isPlainPaste(event)) plainAsked = event.timeStamp;
      },
    }),
    EditorView.domEventHandlers({
      paste(event, view) {
        const text = event.clipboardData?.getData('text/plain');
        if (text && event.timeStamp - plainAsked < PLAIN_WITHIN_MS && !view.state.readOnly) {
          plainAsked = -Infinity;
          pasteText(view, text, host);
          return true;
        }
        return event.clipboardData ? take(view, event.clipboardData, view.state.selection.main, host) : false;
      },
      drop(event, view) {
        if (!event.dataTransfer) return false;
        const files = [...event.dataTransfer.files];
        // Text dragged within the editor is CodeMirror's own affair; of a file it would take in the source.
        if (!files.length) return false;
        event.preventDefault();
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY }, false);
        if (!view.state.readOnly) takeFiles(view, files, at, host);
        return true;
      },
      dragover(event) {
        if (![...(event.dataTransfer?.items ?? [])].some((item) => item.kind === 'file')) return false;
        event.preventDefault();
        return true;
      },
    }),
    limit(host),
  ];
}

/** Pastes as plain text, whatever else there is. */
export async function pastePlain(view: EditorView, host: PasteHost): Promise<void> {
  const text = await host.readClipboard();
  if (!view.state.readOnly) pasteText(view, text, host);
}

function take(
  view: EditorView,
  data: DataTransfer,
  range: { from: number; to: number },
  host: PasteHost,
): boolean {
  if (view.state.readOnly) return true;
  const html = data.getData('text/html');
  const text = data.getData('text/plain');
  const files = [...data.files];
  // Word sends a picture of the text along with the text; a file manager the names of the files.
  const isFiles = !text.trim() || namesOnly(text, files) || (!html && sortFiles(files).others.length > 0);
  if (files.length && isFiles) {
    takeFiles(view, files, range.from, host);
    return true;
  }
  const inCode = enclosing(view.state, range.from, range.to, ['FencedCode', 'CodeBlock', 'InlineCode']);
  if (html && html.length <= LONGEST_HTML && !isOwn(html) && !inCode) {
    if (tooLong(view, text.length, host)) return true;
    const converted = htmlToMarkdown(html);
    if (converted.markdown.trim()) {
      pasteBlocks(view, converted.markdown, converted.pictures, host);
      return true;
    }
  }
  if (!text) return false;
  pasteText(view, text, host);
  return true;
}

function isOwn(html: string): boolean {
  // Editors of code copy each line as styled HTML; the plain text is what is meant.
  return /<meta[^>]+vscode|class="?cm-/i.test(html.slice(0, 2000));
}

function pasteText(view: EditorView, text: string, host: PasteHost): void {
  if (tooLong(view, text.length, host)) return;
  const { main } = view.state.selection;
  const plain = text.replace(/\r\n?/g, '\n').replace(/\u0000/g, '');
  const inCode = enclosing(view.state, main.from, main.to, [
    'FencedCode',
    'CodeBlock',
    'InlineCode',
    'Table',
  ]);
  insert(view, inCode ? plain : paragraphs(plain));
}

/**
 * Lines of Chinese prose are paragraphs: one line each in WeChat, WPS and plain text files. Anything that has
 * blank lines or marks of its own, and text of other languages, whose lines may be broken anywhere, stays.
 */
export function paragraphs(text: string): string {
  const lines = text.replace(/\n+$/, '').split('\n');
  const filled = lines.filter((line) => line.trim());
  if (filled.length < 2) return text;
  const isProse = filled.every((line) => {
    const bare = line.replace(/^[\s\u3000]+/, '');
    return lineMarks(bare).length === 0 && !/^(\||```|~~~|!\[|---)/.test(bare);
  });
  const han = filled.filter((line) => /\p{Script=Han}/u.test(line)).length;
  const hasBreaks = filled.length < lines.length;
  const indented = filled.filter((line) => /^(\u3000{1,4}|[ \t]{2,})\S/.test(line)).length;
  if (!isProse || han * 2 < filled.length || (hasBreaks && !indented)) return text;
  return filled.map((line) => line.replace(/^[\s\u3000]+|[ \t]+$/g, '')).join('\n\n');
}

/** Puts converted text in; pictures follow to the places they had. */
function pasteBlocks(view: EditorView, markdown: string, files: File[], host: PasteHost): void {
  const parts = markdown.split(new RegExp(`\\n*${PICTURE_MARK}\\n*`));
  const text = parts.filter(Boolean).join('\n\n');
  if (tooLong(view, text.length, host)) return;
  const start = view.state.selection.main.from;
  insert(view, text, true);
  let at = start;
  parts.slice(0, -1).forEach((part, n) => {
    at += part.length + (n && part ? 2 : 0);
    const file = files[n];
    if (file) host.addPhotos(view, [file], Math.min(at, view.state.doc.length));
  });
}

/** Inserts at the caret; text of several blocks gets lines of its own. */
function insert(view: EditorView, text: string, isMarkdown = false): void {
  const { state } = view;
  const { main } = state.selection;
  const line = state.doc.lineAt(main.from);
  const isBlock = isMarkdown && (text.includes('\n') || lineMarks(text).length > 0);
  const before = isBlock && line.text.slice(0, main.from - line.from).trim() ? '\n\n' : '';
  const last = state.doc.lineAt(main.to);
  const after = isBlock && last.text.slice(main.to - last.from).trim() ? '\n\n' : '';
  const whole = before + text + after;
  view.dispatch({
    changes: { from: main.from, to: main.to, insert: state.toText(whole) },
    selection: EditorSelection.cursor(main.from + whole.length - after.length),
    scrollIntoView: true,
    userEvent: 'input.paste',
  });
}

function tooLong(view: EditorView, length: number, host: PasteHost): boolean {
  const { main } = view.state.selection;
  if (view.state.doc.length - (main.to - main.from) + length <= LONGEST_BODY) return false;
  const values = { field: 'body', max: String(LONGEST_BODY), length: String(length), from: 'clipboard' };
  host.failed({ code: 'too_long', values, retry: false });
  return true;
}

/** Whatever else puts much in at once meets the same limit; single keys are never refused. */
function limit(host: PasteHost): Extension {
  return EditorState.changeFilter.of((tr) => {
    if (!tr.docChanged || tr.changes.newLength <= LONGEST_BODY) return true;
    const grows = tr.changes.newLength - tr.changes.length;
    if (grows < 100 || tr.isUserEvent('undo') || tr.isUserEvent('redo')) return true;
    const error = {
      code: 'too_long' as const,
      values: { field: 'body', max: String(LONGEST_BODY) },
      retry: false,
    };
    queueMicrotask(() => host.failed(error));
    return false;
  });
}

/** Takes the pictures and tells of the rest. */
function takeFiles(view: EditorView, files: File[], at: number, host: PasteHost): void {
  const { pictures, others } = sortFiles(files);
  if (pictures.length) host.addPhotos(view, pictures, at);
  if (others.length) host.notTaken(others.map((file) => file.name));
}

/** Pictures, and what is none. */
export function sortFiles(files: readonly File[]): { pictures: File[]; others: File[] } {
  const isPicture = (file: File) =>
    file.type.startsWith('image/') || /\.(hei[cf]|avif|webp)$/i.test(file.name);
  return {
    pictures: files.filter(isPicture),
    others: files.filter((file) => !isPicture(file)),
  };
}

/** True for a text that says no more than where the files lie. */
function namesOnly(text: string, files: readonly File[]): boolean {
  const lines = text.split('\n').filter((line) => line.trim());
  const isName = (line: string) =>
    files.some((file) => line.trim().endsWith(file.name) || line.trim().endsWith(encodeURI(file.name)));
  return lines.length === files.length && lines.every(isName);
}

// An editor's view with a marked selection, for tests of commands: `[` and `]` stand around the selection, `|` for
// the caret. Text is read back in the same form.
import { history } from '@codemirror/commands';
import { EditorSelection, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import './jsdom.fixture';
import { markdown } from './markdown';

/** A view on a text with a marked selection. `⟦`, `⟧` and `│` mark it where the text has brackets or bars itself. */
export function viewOf(marked: string, extensions: Extension = []): EditorView {
  const plain = /[⟦⟧│]/.test(marked);
  const [open, close, caret] = plain ? ['⟦', '⟧', '│'] : ['[', ']', '|'];
  const doc = marked.replaceAll(open, '').replaceAll(close, '').replaceAll(caret, '');
  const at = marked.indexOf(caret);
  const from = at >= 0 ? at : marked.indexOf(open);
  const to = at >= 0 ? at : marked.indexOf(close) - 1;
  const selection = from < 0 ? EditorSelection.cursor(0) : EditorSelection.range(from, to);
  const state = EditorState.create({
    doc,
    selection,
    extensions: [markdown.extension, history(), extensions],
  });
  return new EditorView({ state, parent: document.body });
}

/** The text with its selection marked in the same way. */
export function marked(view: EditorView, plain = true): string {
  const [open, close, caret] = plain ? ['⟦', '⟧', '│'] : ['[', ']', '|'];
  const text = view.state.doc.toString();
  const { from, to, empty } = view.state.selection.main;
  if (empty) return text.slice(0, from) + caret + text.slice(from);
  return text.slice(0, from) + open + text.slice(from, to) + close + text.slice(to);
}

/** Runs a command on each text and compares what comes out; both sides use the marks of the first. */
export function check(
  run: (view: EditorView) => unknown,
  cases: [string, string][],
  extensions: Extension = [],
): void {
  for (const [before, after] of cases) {
    const view = viewOf(before, extensions);
    run(view);
    const got = marked(view, /[⟦⟧│]/.test(before));
    if (got !== after)
      throw new Error(
        `${JSON.stringify(before)}\n became ${JSON.stringify(got)}\n instead of ${JSON.stringify(after)}`,
      );
    view.destroy();
  }
}

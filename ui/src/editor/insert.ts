// Puts a block of its own into the text: a rule, a table, photos.
//
// While photos are on their way a line says so; its place moves with the text, so that the writer goes on typing.
// Not here: what a photo is, and where its bytes go.
import { EditorSelection, StateEffect, StateField, type EditorState } from '@codemirror/state';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';
import { isBlank } from './line';
import { photoSource } from './photo';

/** Inserts a block behind the paragraph of the caret, or in its place when that is empty. */
export function insertBlock(view: EditorView, block: string, choose?: { from: number; to: number }): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to, insert, start } = blockAt(state, state.selection.main.to, block);
  const rest = state.sliceDoc(to);
  // Typing goes on behind the block: in the next paragraph, or in a new one at the end of the text.
  const open = choose || rest.trim() ? '' : '\n\n';
  const behind = from + insert.length + open.length;
  const next = open ? behind : behind + (/^\s*/.exec(rest)?.[0].length ?? 0);
  view.dispatch({
    changes: { from, to, insert: insert + open },
    selection: choose
      ? EditorSelection.range(start + choose.from, start + choose.to)
      : EditorSelection.cursor(next),
    scrollIntoView: true,
    userEvent: 'input.block',
  });
  return true;
}

/** A horizontal rule. */
export function insertRule(view: EditorView): boolean {
  return insertBlock(view, '---');
}

/** The change that puts a block behind the paragraph at a position, blank lines around it. */
export function blockAt(
  state: EditorState,
  at: number,
  block: string,
): { from: number; to: number; insert: string; start: number } {
  let line = state.doc.lineAt(at);
  if (isBlank(line.text)) {
    const above = line.number > 1 ? state.doc.line(line.number - 1) : undefined;
    const below = line.number < state.doc.lines ? state.doc.line(line.number + 1) : undefined;
    const before = above && !isBlank(above.text) ? '\n' : '';
    const after = below && !isBlank(below.text) ? '\n' : '';
    return { from: line.from, to: line.to, insert: before + block + after, start: line.from + before.length };
  }
  // The end of the paragraph: its last line that is not blank.
  while (line.number < state.doc.lines) {
    const next = state.doc.line(line.number + 1);
    if (isBlank(next.text)) break;
    line = next;
  }
  return { from: line.to, to: line.to, insert: `\n\n${block}`, start: line.to + 2 };
}

interface Arriving {
  name: number;
  at: number;
}

const arrive = StateEffect.define<Arriving>({
  map: (value, changes) => ({ ...value, at: changes.mapPos(value.at) }),
});
const arrived = StateEffect.define<number>();

/** Where photos are on their way to. */
export const arriving = StateField.define<readonly Arriving[]>({
  create: () => [],
  update(value, tr) {
    let next = tr.docChanged ? value.map((each) => ({ ...each, at: tr.changes.mapPos(each.at) })) : value;
    for (const effect of tr.effects) {
      if (effect.is(arrive)) next = [...next, effect.value];
      if (effect.is(arrived)) next = next.filter((each) => each.name !== effect.value);
    }
    return next;
  },
  provide: (field) =>
    EditorView.decorations.compute([field, photoSource], (state) => {
      const label = state.facet(photoSource)?.words('editor.photo_adding') ?? '';
      return Decoration.set(
        state
          .field(field)
          .map(({ at }) =>
            Decoration.widget({ widget: new ArrivingWidget(label), block: true, side: 1 }).range(
              state.doc.lineAt(at).to,
            ),
          ),
        true,
      );
    }),
});

class ArrivingWidget extends WidgetType {
  constructor(readonly label: string) {
    super();
  }
  override eq(other: ArrivingWidget): boolean {
    return this.label === other.label;
  }
  override toDOM(): HTMLElement {
    const note = document.createElement('div');
    note.className = 'cm-photo-adding';
    note.setAttribute('role', 'status');
    note.textContent = this.label;
    return note;
  }
}

let names = 0;

const oneByOne = (ids: readonly string[]) => ids.map((id) => `![](photo:${id})`).join('\n\n');

/** Brings files into the article and, when they are there, their marks into the text. */
export async function addPhotos(
  view: EditorView,
  files: File[],
  at: number,
  add: (files: File[], at: number) => Promise<readonly { id: string }[]>,
  join: (ids: readonly string[]) => string = oneByOne,
): Promise<void> {
  const name = ++names;
  view.dispatch({ effects: arrive.of({ name, at }) });
  try {
    const added = await add(files, at);
    const place = view.state.field(arriving).find((each) => each.name === name)?.at ?? view.state.doc.length;
    if (!added.length || !view.dom.isConnected) return;
    const marks = join(added.map(({ id }) => id));
    const { from, to, insert } = blockAt(view.state, place, marks);
    const { main } = view.state.selection;
    const wasHere = main.empty && main.head >= from && main.head <= to;
    // Words are typed on behind the photo; at the end of the text there must be a line for them.
    const open =
      wasHere && !insert.endsWith('\n') && view.state.doc.lineAt(to).number === view.state.doc.lines;
    const whole = insert + (open ? '\n\n' : '');
    view.dispatch({
      changes: { from, to, insert: whole },
      selection: wasHere ? EditorSelection.cursor(from + whole.length) : undefined,
      scrollIntoView: wasHere,
      userEvent: 'input.photo',
    });
  } finally {
    if (view.dom.isConnected) view.dispatch({ effects: arrived.of(name) });
  }
}

// The dialog of a link: its words and its address, beside the words.
//
// Not here: following links; in the editor they are text.
import { EditorSelection, StateEffect, StateField, type EditorState } from '@codemirror/state';
import { showTooltip, type EditorView, type Tooltip } from '@codemirror/view';
import { enclosing } from './markdown';

interface Draft {
  from: number;
  to: number;
  text: string;
  address: string;
  /** True when there is a link already. */
  exists: boolean;
}

const setDraft = StateEffect.define<Draft | null>();

/** Whether there are words to link, or a link to change. */
export function hasLinkWords(state: EditorState): boolean {
  const { main } = state.selection;
  return !main.empty || enclosing(state, main.from, main.to, ['Link']) !== undefined;
}

/** Opens the dialog for the link at the caret, or for a new one over the selection. */
export function editLink(view: EditorView): boolean {
  if (view.state.readOnly) return false;
  view.dispatch({ effects: setDraft.of(draftOf(view.state)) });
  return true;
}

/** The dialog. */
export function linkDialog(words: (key: string) => string) {
  return StateField.define<Draft | null>({
    create: () => null,
    update(value, tr) {
      for (const effect of tr.effects) if (effect.is(setDraft)) return effect.value;
      if (!value || !tr.docChanged) return value;
      return { ...value, from: tr.changes.mapPos(value.from, 1), to: tr.changes.mapPos(value.to, -1) };
    },
    provide: (field) =>
      showTooltip.computeN([field], (state) => {
        const draft = state.field(field);
        return draft ? [tooltip(draft, words, (view) => view.state.field(field))] : [];
      }),
  });
}

function draftOf(state: EditorState): Draft {
  const { main } = state.selection;
  const node = enclosing(state, main.from, main.to, ['Link']);
  const url = node?.getChild('URL');
  const closing = node?.getChildren('LinkMark')[1];
  if (node && url && closing) {
    const text = state.sliceDoc(node.from + 1, closing.from);
    const address = state.sliceDoc(url.from, url.to).replace(/^<|>$/g, '');
    return { from: node.from, to: node.to, text, address, exists: true };
  }
  const line = state.doc.lineAt(main.from);
  const to = Math.min(main.to, line.to);
  const text = state.sliceDoc(main.from, to);
  const isAddress = /^https?:\/\/\S+$/i.test(text);
  return { from: main.from, to, text: isAddress ? '' : text, address: isAddress ? text : '', exists: false };
}

function tooltip(
  draft: Draft,
  words: (key: string) => string,
  current: (view: EditorView) => Draft | null,
): Tooltip {
  return {
    pos: draft.from,
    above: false,
    arrow: false,
    create(view) {
      const form = document.createElement('form');
      form.className = 'cm-link-dialog';
      form.setAttribute('role', 'dialog');
      form.setAttribute('aria-label', words('editor.link'));
      const text = field(form, 'text', words('editor.link_text'), draft.text);
      const address = field(form, 'url', words('editor.link_address'), draft.address);
      const buttons = document.createElement('div');
      buttons.className = 'cm-link-buttons';
      form.append(buttons);
      const close = () => {
        view.dispatch({ effects: setDraft.of(null) });
        view.focus();
      };
      if (draft.exists)
        buttons.append(button('button', words('editor.link_remove'), () => finish(view, '', text.value)));
      buttons.append(
        button('button', words('editor.cancel'), close),
        button('submit', words('editor.link_apply')),
      );
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        finish(view, address.value, text.value);
      });
      form.addEventListener('keydown', (event) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === 'Escape') {
          event.preventDefault();
          close();
        }
      });
      return { dom: form, mount: () => (draft.text ? address : text).focus() };
    },
  };

  function finish(view: EditorView, address: string, text: string): void {
    const place = current(view);
    if (!place) return;
    const insert = linkMarkdown(text, address);
    view.dispatch({
      changes: { from: place.from, to: place.to, insert },
      selection: EditorSelection.cursor(place.from + insert.length),
      effects: setDraft.of(null),
      scrollIntoView: true,
      userEvent: 'input.link',
    });
    view.focus();
  }
}

/** A link as Markdown; without an address the words alone. */
export function linkMarkdown(text: string, address: string): string {
  const target = fullAddress(address.trim());
  const words = text.trim();
  if (!target) return words;
  const safe = /[\s()<>]/.test(target) ? `<${target.replace(/[<>\s]/g, encodeURIComponent)}>` : target;
  return `[${(words || target).replace(/(?<!\\)[[\]]/g, '\\$&')}](${safe})`;
}

/** An address as people write it, with its scheme. */
function fullAddress(address: string): string {
  if (!address || /^[a-z][a-z0-9+.-]*:/i.test(address) || /^[/#]/.test(address)) return address;
  return /^[^\s@]+@[^\s@]+$/.test(address) ? `mailto:${address}` : `https://${address}`;
}

function field(form: HTMLFormElement, type: string, label: string, value: string): HTMLInputElement {
  const input = document.createElement('input');
  // The browser's own check of addresses would refuse what is completed here.
  input.type = 'text';
  if (type === 'url') input.inputMode = 'url';
  input.value = value;
  input.id = `link-${type}-${Math.random().toString(36).slice(2)}`;
  const caption = document.createElement('label');
  caption.htmlFor = input.id;
  caption.textContent = label;
  form.append(caption, input);
  return input;
}

function button(type: 'button' | 'submit', label: string, run?: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = type;
  element.textContent = label;
  if (run) element.addEventListener('click', run);
  return element;
}

// An address that was pasted onto an empty line, and that the site may play or show: it is offered as a player or a map.
//
// Only offered: the address stays as it was pasted until the writer says so, and Undo brings it back. The offer goes
// when one types on or the caret leaves the line. Not here: what an address is on the page (`docs/MARKDOWN.md`).
import { isolateHistory } from '@codemirror/commands';
import {
  EditorSelection,
  EditorState,
  Prec,
  StateEffect,
  StateField,
  type Transaction,
} from '@codemirror/state';
import { EditorView, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import { keyText, spokenKey } from './key-text';
import { embedMarkdown, hostOf, isAllowedHost, type EmbedKind } from './dialect';
import { isBlank } from './line';

interface Offer {
  /** Of the line, mapped through what others write. */
  from: number;
  kind: EmbedKind;
  address: string;
}

/** What the offer needs. */
export interface OfferHost {
  words(key: string): string;
  /** Hosts from which the site's pages may play, as its settings name them. */
  embedHosts(): readonly string[];
}

const ACCEPT = 'Alt-Enter';
const ACCEPT_KEY = 'Alt+Enter';

const dismiss = StateEffect.define();

const VIDEO = /\.(mp4|m4v|webm|ogv|mov)$/i;
const AUDIO = /\.(mp3|m4a|aac|oga|ogg|opus|wav|flac)$/i;

/** What an address would be on the page: a file by its name, a map by its host or path; nothing for all others. */
export function embedKind(address: string, allowed: readonly string[]): EmbedKind | undefined {
  if (!/^https:\/\/\S+$/i.test(address) || !isAllowedHost(hostOf(address), allowed)) return undefined;
  const url = new URL(address);
  // The page plays from the usual port alone.
  if (url.port || url.username) return undefined;
  if (VIDEO.test(url.pathname)) return 'video';
  if (AUDIO.test(url.pathname)) return 'audio';
  const isMap = /map|ditu/i.test(url.hostname) || /^\/maps?(\/|$)/i.test(url.pathname);
  return isMap ? 'map' : undefined;
}

/** The address when a line holds it and nothing else, bare or as a link that says itself. */
function addressOf(line: string): string | undefined {
  const text = line.trim();
  const [, words, target] = /^\[([^\]]+)\]\(<?([^\s<>]+?)>?\)$/.exec(text) ?? [];
  if (target && words === target) return target;
  return /^<?(https:\/\/[^\s<>]+)>?$/i.exec(text)?.[1];
}

/** Offers what is pasted. */
export function offerEmbeds(host: OfferHost) {
  const field = StateField.define<Offer | null>({
    create: () => null,
    update(offer, tr) {
      if (tr.effects.some((effect) => effect.is(dismiss))) return null;
      if (tr.docChanged && tr.isUserEvent('input.paste')) return pasted(tr, host);
      if (!offer) return null;
      const from = tr.changes.mapPos(offer.from, 1);
      const line = tr.state.doc.lineAt(from);
      const stays = addressOf(line.text) === offer.address && lineOf(tr.state).from === line.from;
      return stays ? { ...offer, from: line.from } : null;
    },
    provide: (offers) =>
      showTooltip.computeN([offers], (state) => {
        const offer = state.field(offers);
        return offer ? [tooltip(offer, host, (view) => accept(view))] : [];
      }),
  });

  function accept(view: EditorView): boolean {
    const offer = view.state.field(field);
    if (!offer || view.state.readOnly) return false;
    const { doc } = view.state;
    const line = doc.lineAt(offer.from);
    const beside = (number: number) =>
      number >= 1 && number <= doc.lines && !isBlank(doc.line(number).text) ? '\n' : '';
    const before = beside(line.number - 1);
    const embed = embedMarkdown({ kind: offer.kind, address: offer.address, caption: '' });
    view.dispatch({
      changes: { from: line.from, to: line.to, insert: before + embed + beside(line.number + 1) },
      selection: EditorSelection.cursor(line.from + before.length + embed.length),
      effects: dismiss.of(null),
      // A step of its own: Undo takes back this and no more.
      annotations: isolateHistory.of('full'),
      scrollIntoView: true,
      userEvent: 'input.embed',
    });
    view.focus();
    return true;
  }

  const refuse = (view: EditorView) => {
    if (!view.state.field(field)) return false;
    view.dispatch({ effects: dismiss.of(null) });
    return true;
  };

  /** Who does not see the offer hears of it, with its key. */
  const announced = EditorState.transactionExtender.of((tr) => {
    const offer = tr.docChanged && tr.isUserEvent('input.paste') ? pasted(tr, host) : null;
    if (!offer) return null;
    const said = `${host.words(`editor.offer_${offer.kind}`)} ${spokenKey(ACCEPT_KEY)}`;
    return { effects: EditorView.announce.of(said) };
  });

  return [
    field,
    announced,
    Prec.high(
      keymap.of([
        { key: ACCEPT, run: accept },
        { key: 'Escape', run: refuse },
      ]),
    ),
  ];
}

const lineOf = (state: EditorState) => state.doc.lineAt(state.selection.main.head);

/** What a paste offers. */
function pasted(tr: Transaction, host: OfferHost): Offer | null {
  const isOneLine = tr.newDoc.lines === tr.startState.doc.lines;
  return isOneLine && isBlank(lineOf(tr.startState).text) ? found(tr.state, host) : null;
}

function found(state: EditorState, host: OfferHost): Offer | null {
  const line = lineOf(state);
  const address = addressOf(line.text);
  const kind = address && embedKind(address, host.embedHosts());
  return address && kind ? { from: line.from, kind, address } : null;
}

function tooltip(offer: Offer, { words }: OfferHost, accept: (view: EditorView) => void): Tooltip {
  return {
    pos: offer.from,
    above: false,
    arrow: false,
    create(view) {
      const dom = document.createElement('div');
      dom.className = 'cm-offer';
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = words(`editor.offer_${offer.kind}`);
      button.setAttribute('aria-keyshortcuts', ACCEPT_KEY);
      // The text keeps the focus.
      button.addEventListener('mousedown', (event) => event.preventDefault());
      button.addEventListener('click', () => accept(view));
      const key = document.createElement('kbd');
      key.setAttribute('aria-hidden', 'true');
      key.textContent = keyText(ACCEPT_KEY);
      dom.append(button, key);
      return { dom };
    },
  };
}

// The editor of an article's body: CodeMirror in plain TypeScript, bound to the core.
//
// The window creates one per opened article and hands it what it needs; `types.ts` is the whole of that agreement.
import { history, standardKeymap } from '@codemirror/commands';
import { Compartment, EditorSelection, EditorState } from '@codemirror/state';
import { EditorView, dropCursor, keymap, tooltips } from '@codemirror/view';
import { isComposing, watchComposition } from './composing';
import { activeCommands, commandTable } from './commands';
import { countWords, visibleText } from './count';
import { asApiError } from './failure';
import { findPanel } from './find';
import { commandKeys } from './keys';
import { addPhotos, arriving, insertBlock } from './insert';
import { linkDialog } from './link';
import { liveMarkdown, lookAgain } from './live';
import { markdown } from './markdown';
import { offerEmbeds } from './offer';
import { pastePlain, pasting, type PasteHost } from './paste';
import { photoClicks, photoSource, photosChanged } from './photo';
import { wholeCharacters } from './splices';
import { createSync } from './sync';
import { theme } from './theme';
import type { Editor, EditorOptions } from './types';
import { offSeparators, typingKeys } from './typing';
import { sessionStore } from './unsent';

export * from './types';

/** Shows an article's body and keeps it in step with the core. */
export function createEditor(options: EditorOptions): Editor {
  const { article, host, on, words } = options;
  const viewName = randomName();
  const editing = new Compartment();
  let wantedReadOnly = options.readOnly;
  let isReady = false;
  let drafted = '';

  const sync = createSync({
    article,
    viewName,
    host,
    on,
    store: sessionStore(),
    composing: () => composition.active() || (view !== undefined && isComposing(view)),
    ready() {
      isReady = true;
      applyReadOnly();
    },
  });

  const composition = watchComposition({
    composing(now) {
      if (!now) {
        sync.compositionSettled();
        view?.dispatch({ effects: lookAgain.of(null) });
        report();
        clearDraft();
      }
      on.composing(now);
    },
    lasting: () => draft(sync.composition()),
  });

  function draft(text: string): void {
    if (text === drafted) return;
    drafted = text;
    // Only a second net: its failure is told by the next push.
    Promise.resolve(host.draftComposition(text)).catch(() => {});
  }

  /** Its result is on the disk: what was drafted of it is not needed any more. */
  function clearDraft(): void {
    const done = drafted;
    if (!done) return;
    void sync.whenClean().then((ok) => {
      if (ok && drafted === done && !composition.active()) draft('');
    });
  }

  const paste: PasteHost = {
    readClipboard: () => host.readClipboard?.() ?? navigator.clipboard.readText(),
    failed: (error) => on.failed(error),
    notTaken: (names) => on.notTaken(names),
    addPhotos(target, files, at, join) {
      addPhotos(target, files, at, (chosen, place) => host.addPhotos(chosen, place), join).catch(
        (reason: unknown) => on.failed(asApiError(reason)),
      );
    },
  };

  const commands = commandTable({
    words,
    choosePhotos(target, join) {
      const input = document.createElement('input');
      input.type = 'file';
      input.accept = 'image/*,.heic,.heif';
      input.multiple = true;
      input.addEventListener('change', () => {
        const files = [...(input.files ?? [])];
        if (files.length) paste.addPhotos(target, files, target.state.selection.main.to, join);
      });
      input.click();
    },
    pastePlain(target) {
      pastePlain(target, paste).catch((reason: unknown) => on.failed(asApiError(reason)));
    },
  });

  let reporting = false;
  function report(): void {
    if (reporting) return;
    reporting = true;
    // Once per turn: typing moves the caret and the text together.
    queueMicrotask(() => {
      reporting = false;
      if (!view || composition.active()) return;
      const { state } = view;
      const { from, to, head } = state.selection.main;
      const text = from === to ? '' : visibleText(state, from, to);
      const chars = [...text.replace(/\n/g, '')].length;
      on.selection({ chars, words: countWords(text), caret: head, active: activeCommands(state) });
    });
  }

  const caret = Math.min(Math.max(0, article.caret), article.body.length);
  // A body with carriage returns keeps them: offsets are the core's.
  const lineSeparator = article.body.includes('\r') ? EditorState.lineSeparator.of('\n') : [];
  const state = EditorState.create({
    doc: article.body,
    selection: EditorSelection.cursor(caret),
    extensions: [
      lineSeparator,
      sync.extension,
      composition.plugin,
      history({ newGroupDelay: 800 }),
      wholeCharacters,
      offSeparators,
      keymap.of(commandKeys((command, target) => commands[command](target))),
      keymap.of(typingKeys),
      keymap.of(standardKeymap),
      markdown.extension,
      photoSource.of({
        photo: (id) => host.photo(id),
        thumbnail: (sha256) => host.thumbnail?.(sha256) ?? `galley://localhost/thumb/${sha256}`,
        open: (id) => host.openPhoto(id),
        words,
      }),
      liveMarkdown(() => composition.active()),
      photoClicks,
      arriving,
      linkDialog(words),
      offerEmbeds({ words, embedHosts: () => host.embedHosts?.() ?? [] }),
      findPanel(words),
      tooltips({ position: 'absolute' }),
      pasting(paste),
      // Caret and selection stay the engine's own: while composing, only it knows where they are.
      dropCursor(),
      EditorView.lineWrapping,
      theme,
      EditorView.contentAttributes.of({
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': words('article.body'),
        tabindex: '0',
        spellcheck: 'true',
        autocapitalize: 'off',
      }),
      editing.of(readOnlyExtension(true)),
      EditorView.updateListener.of((update) => {
        if (update.selectionSet || update.docChanged || update.focusChanged) report();
      }),
    ],
  });
  let view: EditorView | undefined = new EditorView({ state, parent: options.parent });
  const shown = view;

  function applyReadOnly(): void {
    // Until a former view's words are in their place, new ones would come before them.
    shown.dispatch({ effects: editing.reconfigure(readOnlyExtension(wantedReadOnly || !isReady)) });
  }

  const leaving = () => sync.hurry();
  window.addEventListener('pagehide', leaving);
  sync.start(shown);

  return {
    view: shown,
    viewName,
    lastViewSeq: sync.lastSeq,
    run(command) {
      if (composition.active() || isComposing(shown)) return false;
      return commands[command](shown);
    },
    focus: () => shown.focus(),
    applyCore: sync.applyCore,
    photosChanged: () => shown.dispatch({ effects: photosChanged.of(null) }),
    setReadOnly(readOnly) {
      wantedReadOnly = readOnly;
      applyReadOnly();
    },
    insertBlock: (block) => insertBlock(shown, block),
    insert(text) {
      const spec = shown.state.replaceSelection(text);
      shown.dispatch(shown.state.update(spec, { scrollIntoView: true, userEvent: 'input.type' }));
    },
    flush: sync.flush,
    destroy() {
      window.removeEventListener('pagehide', leaving);
      sync.detach();
      view = undefined;
      shown.destroy();
    },
  };
}

function readOnlyExtension(readOnly: boolean) {
  return [
    EditorState.readOnly.of(readOnly),
    EditorView.editable.of(!readOnly),
    readOnly ? EditorView.contentAttributes.of({ 'aria-readonly': 'true' }) : [],
  ];
}

function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Knows when an input method composes, and when it is over for certain.
//
// Composition events are never counted: WebKitGTK fires `compositionend` twice, and an engine without inline
// composition fires it without a start. What counts is what CodeMirror says now, and that the caret is still here.
// The final text may arrive just after the end, so a composition is over only a moment later.
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view';

/** What happens around a composition. */
export interface CompositionEvents {
  /** True when it begins, false when it is over. */
  composing(now: boolean): void;
  /** Every two seconds while one lasts. */
  lasting(): void;
}

const SETTLED_AFTER_MS = 20;
const LOOK_EVERY_MS = 100;
const DRAFT_AFTER_MS = 2000;

/** True while an input method holds text of its own in the editor. */
export function isComposing(view: EditorView): boolean {
  return (view.composing || view.compositionStarted) && view.root.activeElement === view.contentDOM;
}

/** Watches the compositions of one editor. */
export function watchComposition(events: CompositionEvents) {
  let active = false;
  let ended: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;
  let lasting: ReturnType<typeof setInterval> | undefined;

  function look(view: EditorView): void {
    if (isComposing(view)) {
      clearTimeout(ended);
      ended = undefined;
      if (active) return;
      active = true;
      looking = setInterval(look, LOOK_EVERY_MS, view);
      lasting = setInterval(events.lasting, DRAFT_AFTER_MS);
      events.composing(true);
    } else if (active) {
      ended ??= setTimeout(() => {
        ended = undefined;
        if (!isComposing(view)) stop();
      }, SETTLED_AFTER_MS);
    }
  }

  function stop(): void {
    active = false;
    clearInterval(looking);
    clearInterval(lasting);
    events.composing(false);
  }

  const plugin = ViewPlugin.define(
    (view) => ({
      update: (update: ViewUpdate) => look(update.view),
      destroy() {
        clearTimeout(ended);
        clearInterval(looking);
        clearInterval(lasting);
        void view;
      },
    }),
    {
      eventObservers: {
        compositionstart: (_event, view) => look(view),
        compositionupdate: (_event, view) => look(view),
        compositionend: (_event, view) => look(view),
        blur: (_event, view) => look(view),
      },
    },
  );

  return { plugin, active: () => active };
}

// Remembers caret and scroll of the open article, so that the next start finds them as they were.
import * as host from '../host';
import type { OpenArticle } from '../host';

const KEEP_AFTER_MS = 150;

export interface ViewKeeper {
  caret(at: number): void;
  /** Scrolls to where the article was left. */
  restore(): void;
  stop(): void;
}

export function viewKeeper(article: OpenArticle, scroller: HTMLElement): ViewKeeper {
  let caret = article.caret;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What is kept already: opening an article is no reason to write. */
  let kept = `${article.caret} ${article.scroll}`;

  function keep(): void {
    timer = undefined;
    const scroll = Math.round(scroller.scrollTop);
    const now = `${caret} ${scroll}`;
    if (now === kept) return;
    kept = now;
    // A place that is not kept is no reason to disturb anyone; the text itself is.
    void host.saveView(article.id, caret, scroll).catch(() => undefined);
  }

  const later = () => {
    timer ??= setTimeout(keep, KEEP_AFTER_MS);
  };
  scroller.addEventListener('scroll', later, { passive: true });

  return {
    caret(at) {
      caret = at;
      later();
    },
    restore() {
      scroller.scrollTop = article.scroll;
      requestAnimationFrame(() => (scroller.scrollTop = article.scroll));
    },
    stop() {
      scroller.removeEventListener('scroll', later);
      if (timer) {
        clearTimeout(timer);
        keep();
      }
    },
  };
}

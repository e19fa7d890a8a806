// The frame that shows the proof: one document, loaded once and patched from then on.
//
// It runs no script (`sandbox="allow-same-origin"`), takes no pointer and no focus: clicks and keys stay with the
// window. It is as tall as its page; what scrolls is the window's own element around it.
import type { Preview } from '../host/generated';
import { applyPreview, bodyContainer, withBase } from './patch';

export interface Frame {
  /** Shows a page or a patch; false when a whole page is needed. */
  show(preview: Preview): boolean;
  /** The place of a block from the corner of the page, in its own pixels. */
  place(block: number): { top: number; bottom: number; left: number } | undefined;
  /** The block at a place of the page. */
  blockAt(x: number, y: number): number | undefined;
  /** Measures again before the next frame is painted, after its width changed. */
  measure(): void;
  destroy(): void;
}

export interface Size {
  /** Of the whole page. */
  height: number;
  /** As far as anything of it reaches: on paper, over all its pages. */
  width: number;
}

/** Runs a frame on an `<iframe>`. `sized` hears how large the page is whenever that changes. */
export function runFrame(iframe: HTMLIFrameElement, base: string, sized: (size: Size) => void): Frame {
  let loaded = false;
  /** What arrived while the page was still loading. */
  let waiting: Preview[] = [];
  let size: Size = { height: 0, width: 0 };
  let measuring: number | undefined;

  const document = () => (loaded ? iframe.contentDocument : null);

  /** With the frame's own layout: measured at once, each patch would lay the page out once more. */
  function measureSoon(): void {
    measuring ??= requestAnimationFrame(() => {
      measuring = undefined;
      measure();
    });
  }

  function measure(): void {
    const root = document()?.documentElement;
    if (!root) return;
    const height = Math.ceil(root.getBoundingClientRect().height);
    const width = document()?.body?.scrollWidth ?? 0;
    if (height === size.height && width === size.width) return;
    size = { height, width };
    sized(size);
  }

  function arrived(): void {
    if (iframe.contentDocument?.URL !== 'about:srcdoc') return;
    loaded = true;
    const patches = waiting;
    waiting = [];
    for (const patch of patches) show(patch);
    measure();
  }

  function show(preview: Preview): boolean {
    const doc = document();
    if (doc) {
      const fits = applyPreview(doc, preview, base);
      measureSoon();
      return fits;
    }
    if (preview.page !== null) {
      waiting = [];
      iframe.srcdoc = withBase(preview.page, base);
      return true;
    }
    if (!iframe.hasAttribute('srcdoc')) return false;
    waiting.push(preview);
    return true;
  }

  iframe.addEventListener('load', arrived);

  return {
    show,
    measure: measureSoon,
    place(block) {
      const doc = document();
      const rect = doc && bodyContainer(doc)?.children[block]?.getBoundingClientRect();
      return rect ? { top: rect.top, bottom: rect.bottom, left: rect.left } : undefined;
    },
    blockAt(x, y) {
      const doc = document();
      const blocks = doc ? [...(bodyContainer(doc)?.children ?? [])] : [];
      const hit = doc?.elementFromPoint?.(x, y);
      const under = blocks.findIndex((block) => hit && block.contains(hit));
      if (under >= 0) return under;
      const at = blocks.findIndex((block) => block.getBoundingClientRect().bottom >= y);
      return at < 0 ? undefined : at;
    },
    destroy() {
      iframe.removeEventListener('load', arrived);
      if (measuring !== undefined) cancelAnimationFrame(measuring);
    },
  };
}

/** The block that holds an offset of the source, by the blocks' first offsets. */
export function blockOf(starts: number[], offset: number): number | undefined {
  let found: number | undefined;
  for (let low = 0, high = starts.length - 1; low <= high;) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found ?? (starts.length > 0 ? 0 : undefined);
}

// Shows the page as paper would: the rules of its style sheet that are for print, applied on the screen.
//
// The document and its bytes stay as they are; the rules lie in a sheet of the window's own on top.

export interface PrintSheet {
  set(on: boolean): void;
  destroy(): void;
}

export function printSheet(iframe: HTMLIFrameElement): PrintSheet {
  let wanted = false;
  let sheet: CSSStyleSheet | undefined;
  let source = '';

  async function apply(): Promise<void> {
    const doc = iframe.contentDocument;
    const made = doc?.defaultView && wanted ? await rules(doc) : undefined;
    if (!doc || iframe.contentDocument !== doc) return;
    doc.adoptedStyleSheets = wanted && made ? [made] : [];
  }

  async function rules(doc: Document): Promise<CSSStyleSheet | undefined> {
    const href = doc.querySelector<HTMLLinkElement>('link[rel="stylesheet"]')?.href;
    if (!href || href === source) return sheet;
    const answer = await fetch(href).catch(() => undefined);
    const css = answer?.ok ? await answer.text() : '';
    const Sheet = (doc.defaultView as (Window & typeof globalThis) | null)?.CSSStyleSheet;
    if (!css || !Sheet) return undefined;
    source = href;
    sheet = new Sheet();
    sheet.replaceSync(printRules(css));
    return sheet;
  }

  const loaded = () => void apply();
  iframe.addEventListener('load', loaded);

  return {
    set(on) {
      if (on === wanted) return;
      wanted = on;
      void apply();
    },
    destroy: () => iframe.removeEventListener('load', loaded),
  };
}

/** The rules of a style sheet that stand under `@media print`. */
export function printRules(css: string): string {
  const found: string[] = [];
  const start = /@media\s+print\s*\{/g;
  for (let hit = start.exec(css); hit; hit = start.exec(css)) {
    let depth = 1;
    let at = start.lastIndex;
    while (at < css.length && depth > 0) {
      const sign = css.charAt(at++);
      if (sign === '{') depth++;
      else if (sign === '}') depth--;
    }
    found.push(css.slice(start.lastIndex, at - 1));
    start.lastIndex = at;
  }
  return found.join('\n');
}

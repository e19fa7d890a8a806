// The medium that the proof stands for: a screen in light or dark, or paper.
//
// The document and its bytes stay as they are. Where the window's own medium is another, the page's style sheets
// are read once, their media queries are answered for the medium that is wanted, and the result lies in a sheet of
// the window's own while the linked ones are switched off. On paper the body is set in columns of a page's size, so
// that lines, headings and pictures break over pages by the engine's own rules. Not here: how wide the frame is.

export interface Medium {
  paper: boolean;
  shade: 'light' | 'dark';
}

export interface MediumSheet {
  set(medium: Medium): void;
  /** The page may link other sheets now. */
  follow(): void;
  destroy(): void;
}

/** A4 at 96 pixels an inch, and what lies between two pages. */
export const PAPER = { width: 794, height: 1123, gap: 26 };
/** Where a theme names no margin of its own, as browsers do. */
const MARGIN = '15mm';

/** Shows a frame for a medium. `changed` is called whenever what is seen may have moved. */
export function showMedium(iframe: HTMLIFrameElement, changed: () => void): MediumSheet {
  let wanted: Medium = { paper: false, shade: 'light' };
  /** The sheets as they were read, by address. */
  const read = new Map<string, string>();
  let turn = 0;

  async function apply(): Promise<void> {
    const mine = ++turn;
    const doc = iframe.contentDocument;
    // An engine without sheets of one's own shows the page for the screen it has.
    if (!doc?.defaultView || !('adoptedStyleSheets' in doc)) return;
    const links = [...doc.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')];
    const own = isNatural(doc.defaultView, wanted)
      ? ''
      : (await sources(links)) + medium(wanted, desk(iframe));
    // Another turn has begun meanwhile, or another document stands here.
    if (mine !== turn || iframe.contentDocument !== doc) return;
    const Sheet = (doc.defaultView as Window & typeof globalThis).CSSStyleSheet;
    const sheet = new Sheet();
    sheet.replaceSync(own + ALWAYS);
    doc.adoptedStyleSheets = [sheet];
    for (const link of links) if (link.sheet) link.sheet.disabled = own !== '';
    changed();
  }

  async function sources(links: HTMLLinkElement[]): Promise<string> {
    let all = '';
    for (const { href, media } of links) {
      if (!read.has(href)) {
        const answer = await fetch(href).catch(() => undefined);
        if (!answer?.ok) continue;
        read.set(href, await answer.text());
      }
      const css = forMedium(read.get(href) ?? '', wanted);
      all += media ? `@media ${answered(media, wanted)} {${css}}\n` : `${css}\n`;
    }
    return all;
  }

  const loaded = () => void apply();
  iframe.addEventListener('load', loaded);

  return {
    set(next) {
      if (next.paper === wanted.paper && next.shade === wanted.shade) return;
      wanted = next;
      void apply();
    },
    follow: loaded,
    destroy: () => iframe.removeEventListener('load', loaded),
  };
}

/** Whether the engine shows the page for this medium by itself. */
function isNatural(view: Window, medium: Medium): boolean {
  const isDark = view.matchMedia('(prefers-color-scheme: dark)').matches;
  return !medium.paper && isDark === (medium.shade === 'dark');
}

/** What the pages lie on: the window's own surface. */
function desk(iframe: HTMLIFrameElement): string {
  return getComputedStyle(iframe).getPropertyValue('--surface-sunken').trim() || 'grey';
}

/** The frame is as tall as its page: a page that fills its window would never shrink again. */
const ALWAYS = '\nhtml, body { min-block-size: 0 !important; }\n';

/** What the window adds for a medium, behind the page's own rules. */
function medium({ paper, shade }: Medium, desk: string): string {
  if (!paper) return `:root { color-scheme: ${shade} !important; }\n`;
  const { width, height, gap } = PAPER;
  const pages = `repeating-linear-gradient(to right, #fff 0 ${width}px, ${desk} ${width}px ${width + gap}px)`;
  return `
    :root { color-scheme: light !important; overflow: hidden !important; background: ${pages} !important; }
    body {
      background: none !important;
      display: block !important;
      box-sizing: content-box !important;
      inline-size: calc(${width}px - 2 * var(--galley-margin, ${MARGIN})) !important;
      block-size: calc(${height}px - 2 * var(--galley-margin, ${MARGIN})) !important;
      max-inline-size: none !important;
      margin: 0 !important;
      padding: var(--galley-margin, ${MARGIN}) !important;
      columns: auto calc(${width}px - 2 * var(--galley-margin, ${MARGIN})) !important;
      column-fill: auto !important;
      column-gap: calc(2 * var(--galley-margin, ${MARGIN}) + ${gap}px) !important;
      orphans: 2;
      widows: 2;
    }
    img, svg { max-block-size: ${height / 2}px; }
  `;
}

/** A style sheet whose media queries are answered for a medium, whatever the window's own is. */
export function forMedium(css: string, medium: Medium): string {
  const queries = css.replace(
    /(\/\*[\s\S]*?\*\/)|(@media\b)([^{;]*)(?=\{)/gi,
    (whole, comment: string | undefined, rule: string, query: string) =>
      comment === undefined ? `${rule} ${answered(query, medium).trim()} ` : whole,
  );
  const margin = medium.paper ? pageMargin(css) : undefined;
  return margin ? `${queries}\n:root { --galley-margin: ${margin}; }` : queries;
}

/** A media query with every question that the medium answers answered. An unknown kind of medium never matches. */
function answered(query: string, { paper, shade }: Medium): string {
  const scheme = paper ? 'light' : shade;
  return query
    .replace(/\(\s*prefers-color-scheme\s*(?::\s*(\w+)\s*)?\)/gi, (_, asked?: string) =>
      truth(asked === undefined || asked.toLowerCase() === scheme),
    )
    .replace(/\bprint\b/gi, paper ? 'all' : 'never')
    .replace(/\bscreen\b/gi, paper ? 'never' : 'all')
    .replace(
      /\(\s*(min|max)-width\s*:\s*([\d.]+)(px|r?em)\s*\)/gi,
      (whole, edge: string, n, unit: string) => {
        // Paper is as wide as a page, however many lie side by side.
        if (!paper) return whole;
        const pixels = Number(n) * (unit.toLowerCase() === 'px' ? 1 : 16);
        return truth(edge.toLowerCase() === 'min' ? PAPER.width >= pixels : PAPER.width <= pixels);
      },
    );
}

const truth = (holds: boolean) => (holds ? '(min-width: 0px)' : '(max-width: 0px)');

/** The margin that a theme gives its printed pages, where it is one length for all sides or the first of several. */
function pageMargin(css: string): string | undefined {
  return /@page\s*\{[^}]*\bmargin\s*:\s*([\d.]+(?:mm|cm|in|pt|px|rem|em))\b/i.exec(css)?.[1];
}

// HTML from the clipboard (Word, WPS, web pages) to Markdown.
//
// Kept: headings, paragraphs, bold, italic, struck-through, lists, links, tables, quotes, rules, line breaks.
// Dropped: styles, indents, scripts, comments, remote pictures. Parsed inertly: nothing is loaded, nothing runs.
import { isCjk } from './cjk';
import { linkMarkdown } from './link';

/** What came of it. */
export interface Converted {
  markdown: string;
  /** Pictures that stand in the HTML itself, in order; each left a line `PICTURE_MARK` in the text. */
  pictures: File[];
}

/** Stands for a picture in the Markdown until it is in the article; a private character nobody types. */
export const PICTURE_MARK = '\uE000';

/** Converts a fragment of HTML. */
export function htmlToMarkdown(html: string): Converted {
  const document = new DOMParser().parseFromString(withoutConditions(html), 'text/html');
  const context: Context = { pictures: [], headings: headingShift(document), depth: 0 };
  const blocks = blocksOf(document.body, context);
  return { markdown: joined(blocks), pictures: context.pictures };
}

interface Context {
  pictures: File[];
  /** Added to the level of a heading: the highest becomes the article's first level, 2. */
  headings: number;
  depth: number;
}

interface Block {
  text: string;
  /** Items of one list stand close together. */
  list?: boolean;
}

/** Word's conditional comments hide list marks from browsers, with and without the dashes of a comment. */
function withoutConditions(html: string): string {
  return html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, '').replace(/<!\[(?:if|endif)[^>]*>/gi, '');
}

function headingShift(document: Document): number {
  for (let level = 1; level <= 6; level++) if (document.querySelector(`h${level}`)) return 2 - level;
  return 0;
}

function joined(blocks: readonly Block[]): string {
  let out = '';
  let previous: Block | undefined;
  for (const block of blocks) {
    if (!block.text.trim()) continue;
    if (previous) out += previous.list && block.list ? '\n' : '\n\n';
    out += block.text;
    previous = block;
  }
  return out;
}

/** Names of elements that are blocks, as a selector. */
const BLOCKS =
  'address,article,aside,blockquote,body,center,dd,div,dl,dt,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,' +
  'header,hr,li,main,nav,ol,p,pre,section,table,tbody,td,th,thead,tr,ul';
/** Deeper than anybody nests on purpose: from here on only the text counts. */
const DEEPEST = 100;
const SKIPPED =
  /^(SCRIPT|STYLE|HEAD|TITLE|META|LINK|TEMPLATE|NOSCRIPT|IFRAME|OBJECT|SVG|CANVAS|BUTTON|INPUT|SELECT|TEXTAREA|O:P|XML)$/;

/** The blocks of an element: its block children, and what stands between them as paragraphs. */
function blocksOf(parent: Node, context: Context): Block[] {
  if (context.depth > DEEPEST) {
    const text = clean(parent.textContent ?? '').trim();
    return text ? [{ text: escapedStart(escaped(text)) }] : [];
  }
  context.depth++;
  const blocks: Block[] = [];
  let inline: Node[] = [];
  const flush = () => {
    if (inline.length) blocks.push(...paragraph(inline, context));
    inline = [];
  };
  for (const child of parent.childNodes) {
    if (child instanceof Element && isSkipped(child)) continue;
    if (child instanceof Element && holdsBlocks(child)) {
      flush();
      blocks.push(...blockOf(child, context));
    } else inline.push(child);
  }
  flush();
  context.depth--;
  return blocks;
}

function isSkipped(element: Element): boolean {
  const style = element.getAttribute('style') ?? '';
  return (
    SKIPPED.test(element.tagName.toUpperCase()) ||
    /display:\s*none/i.test(style) ||
    /mso-hide:\s*all/i.test(style)
  );
}

/** A block itself, or an inline element around blocks, as Google Docs wraps a whole text in one `b`. */
function holdsBlocks(element: Element): boolean {
  return element.matches(BLOCKS) || element.querySelector(BLOCKS) !== null;
}

function blockOf(element: Element, context: Context): Block[] {
  const level = headingLevel(element);
  if (level) {
    const text = inlineText([...element.childNodes], context, { bold: true }).replace(/\s*\n\s*/g, ' ');
    const shifted = Math.min(4, Math.max(2, level + context.headings));
    return text ? [{ text: `${'#'.repeat(shifted)} ${text}` }] : [];
  }
  const item = wordItem(element, context);
  if (item) return [item];
  switch (element.tagName) {
    case 'UL':
    case 'OL':
      return listItems(element, context, '');
    case 'LI':
      return [{ text: `- ${itemText([...element.childNodes], context).replace(/\n/g, '\n  ')}`, list: true }];
    case 'BLOCKQUOTE':
      return quoted(blocksOf(element, context));
    case 'PRE':
      return [{ text: `\`\`\`\n${(element.textContent ?? '').replace(/\n$/, '')}\n\`\`\`` }];
    case 'HR':
      return [{ text: '---' }];
    case 'TABLE':
      return table(element, context);
    default:
      return blocksOf(element, context);
  }
}

function headingLevel(element: Element): number {
  const tag = /^H([1-6])$/.exec(element.tagName)?.[1];
  if (tag) return Number(tag);
  if (element.tagName !== 'P') return 0;
  const outline = /mso-outline-level:\s*([1-6])/i.exec(element.getAttribute('style') ?? '')?.[1];
  return outline ? Number(outline) : 0;
}

/** Word and WPS write list items as paragraphs with the mark as text in front. */
function wordItem(element: Element, context: Context): Block | undefined {
  const style = element.getAttribute('style') ?? '';
  const level = /mso-list:[^;]*level(\d)/i.exec(style)?.[1];
  if (!level || /mso-list:\s*ignore/i.test(style)) return undefined;
  const copy = element.cloneNode(true) as Element;
  let sign = '';
  for (const span of copy.querySelectorAll('span')) {
    if (!/mso-list:\s*ignore/i.test(span.getAttribute('style') ?? '')) continue;
    sign ||= clean(span.textContent ?? '').trim();
    span.remove();
  }
  const number = /^[（(]?(\d{1,3})[.)、）]/.exec(sign)?.[1];
  const indent = '   '.repeat(Number(level) - 1);
  const text = inlineText([...copy.childNodes], context, {}).replace(/\n/g, `\n${indent}  `);
  return text ? { text: `${indent}${number ? `${number}.` : '-'} ${text}`, list: true } : undefined;
}

/** The items of a list; what stands in it without being an item is one all the same. */
function listItems(list: Element, context: Context, indent: string): Block[] {
  const isOrdered = list.tagName === 'OL';
  let number = isOrdered ? Number(list.getAttribute('start') ?? 1) || 1 : 0;
  return [...list.childNodes].flatMap((child): Block[] => {
    if (isList(child)) return listItems(child, context, `${indent}  `);
    const isItem = child instanceof Element && child.tagName === 'LI';
    const nodes = isItem ? [...child.childNodes] : [child];
    const text = nodes.some((node) => node.textContent?.trim() || node instanceof Element)
      ? itemText(
          nodes.filter((node) => !isList(node)),
          context,
        )
      : '';
    const sign = isOrdered ? `${number}. ` : '- ';
    if (text) number++;
    const deeper = indent + ' '.repeat(sign.length);
    return [
      ...(text ? [{ text: indent + sign + text.replace(/\n/g, `\n${deeper}`), list: true }] : []),
      ...nodes.filter(isList).flatMap((node) => listItems(node, context, text ? deeper : indent)),
    ];
  });
}

function itemText(nodes: readonly Node[], context: Context): string {
  const holder = document.createDocumentFragment();
  for (const node of nodes) holder.append(node.cloneNode(true));
  const blocks = blocksOf(holder, context);
  return blocks.map((block) => block.text).join('\n');
}

function isList(node: Node): node is Element {
  return node instanceof Element && /^(UL|OL)$/.test(node.tagName);
}

function quoted(blocks: readonly Block[]): Block[] {
  const text = joined(blocks);
  return text ? [{ text: text.replace(/^/gm, '> ').replace(/^> $/gm, '>') }] : [];
}

function table(element: Element, context: Context): Block[] {
  const rows = [...element.querySelectorAll('tr')].filter((row) => row.closest('table') === element);
  const cells = rows.map((row) =>
    [...row.children]
      .filter((cell) => /^T[DH]$/.test(cell.tagName))
      .flatMap((cell) => {
        const span = Math.min(20, Math.max(1, Number(cell.getAttribute('colspan') ?? 1) || 1));
        return [cell, ...Array.from({ length: span - 1 }, () => undefined)];
      }),
  );
  const columns = Math.max(0, ...cells.map((row) => row.length));
  // A table of one column lays a page out; it holds no table.
  if (columns < 2) return cells.flat().flatMap((cell) => (cell ? blocksOf(cell, context) : []));
  const lines = cells
    .filter((row) => row.length)
    .map((row) => {
      const texts = Array.from({ length: columns }, (_, n) => (row[n] ? cellText(row[n], context) : ''));
      return `| ${texts.join(' | ')} |`;
    });
  const [head = '', ...rest] = lines;
  const caption = [...element.children].find((child) => child.tagName === 'CAPTION');
  return [
    ...(caption ? blocksOf(caption, context) : []),
    { text: [head, `|${' --- |'.repeat(columns)}`, ...rest].join('\n') },
  ];
}

function cellText(cell: Element, context: Context): string {
  return blocksOf(cell, context)
    .map((block) => block.text)
    .join(' ')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/(?<!\\)\|/g, '\\|')
    .trim();
}

interface Style {
  bold?: boolean;
  italic?: boolean;
  struck?: boolean;
}

function paragraph(nodes: readonly Node[], context: Context): Block[] {
  const text = inlineText(nodes, context, {});
  return text ? text.split(/\n{2,}/).map((part) => ({ text: escapedStart(part) })) : [];
}

/** Runs of one style each, so that marks stand around whole runs and never cross. */
interface Run extends Style {
  text: string;
  href?: string;
}

function inlineText(nodes: readonly Node[], context: Context, outer: Style): string {
  const runs: Run[] = [];
  for (const node of nodes) collect(node, outer, undefined, context, runs);
  const merged: Run[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last && sameStyle(last, run)) last.text += run.text;
    else merged.push({ ...run });
  }
  // A heading is bold already: its own weight says nothing.
  const shown = merged.map((run) => written({ ...run, bold: outer.bold ? false : (run.bold ?? false) }));
  return shown
    .join('')
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/^[\s\u3000]+|[\s\u3000]+$/g, '');
}

function sameStyle(a: Run, b: Run): boolean {
  return !a.bold === !b.bold && !a.italic === !b.italic && !a.struck === !b.struck && a.href === b.href;
}

function collect(node: Node, style: Style, href: string | undefined, context: Context, runs: Run[]): void {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = escaped(clean(node.nodeValue ?? ''));
    if (text) runs.push({ ...style, text, ...(href ? { href } : {}) });
    return;
  }
  if (!(node instanceof HTMLElement) || isSkipped(node)) return;
  if (node.tagName === 'BR') return void runs.push({ text: '\n' });
  if (node.tagName === 'IMG') {
    const file = pictureOf(node.getAttribute('src') ?? '', context.pictures.length);
    if (file) {
      context.pictures.push(file);
      runs.push({ text: `\n\n${PICTURE_MARK}\n\n` });
    }
    return;
  }
  if (node.tagName === 'CODE') {
    const text = clean(node.textContent ?? '').trim();
    if (text && !text.includes('`')) return void runs.push({ text: `\`${text}\`` });
  }
  if (context.depth > DEEPEST)
    return void runs.push({ ...style, text: escaped(clean(node.textContent ?? '')) });
  const target = node.tagName === 'A' ? linkTarget(node.getAttribute('href') ?? '') : undefined;
  const inner = styleOf(node, style);
  context.depth++;
  for (const child of node.childNodes) collect(child, inner, target ?? href, context, runs);
  context.depth--;
}

function styleOf(element: HTMLElement, outer: Style): Style {
  const { tagName } = element;
  const css = element.getAttribute('style') ?? '';
  const weight = /(?:^|;)\s*font-weight:\s*(\w+)/i.exec(css)?.[1]?.toLowerCase();
  const slant = /(?:^|;)\s*font-style:\s*(\w+)/i.exec(css)?.[1]?.toLowerCase();
  const line = /text-decoration(?:-line)?:\s*([^;]+)/i.exec(css)?.[1]?.toLowerCase();
  const isBold = weight
    ? weight === 'bold' || weight === 'bolder' || Number(weight) >= 600
    : /^(B|STRONG)$/.test(tagName);
  const isItalic = slant ? /italic|oblique/.test(slant) : /^(I|EM)$/.test(tagName);
  const isStruck = line ? line.includes('line-through') : /^(S|DEL|STRIKE)$/.test(tagName);
  const plainWeight = weight !== undefined && !isBold;
  return {
    bold: isBold || (!plainWeight && outer.bold === true),
    italic: isItalic || (slant !== 'normal' && outer.italic === true),
    struck: isStruck || outer.struck === true,
  };
}

/** A run with its marks inside the blanks at its ends. */
function written(run: Run): string {
  const { text, bold, italic, struck, href } = run;
  const inside = text.replace(/^[\s\u3000]+|[\s\u3000]+$/g, '');
  if (!inside || inside.includes(PICTURE_MARK)) return text;
  const start = text.indexOf(inside);
  const mark = `${struck ? '~~' : ''}${bold ? '**' : ''}${italic ? '*' : ''}`;
  const closing = [...mark.matchAll(/~~|\*\*|\*/g)]
    .map((match) => match[0])
    .reverse()
    .join('');
  // Marks do not reach over a line break that may become a paragraph's end.
  const marked = inside
    .split('\n')
    .map((part) => (part.trim() && mark ? mark + part.trim() + closing : part))
    .join('\n');
  return (
    text.slice(0, start) +
    (href ? linkMarkdown(marked.replace(/\n/g, ' '), href) : marked) +
    text.slice(start + inside.length)
  );
}

function linkTarget(href: string): string | undefined {
  return /^(https?:|mailto:)/i.test(href.trim()) ? href.trim() : undefined;
}

function pictureOf(src: string, number: number): File | undefined {
  const [, type, data] = /^data:(image\/[\w.+-]+);base64,([\s\S]+)$/i.exec(src) ?? [];
  if (!type || !data) return undefined;
  try {
    const bytes = Uint8Array.from(atob(data.replace(/\s/g, '')), (c) => c.charCodeAt(0));
    return new File([bytes], `paste-${number + 1}.${type.split('/')[1]?.replace('jpeg', 'jpg')}`, { type });
  } catch {
    return undefined;
  }
}

/** Blanks as HTML means them: runs collapse, a hard blank becomes a plain one; full-width ones stay inside. */
function clean(text: string): string {
  return text
    .replace(/\u00A0/g, ' ')
    .replace(/[\u200B\uFEFF]/g, '')
    .replace(/[ \t\r\n\f]+/g, (run, at: number) => {
      // A line break of the source between two East Asian characters is no blank.
      const around = (text[at - 1] ?? '') + (text[at + run.length] ?? '');
      return /[\r\n]/.test(run) && [...around].length === 2 && [...around].every(isCjk) ? '' : ' ';
    });
}

/** Characters that would be marks. */
function escaped(text: string): string {
  return text
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '\\\\')
    .replace(/[*`]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/~~/g, '\\~\\~')
    .replace(/\[(?=[^\]]*\][([])/g, '\\[')
    .replace(/<(?=[a-z/!?])/gi, '\\<');
}

/** Characters that would be marks at the start of a line. */
function escapedStart(text: string): string {
  return text.replace(
    /^(\s*)(?:([#>])|([-+])(?=\s)|(\d{1,9})([.)])(?=\s))/gm,
    (_all, blanks, sign, dash, number, dot) =>
      number ? `${blanks}${number}\\${dot}` : `${blanks}\\${sign ?? dash}`,
  );
}

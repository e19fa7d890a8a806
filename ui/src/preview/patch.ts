// Brings the preview's document up to date: the blocks that changed, what stands around them in the article,
// or the whole page. The patched document equals a fresh parse of the page; a test compares them.
//
// The article is `head` + blocks + `foot`: `head` opens elements down to the body container, `foot` closes
// them. Each of the two is parsed by itself, so that a change of one never asks for the other.
import type { Preview } from '../host/generated';
import { morph, morphAttributes, morphChildren } from './morph';

const BODY_CLASS = 'article-body';

/** The element whose children are the body's blocks. */
export function bodyContainer(root: ParentNode): Element | null {
  return root.querySelector(`.${BODY_CLASS}`);
}

/** A page with the window's own `<base>`: resources come from the core, and every link leads nowhere. */
export function withBase(page: string, base: string): string {
  const tag = `<base href="${base}" target="_blank">`;
  return /<head[^>]*>/i.test(page) ? page.replace(/<head[^>]*>/i, (head) => head + tag) : tag + page;
}

/** Applies what changed. False when the document is not the one that was patched: a whole page is needed. */
export function applyPreview(doc: Document, preview: Preview, base: string): boolean {
  if (preview.page !== null) {
    const fresh = new DOMParser().parseFromString(withBase(preview.page, base), 'text/html');
    morph(doc.documentElement, fresh.documentElement);
    return true;
  }
  const container = bodyContainer(doc);
  if (!container) return false;
  return (
    (preview.head === null || patchHead(container, preview.head)) &&
    (preview.foot === null || patchFoot(container, preview.foot)) &&
    (preview.patch === null || patchBlocks(container, preview.patch))
  );
}

/** Makes one stretch of the body's blocks what `patch` says; a block that stays one is changed where it stands. */
function patchBlocks(container: Element, patch: NonNullable<Preview['patch']>): boolean {
  const blocks = container.children;
  if (patch.at + patch.remove > blocks.length) return false;
  const stop = blocks[patch.at + patch.remove] ?? null;
  const old: ChildNode[] = [];
  for (
    let node: ChildNode | null = blocks[patch.at] ?? null;
    node && node !== stop;
    node = node.nextSibling
  ) {
    old.push(node);
  }
  morphChildren(container, old, [...parse(container, patch.insert.join('')).childNodes], stop);
  return true;
}

/** Makes everything ahead of the body's blocks what `head` says. */
function patchHead(container: Element, head: string): boolean {
  const fragment = parse(container, head);
  const fresh = bodyContainer(fragment);
  if (!fresh) return false;
  const levels = levelsOf(fresh, fragment);
  const live = pathUp(container, levels.length);
  if (!live) return false;
  levels.forEach((wanted, i) => {
    const [now, inner] = [live[i], live[i - 1]];
    if (!now) return;
    morphAttributes(now, wanted);
    if (inner) morphChildren(now, before(inner), before(levels[i - 1]), inner);
  });
  return true;
}

/** Makes everything after the body's blocks what `foot` says. */
function patchFoot(container: Element, foot: string): boolean {
  // `foot` closes elements that it does not open: a skeleton of the open ones goes ahead of it.
  const path = [container];
  for (let up = container.parentElement; up && up.localName !== 'body'; up = up.parentElement) path.push(up);
  const skeleton = path
    .map((element) => `<${element.localName}${element === container ? ` class="${BODY_CLASS}"` : ''}>`)
    .reverse()
    .join('');
  const fragment = parse(container, skeleton + foot);
  const fresh = bodyContainer(fragment);
  if (!fresh) return false;
  const closed = closingTags(foot);
  const levels = levelsOf(fresh, fragment);
  for (let i = 1; i < Math.min(closed, levels.length); i++) {
    const [now, inner] = [path[i], path[i - 1]];
    if (now && inner) morphChildren(now, after(inner), after(levels[i - 1]), null);
  }
  return true;
}

/** How many elements a foot closes that it did not open. */
function closingTags(foot: string): number {
  let open = 0;
  let closed = 0;
  for (const [tag, slash, name] of foot.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|'[^']*'|[^'">])*>/gi)) {
    if (VOID.has((name ?? '').toLowerCase()) || tag.endsWith('/>')) continue;
    if (!slash) open++;
    else if (open > 0) open--;
    else closed++;
  }
  return closed;
}

const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'wbr',
  'source',
]);

/** The element and its ancestors within a fragment, innermost first. */
function levelsOf(element: Element, fragment: DocumentFragment): Element[] {
  const levels = [element];
  for (let up = element.parentNode; up && up !== fragment; up = up.parentNode) levels.push(up as Element);
  return levels;
}

/** The element and this many levels of its ancestors in all, or nothing when there are fewer. */
function pathUp(element: Element, count: number): Element[] | undefined {
  const path = [element];
  while (path.length < count) {
    const up = path.at(-1)?.parentElement;
    if (!up) return undefined;
    path.push(up);
  }
  return path;
}

function before(element: ChildNode | undefined): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = element?.previousSibling; node; node = node.previousSibling) nodes.unshift(node);
  return nodes;
}

function after(element: ChildNode | undefined): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = element?.nextSibling; node; node = node.nextSibling) nodes.push(node);
  return nodes;
}

function parse(context: Element, html: string): DocumentFragment {
  const template = context.ownerDocument.createElement('template');
  template.innerHTML = html;
  return template.content;
}

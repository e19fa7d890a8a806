// Makes one tree equal to another by changing as little as possible, so that a picture that stays is not
// fetched again and what is read does not jump. Knows nothing of articles.

/** Makes `live` equal to `wanted` (a node of the same name), consuming `wanted`. `keep` guards children. */
export function morph(live: Element, wanted: Element, keep: (live: Element) => boolean = never): void {
  morphAttributes(live, wanted);
  if (!keep(live)) morphChildren(live, [...live.childNodes], [...wanted.childNodes], null, keep);
}

const never = () => false;

/** Makes the attributes of `live` those of `wanted`. */
export function morphAttributes(live: Element, wanted: Element): void {
  for (const { name } of [...live.attributes]) if (!wanted.hasAttribute(name)) live.removeAttribute(name);
  for (const { name, value } of [...wanted.attributes]) {
    if (live.getAttribute(name) !== value) live.setAttribute(name, value);
  }
}

/** Makes `old`, a run of children of `parent` that ends before `end`, equal to `wanted`. */
export function morphChildren(
  parent: Node,
  old: ChildNode[],
  wanted: ChildNode[],
  end: ChildNode | null,
  keep: (live: Element) => boolean = never,
): void {
  let at = 0;
  for (const next of wanted) {
    const found = old.findIndex((node, i) => i >= at && alike(node, next));
    if (found < 0) {
      parent.insertBefore(next, old[at] ?? end);
      continue;
    }
    for (; at < found; at++) old[at]?.remove();
    const live = old[at++];
    // By node type, not by class: the nodes of a frame are of another realm.
    if (live?.nodeType === 1) morph(live as Element, next as Element, keep);
    else if (live && live.nodeValue !== next.nodeValue) live.nodeValue = next.nodeValue;
  }
  for (; at < old.length; at++) old[at]?.remove();
}

/** Nodes that may become one another: the same kind of node, and for elements the same name, class and source. */
function alike(a: ChildNode, b: ChildNode): boolean {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return false;
  if (a.nodeType !== 1) return true;
  const [x, y] = [a as Element, b as Element];
  return (
    x.getAttribute('class') === y.getAttribute('class') &&
    x.getAttribute('src') === y.getAttribute('src') &&
    x.getAttribute('rel') === y.getAttribute('rel') &&
    x.getAttribute('name') === y.getAttribute('name')
  );
}

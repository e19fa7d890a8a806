// What jsdom lacks and the window asks for: enough to run, nothing that is judged.
class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

const missing = {
  ResizeObserver: Observer,
  IntersectionObserver: Observer,
  matchMedia: () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }),
};
for (const [name, value] of Object.entries(missing)) {
  if (typeof Reflect.get(window, name) !== 'function')
    Object.defineProperty(window, name, { value, configurable: true, writable: true });
}
Object.assign(HTMLDialogElement.prototype, {
  showModal(this: HTMLDialogElement) {
    this.open = true;
  },
  close(this: HTMLDialogElement) {
    this.open = false;
  },
});
Object.assign(Element.prototype, { scrollIntoView: () => {} });
Blob.prototype.arrayBuffer ??= async () => new ArrayBuffer(1);
Range.prototype.getClientRects = () => Object.assign([], { item: () => null }) as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();
// What Svelte warns of while it runs is a fault of the window.
const warn = console.warn;
console.warn = (...said: unknown[]) => {
  if (String(said[0]).includes('[svelte]')) throw new Error(said.join(' '));
  warn(...said);
};
Object.defineProperty(window, 'innerWidth', { value: 1440, configurable: true });

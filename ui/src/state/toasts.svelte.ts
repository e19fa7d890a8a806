// What the window tells about something that was done or went wrong. What went wrong stays until it is dismissed
// or mended; what was done makes way for the next that is done, and goes by itself where there is nothing to do.
import { toApiError, type ApiError } from '../host';
import { describeError } from '../words/errors';

export interface Toast {
  id: number;
  kind: 'error' | 'done';
  topic: string;
  text: string;
  /** What the text is followed by, one line each. */
  lines: string[];
  actions: { label: string; run: () => void }[];
}

export const toasts = $state<Toast[]>([]);

let lastId = 0;
/** Number of the newest word: what was done before a dialog opened is not shown in it. */
export const newestToast = (): number => lastId;

const MOST = 3;
/** What was typed is not on the disk: nothing else pushes this out. */
const KEPT = 'save';
const DONE_FOR_MS = 8000;

export function tell(topic: string, text: string, actions: Toast['actions'] = []): void {
  for (const toast of toasts.filter((one) => one.kind === 'done')) dismiss(toast.id);
  const id = ++lastId;
  add({ id, kind: 'done', topic, text, lines: [], actions });
  if (actions.length === 0) setTimeout(() => dismiss(id), DONE_FOR_MS);
}

export function tellError(thrown: unknown, topic = 'error', actions: Toast['actions'] = []): void {
  const text = describeError(toApiError(thrown));
  add({ id: ++lastId, kind: 'error', topic, text, lines: [], actions });
}

/** Something that is in the way, in a sentence of the window's own. */
export function warn(topic: string, text: string, lines: string[] = []): void {
  add({ id: ++lastId, kind: 'error', topic, text, lines, actions: [] });
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

export function dismissTopic(topic: string): void {
  for (const toast of toasts.filter((one) => one.topic === topic)) dismiss(toast.id);
}

/** Calls a command and tells when it fails. */
export async function told<T>(work: Promise<T>, topic = 'error'): Promise<T | undefined> {
  try {
    const answer = await work;
    for (const mended of toasts.filter((one) => one.topic === topic && one.kind === 'error'))
      dismiss(mended.id);
    return answer;
  } catch (thrown) {
    tellError(thrown, topic);
    return undefined;
  }
}

/** What a command answered, or why it failed. */
export type Tried<T> = { answer: T } | { fault: ApiError };

/** Calls a command whose failure is told where it was called from: in a dialog. */
export async function tried<T>(work: Promise<T>): Promise<Tried<T>> {
  try {
    return { answer: await work };
  } catch (thrown) {
    return { fault: toApiError(thrown) };
  }
}

function add(toast: Toast): void {
  dismissTopic(toast.topic);
  toasts.push(toast);
  while (toasts.length > MOST)
    toasts.splice(
      Math.max(
        0,
        toasts.findIndex((one) => one.topic !== KEPT),
      ),
      1,
    );
}

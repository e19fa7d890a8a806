// Which dialogs stand open, the last on top.
import type { EmbedKind } from '../editor/dialect';
import type { SignOffRow } from '../host/generated';

export type DialogState =
  | { kind: 'settings' }
  | { kind: 'history' }
  | { kind: 'publish' }
  | { kind: 'take-down' }
  | { kind: 'retract' }
  | { kind: 'name-version' }
  | { kind: 'photo'; id: string }
  | { kind: 'embed'; what: EmbedKind }
  | { kind: 'palette' }
  | { kind: 'shortcuts' }
  | { kind: 'guide' }
  | { kind: 'about' }
  | { kind: 'sign-in' }
  | { kind: 'account' }
  | { kind: 'outbox' }
  | { kind: 'judge'; verdict: 'advance' | 'adopt' | 'hold' | 'return' | 'reject' }
  | { kind: 'since'; record: SignOffRow }
  | { kind: 'confirm'; title: string; text: string; confirm: string; danger: boolean; run: () => void };

export const dialogs = $state<DialogState[]>([]);

export function openDialog(dialog: DialogState): void {
  if (dialogs.some((open) => open.kind === dialog.kind)) return;
  dialogs.push(dialog);
}

export function closeDialog(kind: DialogState['kind']): void {
  const at = dialogs.findIndex((open) => open.kind === kind);
  if (at >= 0) dialogs.splice(at, 1);
}

export function ask(question: Omit<Extract<DialogState, { kind: 'confirm' }>, 'kind'>): void {
  openDialog({ kind: 'confirm', ...question });
}

// The size of the whole window, kept with its layout.
import * as host from '../host';
import { app, keepLayout } from './app.svelte';
import { told } from './toasts.svelte';

const STEPS = [0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

const kept = (): number => Number(app.preferences.layout['zoom']) || 1;

/** One step larger (1) or smaller (-1), or back to the actual size (0). */
export function zoomBy(step: 1 | -1 | 0): void {
  const at = STEPS.findIndex((size) => size >= kept() - 0.01);
  const next = step === 0 ? 1 : STEPS[Math.max(0, Math.min(STEPS.length - 1, at + step))];
  keepLayout('zoom', String(next ?? 1));
  applyZoom();
}

export function applyZoom(): void {
  void told(host.setZoom(kept()), 'zoom');
}

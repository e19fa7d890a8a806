// Numbers and times as the window's language writes them. `now` is passed in, so that tests decide it.
import { currentLanguage, t } from './index.svelte';
import { known, wallTime } from './zone';

export const locale = () => (currentLanguage() === 'zh-Hans' ? 'zh-Hans-CN' : 'en-GB');

export const formatCount = (count: number): string => count.toLocaleString(locale());

/** 14:02:11 */
export function formatClock(at: number): string {
  return new Date(at).toLocaleTimeString(locale(), { hour12: false });
}

/** When something reached the disk: to the second today, else with its day. */
export function formatSaved(at: number, now: number): string {
  return startOfDay(at) === startOfDay(now) ? formatClock(at) : formatDay(at, now);
}

/** 今天 14:02, 昨天 18:40, 11月20日 or 2025年11月20日. */
export function formatDay(at: number, now: number): string {
  const then = new Date(at);
  const time = then.toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit', hour12: false });
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return t('time.today', { time });
  if (days === 1) return t('time.yesterday', { time });
  const thisYear = then.getFullYear() === new Date(now).getFullYear();
  return then.toLocaleDateString(locale(), {
    year: thisYear ? undefined : 'numeric',
    month: 'short',
    day: 'numeric',
  });
}

/** The date and time to the minute; in a zone whose clocks differ from the computer's, with its name. */
export function formatMoment(at: number, zone?: string): string {
  const differs = zone !== undefined && wallTime(at, zone) !== wallTime(at, undefined);
  return new Date(at).toLocaleString(locale(), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone: known(zone),
    timeZoneName: differs ? 'short' : undefined,
  });
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Minutes a reader needs: 400 Han characters or 220 words a minute, at least one. */
export function readingMinutes(counts: { han: number; latin_words: number }): number {
  return Math.max(1, Math.round(counts.han / 400 + counts.latin_words / 220));
}

// Numbers and times as the window's language writes them. `now` is passed in, so that tests decide it.
//
// Times of an article (in lists, publications, sign-offs, versions, embargo) go by the clocks of its site, like its
// page; whether this computer saved and synced goes by this computer's.
import { currentLanguage, t } from './index.svelte';
import { inZone, wallTime, zoneMark } from './zone';

export const locale = () => (currentLanguage() === 'zh-Hans' ? 'zh-Hans-CN' : 'en-GB');

/** Made once per language: to make one costs more than to draw the row that it is for. */
function kept<Made>(make: (locale: string) => Made): () => Made {
  const made = new Map<string, Made>();
  return () => {
    const wanted = locale();
    let one = made.get(wanted);
    if (!one) made.set(wanted, (one = make(wanted)));
    return one;
  };
}

const dates =
  (use: string, options: Intl.DateTimeFormatOptions) =>
  (zone?: string): Intl.DateTimeFormat =>
    inZone(use, locale(), zone, options);

const counts = kept((locale) => new Intl.NumberFormat(locale));
const clock = dates('clock', { hour: 'numeric', minute: 'numeric', second: 'numeric', hour12: false });
const time = dates('time', { hour: '2-digit', minute: '2-digit', hour12: false });
const day = dates('day', { month: 'short', day: 'numeric' });
const dayOfYear = dates('day of year', { year: 'numeric', month: 'short', day: 'numeric' });
const moment = dates('moment', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

export const formatCount = (count: number): string => counts().format(count);

/** 14:02:11 */
export const formatClock = (at: number): string => clock().format(at);

/** When something reached the disk: to the second today, else with its day. */
export function formatSaved(at: number, now: number): string {
  return dateOf(at) === dateOf(now) ? formatClock(at) : formatDay(at, now);
}

/**
 * 今天 14:02, 昨天 18:40, 11月20日 or 2025年11月20日, by the clocks of the zone; where they differ from the computer's,
 * a time is told with the zone's name, and so is a day that is another one here.
 */
export function formatDay(at: number, now: number, zone?: string): string {
  const [then, today] = [dateOf(at, zone), dateOf(now, zone)];
  const days = Math.round((Date.parse(today) - Date.parse(then)) / 86_400_000);
  const named = (text: string) => [text, zoneMark(at, zone, locale())].filter(Boolean).join(' ');
  if (days === 0) return t('time.today', { time: named(time(zone).format(at)) });
  if (days === 1) return t('time.yesterday', { time: named(time(zone).format(at)) });
  const thisYear = then.slice(0, 4) === today.slice(0, 4);
  const date = (thisYear ? day : dayOfYear)(zone).format(at);
  return then === dateOf(at) ? date : named(date);
}

/** The date and time to the minute; in a zone whose clocks differ from the computer's, with its name. */
export function formatMoment(at: number, zone?: string): string {
  return [moment(zone).format(at), zoneMark(at, zone, locale())].filter(Boolean).join(' ');
}

/** `2026-11-23` */
const dateOf = (at: number, zone?: string): string => wallTime(at, zone).slice(0, 10);

/** Minutes a reader needs: 400 Han characters or 220 words a minute, at least one. */
export function readingMinutes(counts: { han: number; latin_words: number }): number {
  return Math.max(1, Math.round(counts.han / 400 + counts.latin_words / 220));
}

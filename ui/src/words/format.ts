// Numbers and times as the window's language writes them. `now` is passed in, so that tests decide it.
//
// What is on record about an article (publications, sign-offs, versions, embargo) goes by the clocks of its site, like
// its page; what this computer did goes by this computer's.
import { currentLanguage, t } from './index.svelte';
import { known, wallTime } from './zone';

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

const dates = (options: Intl.DateTimeFormatOptions) =>
  kept((locale) => new Intl.DateTimeFormat(locale, options));

const counts = kept((locale) => new Intl.NumberFormat(locale));
const clock = dates({ hour: 'numeric', minute: 'numeric', second: 'numeric', hour12: false });
const time = dates({ hour: '2-digit', minute: '2-digit', hour12: false });
const day = dates({ month: 'short', day: 'numeric' });
const dayOfYear = dates({ year: 'numeric', month: 'short', day: 'numeric' });
const moment = dates({
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
  return startOfDay(at) === startOfDay(now) ? formatClock(at) : formatDay(at, now);
}

/** 今天 14:02, 昨天 18:40, 11月20日 or 2025年11月20日. */
export function formatDay(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return t('time.today', { time: time().format(at) });
  if (days === 1) return t('time.yesterday', { time: time().format(at) });
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (thisYear ? day() : dayOfYear()).format(at);
}

/** The date and time to the minute; in a zone whose clocks differ from the computer's, with its name. */
export function formatMoment(at: number, zone?: string): string {
  const differs = zone !== undefined && wallTime(at, zone) !== wallTime(at, undefined);
  if (!differs) return moment().format(at);
  return new Date(at).toLocaleString(locale(), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone: known(zone),
    timeZoneName: 'short',
  });
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Minutes a reader needs: 400 Han characters or 220 words a minute, at least one. */
export function readingMinutes(counts: { han: number; latin_words: number }): number {
  return Math.max(1, Math.round(counts.han / 400 + counts.latin_words / 220));
}

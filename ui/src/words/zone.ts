// Times as the clocks of a zone show them, for fields and lists that speak of the published page.
//
// A name that is no zone counts as the computer's own.

/** `2026-11-24T14:02`, as the field `datetime-local` writes it. */
export function wallTime(at: number, zone: string | undefined): string {
  const parts = new Map(
    formatter(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** The instant at which the zone's clocks show this; of an hour that comes twice the first, of one that is left out the next. */
export function instantOf(wall: string, zone: string | undefined): number | undefined {
  const wanted = Date.parse(`${wall}Z`);
  if (Number.isNaN(wanted)) return undefined;
  const offset = (at: number) => Date.parse(`${wallTime(at, zone)}Z`) - at;
  const day = 86_400_000;
  const tries = [wanted - offset(wanted - day), wanted - offset(wanted + day)].map(
    (at) => Math.floor(at / 60_000) * 60_000,
  );
  return tries.sort((a, b) => a - b).find((at) => wallTime(at, zone) === wall.slice(0, 16)) ?? tries[1];
}

/** What a zone is called: `中国标准时间`, `China Standard Time`. */
export function zoneName(zone: string | undefined, locale: string, at: number): string {
  const parts = new Intl.DateTimeFormat(locale, {
    timeZone: known(zone),
    timeZoneName: 'long',
  }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone ?? '';
}

/** What is said beside a time by the zone's clocks where the computer's show another: `GMT+8`; else nothing. */
export function zoneMark(at: number, zone: string | undefined, locale: string): string {
  if (zone === undefined || wallTime(at, zone) === wallTime(at, undefined)) return '';
  const parts = inZone('short', locale, zone, { timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** The name where it is one of a zone: what formatters take. */
export function known(zone: string | undefined): string | undefined {
  try {
    return zone && new Intl.DateTimeFormat('en', { timeZone: zone }) ? zone : undefined;
  } catch {
    return undefined;
  }
}

const made = new Map<string, Intl.DateTimeFormat>();

/** Made once per use, locale and zone: to make one costs more than to draw the row that it is for. */
export function inZone(
  use: string,
  locale: string,
  zone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${use} ${locale} ${zone ?? ''}`;
  let one = made.get(key);
  if (!one) made.set(key, (one = new Intl.DateTimeFormat(locale, { ...options, timeZone: known(zone) })));
  return one;
}

const formatter = (zone: string | undefined) =>
  inZone('wall', 'en-GB', zone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });

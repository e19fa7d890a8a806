import { expect, test } from 'vitest';
import { formatDay, formatMoment } from './format';
import { setLanguage } from './index.svelte';
import { instantOf, wallTime, zoneName } from './zone';

const utc = (text: string) => Date.parse(`${text}Z`);

test('a time is read and written by the clocks of its zone', () => {
  const check = (at: string, zone: string, wall: string) => {
    expect(wallTime(utc(at), zone)).toBe(wall);
    expect(instantOf(wall, zone)).toBe(utc(at));
  };
  check('2026-11-24T06:02', 'Asia/Shanghai', '2026-11-24T14:02');
  check('2026-11-23T16:00', 'Asia/Shanghai', '2026-11-24T00:00');
  check('2026-07-01T11:30', 'Europe/London', '2026-07-01T12:30');
  check('2026-01-01T04:59', 'America/New_York', '2025-12-31T23:59');
  check('2026-06-01T00:00', 'Asia/Kathmandu', '2026-06-01T05:45');
  check('2026-06-01T00:00', 'UTC', '2026-06-01T00:00');
});

test('an hour that comes twice is the first, one that is left out the next', () => {
  expect(instantOf('2026-10-25T01:30', 'Europe/London')).toBe(utc('2026-10-25T00:30'));
  expect(instantOf('2026-03-29T01:30', 'Europe/London')).toBe(utc('2026-03-29T01:30'));
  expect(instantOf('', 'UTC')).toBeUndefined();
});

test('what is no zone counts as the computer’s own', () => {
  const at = utc('2026-11-24T06:02');
  expect(instantOf(wallTime(at, '北京'), '北京')).toBe(at);
});

test('times of the page are told in the zone of the page', () => {
  setLanguage('zh-Hans');
  expect(formatMoment(utc('2026-11-24T06:02'), 'Asia/Shanghai')).toContain('14:02');
  expect(formatMoment(utc('2026-11-24T06:02'), 'Pacific/Auckland')).toMatch(/19:02 GMT\+13$/);
  expect(zoneName('Asia/Shanghai', 'zh-Hans-CN', 0)).toBe('中国标准时间');
});

test('lists tell days and times by the clocks of the site, and name its zone where it differs', () => {
  setLanguage('zh-Hans');
  const [now, line] = [utc('2026-11-24T18:00'), 'Pacific/Kiritimati'];
  const told = (at: string, zone?: string) => formatDay(utc(at), now, zone);
  expect(told('2026-11-24T10:30', line)).toBe('今天 00:30 GMT+14');
  expect(told('2026-11-24T09:30', line)).toBe('昨天 23:30 GMT+14');
  // The day is another one by the computer's clocks, wherever it stands.
  expect(told('2026-11-20T10:30', line)).toMatch(/^11月21日/);
  expect(told('2025-12-31T10:30', line)).toMatch(/^1月1日/);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(told('2026-11-24T17:30', here)).toBe(told('2026-11-24T17:30'));
});

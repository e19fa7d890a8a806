import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FieldsRequest } from '../host/generated';
import { FieldWriter } from './field-writer';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function desk() {
  const log: string[] = [];
  const faults: string[] = [];
  const meanwhile: (() => void)[] = [];
  const answer = (kind: string) => async (request: FieldsRequest) => {
    const fault = faults.shift();
    if (fault) throw { code: fault, values: {}, retry: fault === 'disk_full' };
    meanwhile.shift()?.();
    log.push(`${kind} ${JSON.stringify(request.fields)}`);
    return { saved_at: log.length };
  };
  const writer = new FieldWriter(
    'x',
    { draftFields: answer('draft'), setFields: answer('set') },
    {
      unsaved: () => log.push('unsaved'),
      saved: (at) => log.push(`saved ${at > 0}`),
      failed: () => log.push('failed'),
      applied: () => log.push('applied'),
    },
  );
  return { log, faults, meanwhile, writer, wrote: () => log.filter((line) => /^(draft|set) /.test(line)) };
}

test('typing becomes one draft within 150 ms and is set after an idle second', async () => {
  const { writer, wrote } = desk();
  writer.type('headline', '湖');
  writer.type('headline', '湖心');
  await vi.advanceTimersByTimeAsync(150);
  expect(wrote()).toEqual(['draft {"headline":"湖心"}']);
  writer.type('headline', '湖心岛');
  await vi.advanceTimersByTimeAsync(1100);
  expect(wrote().slice(1)).toEqual(['draft {"headline":"湖心岛"}', 'set {"headline":"湖心岛"}']);
  expect(writer.isDirty('headline')).toBe(false);
});

test('leaving a field sets it at once, and nothing is sent twice', async () => {
  const { writer, wrote } = desk();
  writer.type('kicker', '城市更新');
  expect(await writer.flush()).toBe(true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(wrote()).toEqual(['set {"kicker":"城市更新"}']);
});

test('saved is told only when nothing typed later waits', async () => {
  const { writer, log, meanwhile } = desk();
  meanwhile.push(() => writer.type('summary', 'ab'));
  writer.type('summary', 'a');
  expect(await writer.flush()).toBe(false);
  expect(log.filter((line) => line.startsWith('saved'))).toEqual([]);
  await vi.advanceTimersByTimeAsync(150);
  expect(log.at(-2)).toBe('saved true');
});

test('a full disk is tried again and keeps the newest text', async () => {
  const { writer, wrote, faults, log } = desk();
  faults.push('disk_full');
  writer.type('headline', 'one');
  expect(await writer.flush()).toBe(false);
  expect(writer.isDirty('headline')).toBe(true);
  expect(log).toContain('failed');
  await vi.advanceTimersByTimeAsync(1100);
  expect(wrote()).toEqual(['set {"headline":"one"}']);
});

test('a text that is too long is told once and not sent again by itself', async () => {
  const { writer, faults, log } = desk();
  faults.push('too_long', 'too_long');
  writer.type('headline', 'x'.repeat(30));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(log.filter((line) => line === 'failed')).toHaveLength(2);
});

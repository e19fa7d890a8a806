import { expect, test } from 'vitest';
import { langOf } from './script';

test('only a text with Han characters is marked as Chinese', () => {
  for (const text of ['湖心岛', 'Lake 湖 path', '㐂', '𠮷野家']) expect(langOf(text)).toBe('zh-Hans');
  for (const text of ['', 'Lake path', '“quoted”', '12，。']) expect(langOf(text)).toBeUndefined();
});

import { describe, expect, it } from 'vitest';
import { choicesFirst } from './saving';

describe('the order of saving', () => {
  const place = (used: boolean) => ({
    site_store: { used, endpoint: '', region: '', bucket: '', prefix: '', key_id: '', secret_in: '' },
  });

  it('lets a site go back to a folder before its address is cleared, and has its address before it leaves', () => {
    expect(choicesFirst(place(true), place(false))).toBe(true);
    expect(choicesFirst(place(false), place(true))).toBe(false);
    expect(choicesFirst(place(true), place(true))).toBe(false);
    expect(choicesFirst(place(false), place(false))).toBe(false);
  });
});

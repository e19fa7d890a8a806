import { expect, test } from 'vitest';
import { logoAddress, logoOf } from './logo';

test('a file becomes a logo with its bytes in base64, however long it is', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n % 256);
  // The Blob of jsdom takes no bytes of this realm.
  const file = { type: 'image/png', arrayBuffer: () => Promise.resolve(bytes.buffer) } as Blob;
  const logo = await logoOf(file);
  expect(logo).toMatchObject({ mime: 'image/png', width: 0, height: 0 });
  expect(Array.from(atob(logo.bytes), (c) => c.charCodeAt(0))).toEqual([...bytes]);
  expect(logoAddress({ ...logo, bytes: 'AP8+' })).toBe('data:image/png;base64,AP8+');
});

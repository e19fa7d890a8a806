import { expect, test } from 'vitest';
import { retryPictures } from './pictures';

test('only what was asked for in vain is asked for again, in frames too', () => {
  const asked: string[] = [];
  const add = (root: Document, name: string, complete: boolean, naturalWidth: number) => {
    const picture = root.createElement('img');
    picture.setAttribute('src', `/thumb/${name}`);
    Object.defineProperties(picture, {
      complete: { value: complete },
      naturalWidth: { value: naturalWidth },
    });
    picture.setAttribute = (attribute, address) => void asked.push(`${attribute} ${address}`);
    root.body.append(picture);
  };
  add(document, 'missing', true, 0);
  add(document, 'shown', true, 640);
  add(document, 'loading', false, 0);
  const frame = document.createElement('iframe');
  document.body.append(frame);
  if (frame.contentDocument) add(frame.contentDocument, 'framed', true, 0);
  retryPictures();
  expect(asked).toEqual(['src /thumb/missing', 'src /thumb/framed']);
});

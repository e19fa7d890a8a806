// The publisher's logo between a file, the settings and the screen. What it is and how large, the core finds out
// when the settings are saved. Not here: the words around it.
import type { SiteLogo } from '../host/generated';

/** A file as the settings take it. */
export async function logoOf(file: Blob): Promise<SiteLogo> {
  return { mime: file.type, width: 0, height: 0, bytes: base64(new Uint8Array(await file.arrayBuffer())) };
}

/** What an `img` shows. */
export const logoAddress = ({ mime, bytes }: SiteLogo): string => `data:${mime};base64,${bytes}`;

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

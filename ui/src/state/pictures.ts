// Pictures that could not be shown, as those of colleagues while there was no network: asked for once more.
//
// The core fetches a picture when something asks for it. Not here: which pictures there are.

/** Asks again for each picture of a document and its frames that was asked for in vain. */
export function retryPictures(root: Document = document): void {
  for (const picture of root.images) {
    const address = picture.getAttribute('src');
    if (address && picture.complete && picture.naturalWidth === 0) picture.setAttribute('src', address);
  }
  for (const frame of root.querySelectorAll('iframe')) {
    if (frame.contentDocument) retryPictures(frame.contentDocument);
  }
}

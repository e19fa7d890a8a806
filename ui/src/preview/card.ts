// What others show of a page when its address is shared: read from the page itself, as they read it.
//
// WeChat takes the title and the first large picture; Open Graph and Twitter have names of their own, and the second
// falls back on the first. Not here: how a card looks.

export interface ShareCard {
  title: string;
  description: string;
  site: string;
  /** `news.example`, empty while the site has no address. */
  host: string;
  /** Path of the picture on the site, such as `/media/….jpg`; empty without one. */
  image: string;
  imageAlt: string;
  /** A large picture above the words, as the page asks for it. */
  isLarge: boolean;
}

/** The card of a page. */
export function shareCard(page: string): ShareCard {
  const doc = new DOMParser().parseFromString(page, 'text/html');
  const meta = (name: string) =>
    doc.querySelector(`meta[property="${name}"], meta[name="${name}"]`)?.getAttribute('content')?.trim() ??
    '';
  const first = (...names: string[]) => names.map(meta).find(Boolean) ?? '';
  const address = meta('og:url') || (doc.querySelector('link[rel="canonical"]')?.getAttribute('href') ?? '');
  return {
    title: first('og:title', 'twitter:title') || doc.title.trim(),
    description: first('og:description', 'twitter:description', 'description'),
    site: meta('og:site_name'),
    host: part(address, (url) => url.host),
    image: part(first('og:image', 'twitter:image'), (url) => url.pathname),
    imageAlt: first('og:image:alt', 'twitter:image:alt'),
    isLarge: meta('twitter:card') === 'summary_large_image',
  };
}

function part(address: string, take: (url: URL) => string): string {
  if (!address) return '';
  try {
    return take(new URL(address, 'galley://localhost'));
  } catch {
    return '';
  }
}

// A page drawn well enough to judge the frame around it; the real one is the renderer's.
import { composedByline, contributors, findSection, photos } from '../../src/article/facts';
import type { Preview, Problem, SiteSettings } from '../../src/host/generated';

export interface FakePage {
  body: string;
  meta: { [key in string]: string };
  settings: SiteSettings;
}

const escape = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const inline = (text: string) => escape(text).replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>');
let version = 0;

export function preview(article: FakePage): Preview {
  const pictures = photos(article.meta);
  const figure = (id: string | undefined, name: string) => {
    const photo = pictures.find((one) => one.id === id);
    if (!photo) return '';
    const caption = `${escape(photo.caption)}<span class="credit">（${escape(photo.credit)} 摄）</span>`;
    return `<figure class="${name}"><img src="/resource/media/${photo.sha256}" width="1200" height="800" alt=""><figcaption>${caption}</figcaption></figure>`;
  };
  const blocks: { html: string; start: number }[] = [];
  for (const hit of article.body.matchAll(/[^\n]+(\n[^\n]+)*/g)) {
    const text = hit[0];
    const photo = /^!\[.*\]\(photo:(.+)\)$/.exec(text)?.[1];
    const html = photo
      ? figure(photo, 'photo')
      : text.startsWith('## ')
        ? `<h2>${inline(text.slice(3))}</h2>`
        : text.startsWith('> ')
          ? `<blockquote><p>${inline(text.slice(2))}</p></blockquote>`
          : `<p>${inline(text)}</p>`;
    blocks.push({ html, start: hit.index });
  }
  const meta = article.meta;
  const section = findSection(article.settings.sections, meta['section'] ?? '');
  const head =
    `<article class="article"><nav class="breadcrumb">您当前的位置：首页 › ${section?.path.join(' › ') ?? ''} › 正文</nav>` +
    `<header><hgroup>${meta['kicker'] ? `<p class="kicker">${escape(meta['kicker'])}</p>` : ''}<h1>${escape(meta['headline'] ?? '')}</h1></hgroup>` +
    `<ul class="meta"><li>来源：${escape(meta['source'] ?? '')}</li><li>作者：${escape(composedByline(contributors(meta)))}</li><li>2026-11-23</li></ul></header>` +
    `${figure(meta['lead_photo'], 'lead')}<div class="article-body">`;
  const problems: Problem[] = [];
  const problem = (code: string, field: string, hard = false) =>
    problems.push({ code, field, hard, values: {} });
  if (!meta['headline']) problem('headline_missing', 'headline', true);
  if (!meta['section']) problem('section_missing', 'section');
  problem('responsible_editor_missing', 'responsible_editor');
  const han = [...article.body].filter((c) => /\p{sc=Han}/u.test(c)).length;
  const words = han + [...article.body.matchAll(/[A-Za-z0-9]+/g)].length;
  return {
    version: ++version,
    page:
      `<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${escape(meta['headline'] ?? '')}</title><meta property="og:title" content="${escape(meta['headline'] ?? '')}">` +
      `<meta property="og:description" content="${escape(meta['summary'] ?? '')}"><meta property="og:site_name" content="${escape(article.settings.name)}">` +
      (pictures[0]
        ? `<meta property="og:image" content="http://127.0.0.1:4080/media/${pictures[0].sha256}.jpg"><meta name="twitter:card" content="summary_large_image">`
        : '') +
      `<link rel="stylesheet" href="/resource/assets/page.css"></head><body><main>` +
      `${head}${blocks.map((block) => block.html).join('')}</div><p class="credits">责编：—</p></article></main></body></html>`,
    head: null,
    foot: null,
    patch: null,
    block_starts: blocks.map((block) => block.start),
    page_hash: 'f'.repeat(64),
    counts: {
      words,
      characters: article.body.length,
      characters_without_spaces: article.body.replace(/\s/g, '').length,
      han,
      latin_words: words - han,
      paragraphs: blocks.length,
    },
    problems,
  };
}

import { expect, test } from 'vitest';
import { shareCard } from './card';

const PAGE = `<!doctype html><html><head><title>步道开放 - 晚报</title>
<meta name="description" content="三公里。"><link rel="canonical" href="https://news.example/articles/a.html">
<meta property="og:title" content="步道今日开放"><meta property="og:site_name" content="晚报">
<meta property="og:image" content="https://news.example/media/ab-1280.jpg">
<meta name="twitter:card" content="summary_large_image"></head></html>`;

test('a card says what the page says', () => {
  expect(shareCard(PAGE)).toEqual({
    title: '步道今日开放',
    description: '三公里。',
    site: '晚报',
    host: 'news.example',
    image: '/media/ab-1280.jpg',
    imageAlt: '',
    isLarge: true,
  });
});

test('a page that says little has a card that says little', () => {
  expect(shareCard('<title>x</title><meta property="og:image" content="http://[">')).toEqual({
    title: 'x',
    description: '',
    site: '',
    host: '',
    image: '',
    imageAlt: '',
    isLarge: false,
  });
});

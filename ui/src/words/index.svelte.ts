// Every word of the window, in the window's language.
//
// A key is one whole sentence or label; `{name}` in it is replaced by a value. Not here: the words of the
// published page, which belong to the page's renderer.
import en from './en.json';
import zhHans from './zh-Hans.json';

export type Language = 'zh-Hans' | 'en';
export type WordKey = keyof typeof en;
export type WordValues = Record<string, string | number>;

const files: Record<Language, Record<string, string>> = { 'zh-Hans': zhHans, en };

let language = $state<Language>('zh-Hans');

export const currentLanguage = (): Language => language;

export function setLanguage(next: Language): void {
  language = next;
  document.documentElement.lang = next;
}

/** The words of a key in the window's language. */
export function t(key: WordKey, values?: WordValues): string {
  return fill(files[language][key] ?? key, values);
}

/** The same for a key that is put together at run time, or nothing when no such words exist. */
export function maybe(key: string, values?: WordValues): string | undefined {
  const words = files[language][key];
  return words === undefined ? undefined : fill(words, values);
}

function fill(words: string, values: WordValues = {}): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

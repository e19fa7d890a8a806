// What the settings say of the site's theme. Options are kept as texts, and only where they differ from what the
// theme says by itself, so that a theme that changes its mind is followed.
import type { SiteSettings, ThemeInfo, ThemeOptionInfo } from '../host/generated';

type Words = { [language in string]?: string };

/** The words in a language, or in the other one. */
export function wordOf(words: Words, language: string): string {
  return words[language] ?? words['zh-Hans'] ?? words['en'] ?? Object.values(words)[0] ?? '';
}

/** What a theme is called. */
export function describeTheme(theme: ThemeInfo, language: string): { title: string; version: string } {
  const version = theme.version ? ` · ${theme.version}` : '';
  return { title: wordOf(theme.title, language) || theme.name, version };
}

/** Sets the site in a theme; what was set and the theme does not know is forgotten. */
export function takeTheme(settings: SiteSettings, theme: ThemeInfo): void {
  const known = new Set(theme.options.map((option) => option.id));
  settings.theme = theme.name;
  settings.theme_options = Object.fromEntries(
    Object.entries(settings.theme_options).filter(([id]) => known.has(id)),
  );
}

export function optionValue(settings: SiteSettings, option: ThemeOptionInfo): string {
  return settings.theme_options[option.id] ?? option.default;
}

export function setOption(settings: SiteSettings, option: ThemeOptionInfo, value: string): void {
  if (value === option.default) delete settings.theme_options[option.id];
  else settings.theme_options[option.id] = value;
}

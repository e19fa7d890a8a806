// What the settings of a site may say, as the core checks them, so that a mistake is told before anything is saved.
//
// The core has the last word (`check_settings` of the newsroom). Not here: the sentences, and where a field stands
// in the window.
import type { Section, SiteSettings } from '../host/generated';
import type { WordKey } from '../words/index.svelte';

const MOST_OF_A_SLUG = 80;
/** Characters of base64 that are no logo any more; the core, which takes metadata out first, is stricter. */
const MOST_OF_A_LOGO = 1_000_000;

/** The icons for lines of the footer that Galley draws (`FOOTER_ICONS` of `galley-model`). */
export const FOOTER_ICONS = [
  'public_security',
  'licence',
  'report',
  'telephone',
  'address',
  'mail',
  'holder',
] as const;

/** The first setting that cannot be, by the core's name for it (`name`, `sections.2.slug`), or nothing. */
export function invalidSetting(settings: SiteSettings): string | undefined {
  if (!settings.name.trim()) return 'name';
  if (settings.base_url && !/^https?:\/\/[^\s?#"<>]*[^\s?#"<>/]$/.test(settings.base_url)) return 'base_url';
  if (!isTimeZone(settings.time_zone)) return 'time_zone';
  if (settings.logo && settings.logo.bytes.length > MOST_OF_A_LOGO) return 'logo';
  if (settings.rights_page.trim() && !/^https?:\/\/[^\s"<>]+$/.test(settings.rights_page.trim()))
    return 'rights_page';
  const { sections } = settings;
  for (const [n, { path, slug }] of sections.entries()) {
    const before = sections.slice(0, n);
    const isNamed = path.length > 0 && path.every((name) => name.trim() && !name.includes('/'));
    if (!isNamed) return `sections.${n}.path`;
    if (!isSlug(slug) || before.some((other) => other.slug === slug)) return `sections.${n}.slug`;
    if (before.some((other) => other.path.join('/') === path.join('/'))) return `sections.${n}.path`;
  }
  return undefined;
}

/** What the window calls each setting, for a person who is told that somebody else changed it too. */
export const SETTING_WORDS = {
  name: 'settings.site_name',
  base_url: 'settings.base_url',
  language: 'settings.site_language',
  time_zone: 'settings.time_zone',
  sections: 'settings.sections',
  hotline: 'settings.hotline',
  meta_line: 'settings.meta_line',
  foot_credits: 'settings.foot_credits',
  foot_credit_style: 'settings.credit_style',
  dateline_template: 'settings.dateline_template',
  footer: 'settings.footer',
  copyright: 'settings.copyright',
  grey: 'settings.grey',
  genres: 'settings.genres',
  contributor_roles: 'settings.roles',
  theme: 'theme.title',
  theme_options: 'theme.options',
  embed_hosts: 'theme.embed_hosts',
  publish_originals: 'theme.publish_originals',
  home_lead: 'settings.home_lead',
  logo: 'settings.logo',
  rights_page: 'settings.rights_page',
  usage_terms: 'settings.usage_terms',
} as const satisfies Record<keyof SiteSettings, WordKey>;

/**
 * What was typed here laid over what somebody else saved meanwhile, setting by setting: theirs where nothing was
 * changed here, and `both` names those that both changed, of which what was typed here stands.
 */
export function mergeSettings(
  base: SiteSettings,
  mine: SiteSettings,
  theirs: SiteSettings,
): { settings: SiteSettings; both: (keyof SiteSettings)[] } {
  const both: (keyof SiteSettings)[] = [];
  const settings = { ...theirs };
  const keep = <Key extends keyof SiteSettings>(key: Key) => (settings[key] = mine[key]);
  for (const key of Object.keys(SETTING_WORDS) as (keyof SiteSettings)[]) {
    if (isSame(mine[key], base[key])) continue;
    if (!isSame(theirs[key], base[key]) && !isSame(theirs[key], mine[key])) both.push(key);
    keep(key);
  }
  return { settings, both };
}

/** Whether two settings say the same, in whatever order their parts are named. */
export function isSame(a: unknown, b: unknown): boolean {
  const ordered = (_: string, value: unknown): unknown =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  return JSON.stringify(a, ordered) === JSON.stringify(b, ordered);
}

/** Whether a text can name a folder of this computer: a whole path, or none for the usual place. */
export const isFolder = (path: string): boolean => /^\s*$|^(\/|[a-z]:[\\/]|\\\\)/i.test(path);

export function isSlug(slug: string): boolean {
  // Names that a web server or a file system keeps for itself.
  const reserved = /^(index|con|prn|aux|nul|(com|lpt)[^0])$/;
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) && slug.length <= MOST_OF_A_SLUG && !reserved.test(slug);
}

/** A slug for a section: from the Latin letters and digits of its name, or `section-1`, `section-2`, … */
export function proposeSlug(section: Pick<Section, 'path'>, taken: readonly string[]): string {
  const name = (section.path.at(-1) ?? '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = (name.match(/[a-z0-9]+/g) ?? []).join('-').slice(0, 40).replace(/-+$/, '');
  const isFree = (slug: string) => isSlug(slug) && !taken.includes(slug);
  if (isFree(words)) return words;
  const base = isSlug(words) ? words : 'section';
  for (let n = base === 'section' ? 1 : 2; ; n++) if (isFree(`${base}-${n}`)) return `${base}-${n}`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

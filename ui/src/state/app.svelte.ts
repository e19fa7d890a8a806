// What the whole window knows: how Galley started, the choices of this computer, the site's settings, notices.
import * as host from '../host';
import type { ApiError, Notice, Preferences, SiteSettings, SiteSettingsVersion, StartState } from '../host';
import { setLanguage, type Language } from '../words/index.svelte';
import { told, tried } from './toasts.svelte';

export const app = $state<{
  start: StartState | undefined;
  /** Why Galley could not start. */
  fault: ApiError | undefined;
  preferences: Preferences;
  settings: SiteSettings | undefined;
  settingsVersion: number;
  /** Those of the server's site, which hold for its articles. */
  server: SiteSettingsVersion | undefined;
  notices: Notice[];
  newcomer: boolean;
  /** True once the window has been painted: what can wait for that begins now. */
  painted: boolean;
}>({
  start: undefined,
  fault: undefined,
  preferences: {
    language: 'system',
    theme: 'system',
    author_name: '',
    author_role: '',
    default_source: '',
    site_folder: '',
    site_store: {
      used: false,
      endpoint: '',
      region: '',
      bucket: '',
      prefix: '',
      key_id: '',
      secret_in: '',
    },
    layout: {},
  },
  settings: undefined,
  settingsVersion: 0,
  server: undefined,
  notices: [],
  newcomer: false,
  painted: false,
});

/** Asks the core for everything the window needs to draw itself; the window is drawn once `app.start` is set. */
export async function boot(): Promise<StartState | undefined> {
  app.fault = undefined;
  try {
    const start = await host.start();
    setLanguage(start.language as Language);
    app.preferences = start.preferences;
    app.notices = start.notices;
    app.newcomer = start.newcomer;
    app.server = start.server_settings ?? undefined;
    if (start.settings) takeSettings(start.settings);
    else void told(host.siteSettings(), 'settings').then((settings) => settings && takeSettings(settings));
    applyTheme();
    return start;
  } catch (thrown) {
    setLanguage(navigator.language.startsWith('zh') ? 'zh-Hans' : 'en');
    applyTheme();
    app.fault = host.toApiError(thrown);
    return undefined;
  }
}

/** What is wrong with the theme, by the codes of its notices. */
export const THEME_NOTICES = [
  'template_broken',
  'template_file',
  'template_unreadable',
  'theme_missing',
  'theme_too_many',
];

/** The site can be written again: what was told of its place is over. */
export function forgetPlaceNotices(): void {
  app.notices = app.notices.filter(({ code }) => code !== 'site_folder' && code !== 'site_store');
}

/** Something to tell once. A theme has one fault at a time: what was told of it before is over. */
export function hearNotice(notice: Notice): void {
  const isTheme = notice.code === 'theme_mended' || THEME_NOTICES.includes(notice.code);
  if (isTheme) app.notices = app.notices.filter(({ code }) => !THEME_NOTICES.includes(code));
  if (notice.code !== 'theme_mended') app.notices.push(notice);
}

export function takeSettings({ settings, version }: SiteSettingsVersion): void {
  app.settings = settings;
  app.settingsVersion = version;
}

/** Reads the site's settings again: somebody else changed them. */
export async function loadSettings(): Promise<void> {
  const answer = await told(host.siteSettings(), 'settings');
  if (answer) takeSettings(answer);
}

/** Reads those of the server's site, as it said them last. */
export async function loadServerSettings(): Promise<void> {
  const answer = await host.serverSettings().catch(() => undefined);
  if (answer !== undefined && answer?.version !== app.server?.version) app.server = answer ?? undefined;
}

/** By whose clocks an article's times are told: those of the newsroom's site, or of this computer's. */
export const siteZone = (isNewsrooms: boolean): string | undefined =>
  ((isNewsrooms ? app.server?.settings : undefined) ?? app.settings)?.time_zone;

/** Replaces the choices of this computer; answers why not. `secret` is that of the site's bucket, empty as it is. */
export async function savePreferences(next: Preferences, secret = ''): Promise<ApiError | undefined> {
  const saved = await tried(host.savePreferences($state.snapshot(next), secret));
  if ('fault' in saved) return saved.fault;
  app.preferences = saved.answer;
  setLanguage(languageOf(saved.answer.language));
  applyTheme();
  return undefined;
}

/** Keeps one choice of the window's layout, without waiting. */
export function keepLayout(name: string, value: string): void {
  if (app.preferences.layout[name] === value) return;
  app.preferences.layout[name] = value;
  clearTimeout(layoutTimer);
  layoutTimer = setTimeout(() => void told(host.savePreferences($state.snapshot(app.preferences))), 500);
}

let layoutTimer: ReturnType<typeof setTimeout> | undefined;

function languageOf(choice: string): Language {
  if (choice === 'zh-Hans' || choice === 'en') return choice;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-Hans' : 'en';
}

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

/** Puts the theme on the root, from the choice of this computer or the system's. */
export function applyTheme(): void {
  const choice = app.preferences.theme;
  const dark = choice === 'dark' || (choice !== 'light' && prefersDark.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

prefersDark.addEventListener('change', applyTheme);

import { expect, test } from 'vitest';
import type { SiteSettings, ThemeInfo, ThemeOptionInfo } from '../host/generated';
import { optionValue, setOption, takeTheme, wordOf } from './theme';

const option = (id: string, value: string): ThemeOptionInfo => ({
  id,
  kind: 'text',
  default: value,
  choices: [],
  min: null,
  max: null,
  label: {},
});
const theme = (name: string, ids: string[]): ThemeInfo => ({
  name,
  title: {},
  version: '',
  is_own: false,
  options: ids.map((id) => option(id, 'x')),
});
const site = (options: { [id in string]: string }) =>
  ({ theme: 'county', theme_options: options }) as unknown as SiteSettings;

test('another theme keeps of the options those that it knows', () => {
  const settings = site({ accent: '#0a5c8a', motto: '说真话' });
  takeTheme(settings, theme('daily', ['accent']));
  expect([settings.theme, settings.theme_options]).toEqual(['daily', { accent: '#0a5c8a' }]);
});

test('what is set as it would be anyway is not kept', () => {
  const settings = site({});
  const motto = option('motto', '');
  setOption(settings, motto, '说真话');
  expect(optionValue(settings, motto)).toBe('说真话');
  setOption(settings, motto, '');
  expect(settings.theme_options).toEqual({});
  expect(optionValue(settings, motto)).toBe('');
});

test('words that a language lacks are another language’s', () => {
  expect(wordOf({ en: 'Accent' }, 'zh-Hans')).toBe('Accent');
  expect(wordOf({ 'zh-Hans': '主色', en: 'Accent' }, 'zh-Hans')).toBe('主色');
  expect(wordOf({}, 'en')).toBe('');
});

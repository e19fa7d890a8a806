// What a comparison shows of facts: those that say something to a reader, in words.
import type { FieldDiff, SiteSettings } from '../host/generated';
import { formatMoment } from '../words/format';
import { maybe, t } from '../words/index.svelte';
import { findSection, photos, sectionLabel, type Facts } from './facts';
import { fieldLabel } from './problems';

export interface ShownDifference {
  label: string;
  before: string;
  after: string;
}

/** Facts about bytes and places in lists, which no one typed. */
const SILENT = /^(photo|contributor)\/[^/]+\/(sha|mime|width|height|focal|order)$/;

export function shownDifferences(
  fields: FieldDiff[],
  facts: Facts,
  settings: SiteSettings | undefined,
): ShownDifference[] {
  return fields.filter(({ key }) => !SILENT.test(key)).map((field) => shown(field, facts, settings));
}

function shown(
  { key, before, after }: FieldDiff,
  facts: Facts,
  settings: SiteSettings | undefined,
): ShownDifference {
  const [start = '', id = '', what = ''] = key.split('/');
  const word = (value: string) => {
    if (what === 'removed')
      return value ? '' : (facts[`${start}/${id}/${start === 'photo' ? 'caption' : 'name'}`] ?? '');
    if (start === 'keyword') return value ? key.slice('keyword/'.length) : '';
    if (key === 'lead_photo')
      return photos(facts).find((photo) => photo.id === value)?.caption || (value && t('photo.title'));
    if (key === 'section') return sectionName(value, settings);
    if (key === 'embargo') return value && formatMoment(Number(value), settings?.time_zone);
    if (key === 'language') return maybe(`language.${value}`) ?? value;
    return maybe(`${what || key}.${value}`) ?? value;
  };
  return {
    label: key === 'lead_photo' ? t('photo.lead') : fieldLabel(key),
    before: word(before),
    after: word(after),
  };
}

function sectionName(value: string, settings: SiteSettings | undefined): string {
  const section = findSection(settings?.sections ?? [], value);
  return section ? sectionLabel(section) : value;
}

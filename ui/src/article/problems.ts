// The sentence of a problem, and the words for the fact it points at.
import type { Problem } from '../host/generated';
import { formatMoment } from '../words/format';
import { maybe, t } from '../words/index.svelte';

/** What a fact is called: `contributor/<id>/name` is a contributor, `photo/<id>/alt` a photo. */
export function fieldLabel(key: string): string {
  const [start = '', , what] = key.split('/');
  if (start === 'photo') return maybe(`photo.${what}`) ?? t('field.photos');
  if (start === 'contributor') return t('field.contributors');
  if (start === 'keyword') return t('field.keywords');
  return maybe(`field.${start}`) ?? start;
}

/** `zone` is the site's, whose clocks the page goes by. */
export function problemSentence(problem: Problem, zone?: string): string {
  const values: Record<string, string> = { ...problem.values, field: fieldLabel(problem.field) };
  if (values['until']) values['until'] = formatMoment(Number(values['until']), zone);
  if (values['origin']) values['origin'] = maybe(`digital_source.${values['origin']}`) ?? values['origin'];
  return maybe(`problem.${problem.code}`, values) ?? t('problem.unknown', values);
}

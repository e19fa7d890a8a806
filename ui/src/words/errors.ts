// The sentence for an error of the core: what happened and what to do.
//
// Where one code has several causes, the values say which. Not here: where a sentence is shown.
import { fieldLabel } from '../article/problems';
import type { ApiError, ErrorCode } from '../host/generated';
import { formatCount, formatMoment } from './format';
import { maybe, t, type WordValues } from './index.svelte';

type Values = ApiError['values'];

/** The sentence for an error; `zone` is the site's, whose clocks the page goes by. */
export function describeError({ code, values }: ApiError, zone?: string): string {
  const [key, filled] = causes[code]?.(values, zone) ?? [`error.${code}`, values];
  return maybe(key, filled) ?? t('error.unknown', { code });
}

/** Codes with several causes: which sentence, and what to fill it with. */
const causes: Partial<Record<ErrorCode, (values: Values, zone?: string) => [string, WordValues]>> = {
  disk_full: (values) => [values['folder'] ? 'error.disk_full_site' : 'error.disk_full', values],
  invalid_setting(values) {
    const [key, filled] = invalidSetting(values['field'] ?? '');
    return [key, { ...values, ...filled }];
  },
  not_ready: notReady,
  photo_too_large(values) {
    const pixels = Number(values['megapixels']) > Number(values['max_megapixels']);
    return [pixels ? 'error.photo_too_large' : 'error.photo_too_heavy', values];
  },
  settings_moved: (values) => [
    values['name'] ? 'error.settings_moved' : 'error.settings_moved_somebody',
    values,
  ],
  site_folder(values) {
    if (!values['folder']) return ['error.site_not_written', values];
    const known = maybe(`error.site_folder_${values['reason']}`) !== undefined;
    return [known ? `error.site_folder_${values['reason']}` : 'error.site_folder', values];
  },
  site_store(values) {
    const key = `error.site_store_${values['reason']}`;
    return [maybe(key) === undefined ? 'error.site_store' : key, values];
  },
  template(values) {
    if (!values['file']) return ['error.template_detail', values];
    return [Number(values['line']) > 0 ? 'error.template' : 'error.template_file', values];
  },
  too_long: tooLong,
};

/** A setting that was refused, by its key: `name`, `sections.2.slug`. */
function invalidSetting(field: string): [string, WordValues] {
  const [, at, part] = /^sections\.(\d+)\.(path|slug)$/.exec(field) ?? [];
  const key = `error.invalid_setting_${part ?? field}`;
  const known = maybe(key) !== undefined;
  return [known ? key : 'error.invalid_setting', { field, n: Number(at ?? 0) + 1 }];
}

/** Why not: one reason with a sentence of its own, or what the checks have against it. */
function notReady(values: Values, zone?: string): [string, WordValues] {
  const reasons = (values['reason'] ?? '').split(' ').filter(Boolean);
  const own = reasons.map((reason) => `error.not_ready_${reason}`).find((key) => maybe(key) !== undefined);
  if (own) return [own, values];
  const filled: WordValues = { ...values };
  if (values['until']) filled['until'] = formatMoment(Number(values['until']), zone);
  const problems = reasons
    .map((reason) => maybe(`problem.${reason}`, filled))
    .filter((problem) => problem !== undefined && !problem.includes('{'));
  if (problems.length === 0) return ['error.not_ready', values];
  return ['error.not_ready_because', { problems: problems.join(t('error.and')) }];
}

function tooLong(values: Values): [string, WordValues] {
  const count = (name: string) => formatCount(Number(values[name] ?? 0));
  const filled = { max: count('max'), length: count('length'), field: fieldLabel(values['field'] ?? '') };
  if (values['field'] !== 'body') return ['error.too_long', filled];
  return [values['from'] === 'clipboard' ? 'error.too_long_paste' : 'error.too_long_body', filled];
}

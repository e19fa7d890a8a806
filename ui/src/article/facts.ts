// Reads an article's flat map of facts as the window shows it, and says which keys a change of the form sets.
//
// The map's shape is the model's (`contributor/<id>/name`, `photo/<id>/caption`, `keyword/<text>`); this reads it
// the same way, only keeping entries that say nothing yet, since a form has to show them.
import type { Section } from '../host/generated';
import { orderBetween } from './order';

export type Facts = { [key in string]: string };

export interface Contributor {
  id: string;
  name: string;
  role: string;
  unit: string;
  order: string;
}

export interface Photo {
  id: string;
  sha256: string;
  caption: string;
  credit: string;
  creditKind: string;
  alt: string;
  digitalSource: string;
  width: number;
  height: number;
  order: string;
}

export const CREDIT_KINDS = ['photo', 'courtesy', 'file', 'ai'] as const;
export const SOURCE_CATEGORIES = ['staff', 'contributor', 'wire', 'handout', 'reprint'] as const;
export const DIGITAL_SOURCES = ['human', 'ai_assisted', 'ai_generated'] as const;

type Entry = { id: string; facts: Facts };

/** Groups `prefix/<id>/<what>` by id, without the removed, in their order. */
function entries(facts: Facts, prefix: string): Entry[] {
  const byId = new Map<string, Facts>();
  for (const [key, value] of Object.entries(facts)) {
    const [start, id, ...rest] = key.split('/');
    if (start !== prefix || !id || rest.length === 0) continue;
    const entry = byId.get(id) ?? {};
    entry[rest.join('/')] = value;
    byId.set(id, entry);
  }
  return [...byId]
    .map(([id, entry]) => ({ id, facts: entry }))
    .filter((entry) => !entry.facts['removed'])
    .sort((a, b) => compare(a.facts['order'] ?? '', b.facts['order'] ?? '') || compare(a.id, b.id));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function contributors(facts: Facts): Contributor[] {
  return entries(facts, 'contributor').map(({ id, facts: entry }) => ({
    id,
    name: entry['name'] ?? '',
    role: entry['role'] ?? '',
    unit: entry['unit'] ?? '',
    order: entry['order'] ?? '',
  }));
}

export function photos(facts: Facts): Photo[] {
  return entries(facts, 'photo')
    .filter(({ facts: entry }) => entry['sha'])
    .map(({ id, facts: entry }) => ({
      id,
      sha256: entry['sha'] ?? '',
      caption: entry['caption'] ?? '',
      credit: entry['credit'] ?? '',
      creditKind: entry['credit_kind'] || 'photo',
      alt: entry['alt'] ?? '',
      digitalSource: entry['digital_source'] || 'human',
      width: Number(entry['width'] ?? 0),
      height: Number(entry['height'] ?? 0),
      order: entry['order'] ?? '',
    }));
}

export function keywords(facts: Facts): string[] {
  return Object.entries(facts)
    .filter(([key, order]) => key.startsWith('keyword/') && order)
    .sort(([a, x], [b, y]) => compare(x, y) || compare(a, b))
    .map(([key]) => key.slice('keyword/'.length))
    .filter((word) => word.trim());
}

export function newContributor(facts: Facts, id: string, role: string): Facts {
  const last = contributors(facts).at(-1);
  return {
    [`contributor/${id}/name`]: '',
    [`contributor/${id}/role`]: role,
    [`contributor/${id}/order`]: orderBetween(last?.order, undefined),
  };
}

/** Puts an entry of a list one place earlier or later. Empty when it is at the end already. */
export function moveEntry(
  prefix: string,
  list: { id: string; order: string }[],
  id: string,
  by: -1 | 1,
): Facts {
  const at = list.findIndex((entry) => entry.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return {};
  const [before, after] = by < 0 ? [list[to - 1], list[to]] : [list[to], list[to + 1]];
  return { [`${prefix}/${id}/order`]: orderBetween(before?.order, after?.order) };
}

export function addKeyword(facts: Facts, word: string): Facts {
  const text = word.trim();
  if (!text || facts[`keyword/${text}`]) return {};
  const last = keywords(facts).at(-1);
  return { [`keyword/${text}`]: orderBetween(last && facts[`keyword/${last}`], undefined) };
}

/** 记者 林一舟 周小禾 通讯员 何敏: neighbours of one role share its name. */
export function composedByline(list: Contributor[]): string {
  const named = list.filter((person) => person.name.trim());
  const parts = named.flatMap((person, i) =>
    person.role && person.role !== named[i - 1]?.role ? [person.role, person.name] : [person.name],
  );
  return parts.join(' ');
}

/** What the field `section` holds for a section. */
export const sectionValue = (section: Section): string => section.slug || section.path.join('/');
export const sectionLabel = (section: Section): string => section.path.join(' › ');

/** The section a field's value names, by slug or by path. */
export function findSection(sections: Section[], value: string): Section | undefined {
  return sections.find((section) => section.slug === value || section.path.join('/') === value);
}

// What the newsroom's stages, steps, refusals and rows of the outbox are called.
import type { ArticleRow, NewsroomWord, OutboxRow, PublicationState } from '../host/generated';
import { maybe, t } from '../words/index.svelte';
import { chipOf, type Chip } from './states';

/** The number of a review stage, 0 for none. */
export const reviewOf = (stage: string): number => Number(/^review\[(\d+)\]$/.exec(stage)?.[1] ?? 0);

/** 一审, or 审核 where there is but one. */
export function stageName(stage: string, reviews: number): string {
  const review = reviewOf(stage);
  if (!review) return maybe(`stage.${stage}`) ?? stage;
  return reviews === 3 ? (maybe(`stage.review_${review}`) ?? stage) : t('stage.review');
}

const TONES: Record<string, Chip['tone']> = { returned: 'danger', spiked: 'danger', approved: 'ok' };

/** How an article stands: the word of its chip, and what is said beside it. */
export interface Standing {
  text: string;
  note: string;
  /** What is said where there is no room for the note, and the sign before it. */
  short?: { text: string; sign?: 'claimed' };
  tone: Chip['tone'];
}

/** How an article of the newsroom is told above its headline. */
export function stageChip(word: NewsroomWord, publication: PublicationState): Standing {
  const people = { note: peopleOf(word), short: shortOf(word) };
  if (publication !== 'none' && (word.stage === 'approved' || publication !== 'live_changed')) {
    const chip = chipOf('published', publication);
    return { text: t(chip.word), ...people, tone: chip.tone };
  }
  return { text: stageName(word.stage, word.reviews), ...people, tone: TONES[word.stage] ?? '' };
}

function peopleOf(word: NewsroomWord): string {
  const people = [
    t('standing.author', { name: word.author }),
    word.is_claimed_here ? t('standing.claimed_here') : '',
    word.claimed_by && !word.is_claimed_here ? t('standing.claimed_by', { name: word.claimed_by }) : '',
  ];
  return people.filter(Boolean).join(' · ');
}

/** Who has claimed it; where nobody has, whose it is. */
function shortOf(word: NewsroomWord): Standing['short'] {
  if (word.is_claimed_here) return { text: t('standing.you'), sign: 'claimed' };
  return word.claimed_by ? { text: word.claimed_by, sign: 'claimed' } : { text: word.author };
}

/** The states of an article in a list, each a quiet word: where it stands, and whether readers have it. */
export function rowChips(row: ArticleRow): { text: string; tone: Chip['tone'] }[] {
  const onSite = () => {
    const chip = chipOf(row.list, row.publication);
    return { text: t(chip.word), tone: chip.tone };
  };
  const said = row.standing;
  if (!said || row.list === 'trash') return [onSite()];
  if (said.access) return [{ text: maybe(`row.${said.access}`) ?? said.access, tone: '' }];
  const isOut = row.publication !== 'none';
  if (row.publication === 'retracted' || (isOut && said.stage === 'approved')) return [onSite()];
  const stage = { text: rowStage(row, said.stage, said.reviews), tone: TONES[said.stage] ?? '' };
  return isOut ? [stage, onSite()] : [stage];
}

function rowStage(row: ArticleRow, stage: string, reviews: number): string {
  const review = reviewOf(stage);
  if (stage === 'submitted' && row.list === 'for_me') return t('row.unclaimed');
  if (!review) return stageName(stage, reviews);
  return (reviews === 3 && maybe(`row.in_review_${review}`)) || t('row.in_review');
}

/** Steps on the way to readers; the others take an article back or aside, and stand in the menu. */
const ONWARD = ['publish', 'submit', 'claim', 'resume', 'adopt', 'advance'];
export const leadsOn = (step: string): boolean => ONWARD.includes(step);

/** What the button of a step says: the primary action names what happens next. */
export function stepLabel(step: string, word: NewsroomWord | undefined): string {
  if (step === 'advance' && word) {
    const next = stageName(`review[${reviewOf(word.stage) + 1}]`, word.reviews);
    return t('step.advance', { next });
  }
  return maybe(`step.${step}`) ?? step;
}

/** Roles by their names; their words are joined with blanks. */
export const roleNames = (words: string): string =>
  words
    .split(' ')
    .filter(Boolean)
    .map((word) => maybe(`role.${word}`) ?? word)
    .join(t('word.and'));

/** Sentences for reasons; codes are joined with blanks. */
export function reasonSentences(codes: string): string[] {
  return codes
    .split(' ')
    .filter(Boolean)
    .map((code) => maybe(`reason.${code}`) ?? t('outbox.other_reason', { code }));
}

/** What a row of the outbox holds. */
export const rowTitle = (row: OutboxRow): string =>
  row.kind === 'intent'
    ? (maybe(`intent.${row.intent}`) ?? t('intent.unknown'))
    : t(row.kind === 'photo' ? 'outbox.photo' : 'outbox.content');

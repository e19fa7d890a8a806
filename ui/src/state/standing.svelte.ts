// How the open article stands with the newsroom, and what the person does about it.
import * as host from '../host';
import type { ArticleStanding, NextStep } from '../host';
import { t } from '../words/index.svelte';
import { openDialog } from './dialogs.svelte';
import { adopt, flush, open } from './open.svelte';
import { proof } from './proof.svelte';
import { refreshOutbox, sync } from './sync.svelte';
import { tell, told, warn } from './toasts.svelte';

let said = $state.raw<{ article: string; standing: ArticleStanding } | undefined>();
let turn = 0;

/** Of the article that is open. */
export const standing = (): ArticleStanding | undefined =>
  said && said.article === open.article?.id ? said.standing : undefined;

export const word = () => standing()?.word ?? undefined;

/** Whether its workflow is the newsroom's. */
export const isNewsrooms = (): boolean => {
  const upload = standing()?.upload;
  return upload !== undefined && upload !== 'private' && upload !== 'deleted';
};

export async function loadStanding(article = open.article?.id): Promise<void> {
  const asked = ++turn;
  if (!article || !sync.account) return void (said = undefined);
  const answer = await host.standing(article).catch(() => undefined);
  if (asked === turn && answer) said = { article, standing: answer };
}

/** What may be done next; the first leads on. */
export function steps(): NextStep[] {
  const now = standing();
  if (!now || open.article?.read_only) return [];
  if (now.word) return now.word.steps;
  // Handed in already, and the newsroom has not heard of it.
  if (now.wishes.some((wish) => wish.intent === 'submit' && wish.state === 'waiting')) return [];
  return now.first_step ? [{ step: now.first_step, waits_for: [] }] : [];
}

/** Steps whose wish waits for an answer. */
export function isAsked(step: string): boolean {
  const kind = VERDICTS.includes(step) ? 'sign_off' : step;
  return standing()?.wishes.some((wish) => wish.intent === kind && wish.state === 'waiting') ?? false;
}

const VERDICTS: readonly string[] = ['advance', 'adopt', 'hold', 'return', 'reject'] satisfies host.Verdict[];
const isVerdict = (step: string): step is host.Verdict => VERDICTS.includes(step);

export const mayTake = (step: string): boolean =>
  steps().some((one) => one.step === step && one.waits_for.length === 0) && !isAsked(step);

/** Takes a step; those that need a word more ask for it first. */
export async function take(step: string): Promise<void> {
  const article = open.article?.id;
  if (!article || !mayTake(step)) return;
  if (step === 'publish') return openDialog({ kind: 'publish' });
  if (isVerdict(step)) return openDialog({ kind: 'judge', verdict: step });
  const { withdraw, claim, release, resume } = host;
  const ask = { submit: handIn, withdraw, claim, release, resume }[step];
  if (!ask) return;
  if (!(await flush())) return warn('standing', t('error.unsaved_switch'));
  await asked(told(ask(article), 'standing'));
}

/** What is handed in goes up with it. */
async function handIn(article: string): Promise<number> {
  if (standing()?.upload === 'private') await host.letDraftsUp([article]);
  return host.submit(article);
}

/** Lets the open draft up without handing it in. */
export async function sendThisUp(): Promise<void> {
  const article = open.article?.id;
  if (article && (await told(host.letDraftsUp([article]), 'standing')) !== undefined)
    tell('standing', t('standing.goes_up'));
  await moved();
}

/** A judgement of the text and the page as they are seen here; of the text `shown` and no other, where it is named. */
export async function judge(verdict: host.Verdict, comment: string, shown?: string): Promise<boolean> {
  const article = open.article?.id;
  if (!article) return false;
  if (!(await flush()) || !(await proof.fresh())) {
    warn('standing', t('error.unsaved_switch'));
    return false;
  }
  const page = proof.pageHash || null;
  return asked(told(host.signOff(article, verdict, comment, page, shown ?? null), 'standing'));
}

export async function chooseText(contest: string, text: string): Promise<boolean> {
  const article = open.article?.id;
  if (!article || !(await flush())) return false;
  return asked(told(host.resolveContest(article, contest, text), 'standing'));
}

export async function decideLate(late: string, takeIt: boolean): Promise<void> {
  const article = open.article?.id;
  if (!article || !(await flush())) return;
  await asked(told((takeIt ? host.acceptLate : host.refuseLate)(article, late), 'standing'));
}

/** Lets a colleague write with the author, or ends that. */
export async function setCoAuthor(person: string, writes: boolean): Promise<boolean> {
  const article = open.article?.id;
  if (!article) return false;
  return asked(told((writes ? host.addCoAuthor : host.removeCoAuthor)(article, person), 'standing'));
}

/** A private draft with the text of the open article. */
export async function copyAsDraft(): Promise<void> {
  const article = open.article?.id;
  if (!article || !(await flush())) return;
  const copy = await told(host.copyAsDraft(article), 'standing');
  if (copy) adopt(copy);
}

async function asked(row: Promise<number | undefined>): Promise<boolean> {
  const done = (await row) !== undefined;
  await moved();
  return done;
}

async function moved(): Promise<void> {
  refreshOutbox();
  await loadStanding();
}

// A newsroom's server in the page: `?newsroom=draft|submitted|review|returned|approved|held` says where articles stand.
import type {
  AccountState,
  ArticleStanding,
  Colleague,
  NewsroomWord,
  NextStep,
  OutboxRow,
  RowStanding,
  SignOffRow,
  SiteSettings,
} from '../../src/host/generated';

const NOW = new Date(2026, 10, 23, 14, 2, 11).getTime();
const ARTICLE = '0190a1b2-0000-7000-8000-000000000000';

export interface Newsroom {
  account: AccountState | null;
  outbox: OutboxRow[];
  standing: ArticleStanding;
  /** The same in a list. */
  row: RowStanding | null;
  colleagues: Colleague[];
  /** What its site says otherwise than this computer's. */
  site: Partial<SiteSettings>;
  /** Puts a wish into the outbox. */
  ask(intent: string, article: string): number;
}

export function accountOf(english: boolean, role: string, state = 'up_to_date', reason = ''): AccountState {
  return {
    server: 'https://news.example',
    newsroom: english ? 'The Local Evening News' : '本地融媒体中心',
    name: english ? 'Alex Lin' : '林一舟',
    roles: [role],
    signed_in: true,
    token_in: 'keychain',
    sync: { state, reason },
  };
}

export function newsroom(query: URLSearchParams, english: boolean): Newsroom {
  const stage = query.get('newsroom') ?? '';
  const editor = ['review', 'submitted', 'approved', 'held'].includes(stage);
  const row = (id: number, part: Partial<OutboxRow>): OutboxRow => ({
    id,
    kind: 'intent',
    intent: 'submit',
    article: ARTICLE,
    headline: english ? 'Lake path opens' : '湖心岛步道今日开放 三公里全程无障碍',
    state: 'waiting',
    reason: '',
    advice: 'wait',
    attempts: 0,
    created: NOW,
    ...part,
  });
  const outbox = [
    row(5, {
      intent: 'publish',
      state: 'refused',
      reason: 'page_changed contest_open',
      advice: 'look_again',
    }),
    row(4, {}),
    row(3, { kind: 'content', intent: '' }),
    row(2, { kind: 'photo', intent: '', state: 'refused', reason: 'quota', advice: 'retry' }),
    row(1, { kind: 'content', intent: '', state: 'sent', advice: 'nothing' }),
  ];
  const room: Newsroom = {
    account: stage
      ? accountOf(
          english,
          query.get('role') ?? (editor ? 'responsible_editor' : 'reporter'),
          query.get('sync') ?? 'up_to_date',
        )
      : null,
    outbox: query.get('outbox') === null ? [] : outbox,
    standing: {
      upload: !stage || stage === 'private' ? 'private' : 'sent',
      reason: '',
      standing: null,
      copy_of: query.get('copy') === null ? null : ARTICLE,
      word: !stage || stage === 'private' ? null : wordOf(stage, english, query),
      first_step: stage === 'private' ? 'submit' : '',
      wishes: query.get('outbox') === null ? [] : outbox.slice(0, 1),
    },
    row:
      !stage || stage === 'private'
        ? null
        : {
            stage: stage === 'review' ? 'review[1]' : stage,
            reviews: 1,
            author: editor ? (english ? 'Alex Lin' : '林一舟') : '',
            claimed_by: '',
            access: '',
          },
    colleagues: [
      { id: 'person-1', name: english ? 'Alex Lin' : '林一舟', roles: ['reporter'] },
      { id: 'person-2', name: english ? 'Sam Zhao' : '赵记者', roles: ['reporter'] },
      { id: 'person-3', name: english ? 'Xiaohe Zhou' : '周小禾', roles: ['responsible_editor'] },
    ],
    site: {
      sections: [{ path: [english ? 'City' : '都市'], slug: 'city' }],
      language: english ? 'zh-Hans' : 'en',
      embed_hosts: ['city.example'],
    },
    ask(intent, article) {
      const asked = row(room.outbox.length + 10, { intent, article });
      room.outbox = [asked, ...room.outbox];
      room.standing = { ...room.standing, wishes: [asked] };
      return asked.id;
    },
  };
  return room;
}

const STEPS: Record<string, string[]> = {
  draft: ['submit'],
  returned: ['submit'],
  submitted: ['claim'],
  review: ['adopt', 'return', 'hold', 'reject', 'release'],
  approved: ['publish', 'return', 'hold'],
  held: ['resume', 'adopt', 'return', 'reject'],
};

/** A judgement of an older text, that counted or did not. */
const judgement = (name: string, part: Partial<SignOffRow>): SignOffRow => ({
  stage: 'review[1]',
  verdict: 'adopt',
  name,
  comment: '',
  at: NOW,
  is_stale: true,
  content_hash: 'cd'.repeat(32),
  is_mine: true,
  offline: true,
  no_effect: 'content_changed',
  may_sign_again: true,
  ...part,
});

function wordOf(stage: string, english: boolean, query: URLSearchParams): NewsroomWord {
  const choices = query.get('choices') !== null;
  const late = query.get('opinion');
  const own = stage === 'draft' || stage === 'returned';
  const [reporter, editor] = english ? ['Alex Lin', 'Xiaohe Zhou'] : ['林一舟', '周小禾'];
  const waits = (step: string) =>
    choices && (step === 'adopt' || step === 'publish') ? ['contest_open'] : [];
  const steps: NextStep[] = (STEPS[stage] ?? []).map((step) => ({ step, waits_for: waits(step) }));
  return {
    stage: stage === 'review' ? 'review[1]' : stage,
    reviews: 1,
    author: reporter ?? '',
    co_authors: own ? [{ id: 'person-2', name: english ? 'Sam Zhao' : '赵记者', roles: [] }] : [],
    may_name_co_authors: own,
    claimed_by: stage === 'review' ? (editor ?? '') : '',
    is_claimed_here: stage === 'review',
    is_own: own,
    sign_offs:
      stage === 'returned' || stage === 'held'
        ? [
            judgement(editor ?? '', {
              verdict: stage === 'held' ? 'hold' : 'return',
              comment: english ? 'Check the length of the path.' : '请与项目方核实步道长度。',
              is_stale: false,
              is_mine: false,
              offline: false,
              no_effect: '',
              may_sign_again: false,
            }),
          ]
        : [],
    opinions: late
      ? [
          judgement(editor ?? '', {
            comment: english ? 'Figures checked' : '数字已核',
            no_effect: late,
            may_sign_again: late === 'content_changed',
          }),
        ]
      : [],
    contests: choices
      ? [
          {
            id: '0190a1b2-0000-7000-8000-00000000c001',
            field: '',
            from: 18,
            base: english ? 'two kilometres' : '全长两公里',
            mine: english ? 'three kilometres' : '全长三公里',
            theirs: english ? '2.8 kilometres' : '全长2.8公里',
            result: english ? '2.8three kilometres' : '全长2.8三公里',
            suggestion: null,
            mine_by: reporter ?? '',
            theirs_by: editor ?? '',
          },
        ]
      : [],
    late: choices
      ? [
          {
            id: '0190a1b2-0000-7000-8000-00000000d001',
            by: reporter ?? '',
            at: NOW,
            comparison: {
              body: [
                { kind: 'same', text: english ? 'Rest places: ' : '步道沿线设了', author: '' },
                { kind: 'deleted', text: english ? 'ten' : '十处', author: '' },
                { kind: 'inserted', text: english ? 'twelve' : '十二处', author: '' },
                { kind: 'same', text: english ? '.' : '休息点。', author: '' },
              ],
              fields: [],
            },
          },
        ]
      : [],
    may_settle: true,
    steps,
  };
}

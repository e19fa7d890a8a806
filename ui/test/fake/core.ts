// A core that lives in the page: enough of every command to look at the window. Never part of the product.
import { emit } from '@tauri-apps/api/event';
import { mockIPC } from '@tauri-apps/api/mocks';
import type {
  ApiError,
  ArticleRow,
  ArticleRows,
  Authority,
  CoreUpdate,
  FieldsRequest,
  ListName,
  OpenArticle,
  PushRequest,
} from '../../src/host/generated';
import { preview, type FakePage } from './page';
import { accountOf, newsroom } from './newsroom';
import { emptyFacts, sampleArticle, settings, themes } from './samples';

interface Article extends FakePage {
  id: string;
  rev: number;
  list: ListName;
  authority: Authority;
  log: CoreUpdate[];
  updatedAt: number;
}

/** Every command that was called, for tests. */
export const calls: { command: string; request: unknown }[] = [];

/** Commands that fail, and with what; for tests. */
export const refusals = new Map<string, ApiError>();

const NOW = new Date(2026, 10, 23, 14, 2, 11).getTime();
/** The article that the newsroom knows. */
const FIRST = '0190a1b2-0000-7000-8000-000000000000';
const LISTS: ListName[] = ['drafts', 'sent_back', 'in_review', 'for_me', 'published', 'trash'];

export function installFakeCore(query: URLSearchParams): void {
  calls.length = 0;
  refusals.clear();
  const english = query.get('lang') === 'en';
  const many = Number(query.get('many') ?? 0);
  const articles = new Map<string, Article>();
  const site = settings(english);
  const room = newsroom(query, english);
  let siteVersion = 1;
  let server = {
    version: 1,
    settings: { ...settings(english), name: room.account?.newsroom ?? '', ...room.site },
  };
  const fail = (code: string, values = {}): ApiError => ({ code, values, retry: true }) as ApiError;

  const add = (n: number, part: Partial<Article>) => {
    const id = `0190a1b2-0000-7000-8000-${String(n).padStart(12, '0')}`;
    articles.set(id, {
      id,
      rev: 0,
      body: '',
      meta: emptyFacts(),
      list: 'drafts',
      authority: noAuthority(),
      log: [],
      updatedAt: NOW - n * 5_000_000,
      settings: site,
      ...part,
    });
    return id;
  };
  if (query.get('empty') === null) for (const [n, sample] of sampleArticle(english).entries()) add(n, sample);
  const rowOf = (article: Article): ArticleRow => ({
    id: article.id,
    headline: article.meta['headline'] ?? '',
    excerpt: article.body.replace(/[*#>\n]/g, ' ').slice(0, 60),
    list: article.list,
    publication: article.authority.publication,
    updated_at: article.updatedAt,
    words: article.body.length,
    standing: article.id === FIRST ? room.row : null,
  });
  const rowsOf = (list: ListName) =>
    [...articles.values()].filter((article) => article.list === list).map(rowOf);
  const manyRow = (n: number): ArticleRow => ({
    ...rowOf([...articles.values()][n % 5] as Article),
    id: `many-${n}`,
    headline: `${n} 老街夜市重新开张 首晚客流过万`,
    updated_at: NOW - n * 700_000,
  });
  const open = (article: Article): OpenArticle => ({
    id: article.id,
    rev: article.rev,
    body: article.body,
    meta: { ...article.meta },
    unfinished_composition: query.get('composition') ?? '',
    caret: 0,
    scroll: 0,
    saved_at: article.updatedAt,
    list: article.list,
    authority: { ...article.authority },
    is_servers: article.id === FIRST && room.standing.upload === 'sent',
    read_only: article.list === 'trash',
    notices: [],
  });
  const of = (request: { article: string }): Article => {
    const article = articles.get(request.article);
    if (!article) throw fail('article_missing');
    return article;
  };
  const changed = (article: string | null) => void emit('changed', { article, lists: true });

  function listed({ list, offset, limit }: { list: ListName; offset: number; limit: number }): ArticleRows {
    if (many && list === 'drafts') {
      const rows = Array.from({ length: Math.min(limit, many - offset) }, (_, i) => manyRow(offset + i));
      return { total: many, more: false, rows };
    }
    const rows = rowsOf(list);
    return { total: rows.length, more: false, rows: rows.slice(offset, offset + limit) };
  }

  const commands: Record<string, (request: never) => unknown> = {
    start() {
      if (query.get('fault')) throw fail(query.get('fault') ?? '');
      const last =
        query.get('open') === 'none' ? undefined : [...articles.keys()][Number(query.get('open') ?? 0)];
      return {
        version: '0.1.0',
        language: english ? 'en' : 'zh-Hans',
        preferences: {
          language: english ? 'en' : 'zh-Hans',
          theme: query.get('theme') ?? 'light',
          author_name: english ? 'Alex Lin' : '林一舟',
          author_role: english ? 'Reporter' : '记者',
          default_source: english ? 'The Local Evening News' : '本地晚报',
          site_folder: '',
          site_store: {
            used: query.get('store') !== null,
            endpoint: 'https://s3.example.com',
            region: '',
            bucket: 'county-news',
            prefix: 'www',
            key_id: 'AKIAEXAMPLE',
            secret_in: query.get('store') !== null ? 'keychain' : '',
          },
          layout: Object.fromEntries(
            [...query].filter(([key]) => key.startsWith('layout.')).map(([k, v]) => [k.slice(7), v]),
          ),
        },
        data_dir: '/home/lin/.local/share/galley',
        lists: [
          { list: 'drafts', count: many || rowsOf('drafts').length },
          { list: 'published', count: rowsOf('published').length },
          { list: 'trash', count: rowsOf('trash').length },
        ],
        rows: listed({ list: 'drafts', offset: 0, limit: 100 }),
        settings: { version: siteVersion, settings: site },
        server_settings: room.account ? server : null,
        last_article: last ?? null,
        article: last ? open(of({ article: last })) : null,
        newcomer: query.get('newcomer') !== null,
        notices: query.get('notice')
          ? [{ code: query.get('notice'), values: { articles: '12', folder: '/home/lin/x', count: '3' } }]
          : [],
        site_address: 'http://127.0.0.1:4080/',
      };
    },
    list_articles: listed,
    list_counts: () => LISTS.map((list) => ({ list, count: rowsOf(list).length })),
    search_articles({ query: words }: { query: string }) {
      const rows = [...articles.values()]
        .filter((a) => (a.body + a.meta['headline']).includes(words))
        .map(rowOf);
      return { total: rows.length, more: false, rows };
    },
    create_article() {
      const id = add(articles.size + 100, { updatedAt: NOW });
      changed(id);
      return open(of({ article: id }));
    },
    open_article: (request: { article: string }) => open(of(request)),
    close_article: () => null,
    push_edits(request: PushRequest) {
      if (query.get('save') === 'disk_full') throw fail('disk_full');
      const article = of(request);
      for (const update of request.updates) {
        for (const splice of [...update.splices].reverse()) {
          article.body = article.body.slice(0, splice.from) + splice.insert + article.body.slice(splice.to);
        }
        article.log.push({ view: request.view, view_seq: update.view_seq, splices: update.splices });
        article.rev++;
      }
      return { kind: 'accepted', rev: article.rev, saved_at: Date.now() };
    },
    draft_fields: setFields,
    set_fields: setFields,
    draft_composition: () => ({ saved_at: Date.now() }),
    save_view: () => null,
    preview: (request: { article: string }) => preview(of(request)),
    add_photo: () => null,
    revisions: () =>
      [3, 2, 1].map((n) => ({
        id: `rev-${n}`,
        at: NOW - n * 3_700_000,
        reason: ['publish', 'named', 'opened'][3 - n],
        label: n === 2 ? (english ? 'After the call with the mayor' : '与项目方核实之后') : '',
        author: english ? 'Alex Lin' : '林一舟',
        words: 600 + n,
        headline: '',
      })),
    name_revision: () => ({
      id: 'rev-9',
      at: NOW,
      reason: 'named',
      label: '',
      author: '',
      words: 1,
      headline: '',
    }),
    compare: () => ({
      body: [
        { kind: 'same', text: '今天上午九时，湖心岛环湖步道正式开放。新步道全长', author: '' },
        { kind: 'deleted', text: '两', author: '' },
        { kind: 'inserted', text: '三', author: '' },
        { kind: 'same', text: '公里，“全程无障碍”是设计的第一条要求。\n\n步道沿线设了', author: '' },
        { kind: 'inserted', text: '十二处', author: '' },
        { kind: 'same', text: '休息点。', author: '' },
      ],
      fields: [{ key: 'headline', before: '湖心岛步道开放', after: '湖心岛步道今日开放 三公里全程无障碍' }],
    }),
    restore: (request: { article: string }) => open(of(request)),
    assign_responsible_editor(request: { article: string; name: string }) {
      of(request).authority.responsible_editor = request.name;
      return of(request).authority;
    },
    publish(request: { article: string }) {
      const article = of(request);
      article.list = 'published';
      Object.assign(article.authority, {
        publication: 'live',
        address: 'http://127.0.0.1:4080/articles/7k2m9q4xw8tz.html',
        published_at: NOW,
        modified_at: NOW,
      });
      changed(article.id);
      return article.authority;
    },
    take_down(request: { article: string }) {
      of(request).authority.publication = 'taken_down';
      return of(request).authority;
    },
    retract(request: { article: string }) {
      const article = of(request);
      article.list = 'published';
      article.authority.publication = 'retracted';
      changed(article.id);
      return of(request).authority;
    },
    put_back(request: { article: string }) {
      of(request).authority.publication = 'live';
      return of(request).authority;
    },
    trash: (request: { article: string }) => ((of(request).list = 'trash'), changed(request.article), null),
    put_back_from_trash: (request: { article: string }) => ((of(request).list = 'drafts'), null),
    delete_for_good: (request: { article: string }) => (articles.delete(request.article), null),
    rebuild_site: () => null,
    site_settings: () => ({ version: siteVersion, settings: site }),
    save_site_settings: (next: { settings: typeof site }) => ({
      version: ++siteVersion,
      settings: Object.assign(site, next.settings),
    }),
    save_preferences: (request: { preferences: unknown }) => request.preferences,
    try_site_store: () => null,
    server_settings: () => (room.account ? server : null),
    save_server_settings(next: typeof server) {
      if (query.get('conflict') !== null && next.version === 1) {
        server = { version: 2, settings: { ...server.settings, copyright: '© 2026', hotline: '110' } };
        throw fail('settings_moved', { name: '程总编', current: '2' });
      }
      server = { version: next.version + 1, settings: next.settings };
      return server;
    },
    server_themes: () => themes(query, server.settings),
    difference_since: () => ({
      comparison: commands['compare']?.({} as never),
      content_hash: 'c'.repeat(64),
    }),
    themes: () => themes(query, site),
    copy_theme: (request: { name: string }) => (query.set('theme_own', '1'), `${request.name}-own`),
    show_theme_folder: () => null,
    send_theme: () => null,
    site_pages: () => [
      { address: '/', kind: 'home', name: '' },
      { address: '/sections/photos.html', kind: 'section', name: english ? 'Photos' : '图片新闻' },
      { address: '/authors/a.html', kind: 'author', name: english ? 'Alex Lin' : '林一舟' },
      { address: '/editors/a.html', kind: 'editor', name: english ? 'Xiaohe Zhou' : '周小禾' },
    ],
    preview_index: (request: { article: string; address: string }) =>
      (preview(of(request)).page ?? '').replace('<body>', `<body><h1>${request.address}</h1>`),
    account: () => room.account,
    sign_in(request: { server: string; password: string }) {
      if (request.password === 'wrong password') throw fail('wrong_secret');
      room.account = accountOf(english, 'reporter', query.get('after') ?? undefined);
      return room.account;
    },
    sign_out: () => ((room.account = room.account && { ...room.account, signed_in: false }), null),
    let_drafts_up: () => null,
    colleagues: () => room.colleagues,
    copy_as_draft: (request: { article: string }) => open(of(request)),
    sync_now: () => null,
    sync_state: () => room.account?.sync ?? { state: 'signed_out', reason: '' },
    woke_up: () => null,
    network_returned: () => null,
    outbox: () => room.outbox,
    retry: () => null,
    standing: () => room.standing,
    submit: (request: { article: string }) => room.ask('submit', request.article),
    withdraw: (request: { article: string }) => room.ask('withdraw', request.article),
    claim: (request: { article: string }) => room.ask('claim', request.article),
    release: (request: { article: string }) => room.ask('release', request.article),
    resume: (request: { article: string }) => room.ask('resume', request.article),
    add_co_author: (request: { article: string }) => room.ask('add_co_author', request.article),
    remove_co_author: (request: { article: string }) => room.ask('remove_co_author', request.article),
    sign_off: (request: { article: string }) => room.ask('sign_off', request.article),
    resolve_contest: (request: { article: string }) => room.ask('resolve_contest', request.article),
    accept_late: (request: { article: string }) => room.ask('accept_late', request.article),
    refuse_late: (request: { article: string }) => room.ask('refuse_late', request.article),
    open_address: () => null,
    show_data_folder: () => null,
  };

  function setFields(request: FieldsRequest) {
    Object.assign(of(request).meta, request.fields);
    return { saved_at: Date.now() };
  }

  mockIPC(
    async (command, payload) => {
      const handler = commands[command];
      const request = (payload as { request?: never } | undefined)?.request;
      calls.push({ command, request });
      const refused = refusals.get(command);
      if (refused) throw refused;
      if (!handler) return null;
      return handler(request as never);
    },
    { shouldMockEvents: true },
  );
  const internals = (window as unknown as { __TAURI_INTERNALS__: Record<string, unknown> })
    .__TAURI_INTERNALS__;
  internals['convertFileSrc'] = () => `${location.origin}/resource/`;
  internals['metadata'] = {
    currentWindow: { label: 'main' },
    currentWebview: { windowLabel: 'main', label: 'main' },
  };
}

const noAuthority = (): Authority => ({
  responsible_editor: '',
  publication: 'none',
  address: null,
  published_at: null,
  modified_at: null,
  failure: null,
});

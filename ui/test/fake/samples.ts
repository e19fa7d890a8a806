// What the fake library holds.
import type { Authority, ListName, SiteSettings, ThemeInfo, ThemeList } from '../../src/host/generated';

interface Sample {
  body: string;
  meta: { [key in string]: string };
  list: ListName;
  authority: Authority;
}

export const emptyFacts = (): { [key in string]: string } => ({});

const authority = (part: Partial<Authority> = {}): Authority => ({
  responsible_editor: '',
  publication: 'none',
  address: null,
  published_at: null,
  modified_at: null,
  failure: null,
  ...part,
});

const PHOTO = '0190a1b2-0000-7000-8000-00000000aaaa';

export function sampleArticle(english: boolean): Sample[] {
  const sample = (headline: string, body: string, part: Partial<Sample> = {}): Sample => ({
    body,
    list: 'drafts',
    authority: authority(),
    ...part,
    meta: { headline, ...part.meta },
  });
  const people = english
    ? ['Alex Lin', 'Reporter', 'Min He', 'Stringer']
    : ['林一舟', '记者', '何敏', '通讯员'];
  const first = {
    kicker: english ? 'City renewal' : '城市更新进行时',
    source: english ? 'The Local Evening News' : '本地晚报',
    section: 'photos',
    genre: english ? 'News' : '消息',
    summary: english
      ? 'Three kilometres without a step.'
      : '湖心岛环湖步道正式开放，全长三公里，全程无障碍。',
    'keyword/城市更新': 'a0',
    'keyword/无障碍': 'a1',
    'contributor/p1/name': people[0] ?? '',
    'contributor/p1/role': people[1] ?? '',
    'contributor/p1/order': 'a0',
    'contributor/p2/name': people[2] ?? '',
    'contributor/p2/role': people[3] ?? '',
    'contributor/p2/order': 'a1',
    [`photo/${PHOTO}/sha`]: 'ab'.repeat(32),
    [`photo/${PHOTO}/caption`]: english ? 'Walkers on the new path.' : '市民在新步道上散步。',
    [`photo/${PHOTO}/credit`]: people[0] ?? '',
    [`photo/${PHOTO}/width`]: '1200',
    [`photo/${PHOTO}/height`]: '800',
    [`photo/${PHOTO}/order`]: 'a0',
    lead_photo: PHOTO,
  };
  const zh = [
    `今天上午九时，湖心岛环湖步道正式开放。新步道全长三公里，**“全程无障碍”**是设计的第一条要求。\n\n![](photo:${PHOTO})\n\n“坡度不超过百分之五，轮椅一个人就能推上来。”项目负责人周晓河说。步道沿线设了十二处休息点，夜间照明采用感应灯。\n\n## 从一条要求开始\n\n设计之初，团队请来八位轮椅使用者走了整整一天，记下每一处要停下来的地方。\n\n> 走得顺，才算修好了路。`,
    '退回意见：第二段的吨数请与粮食局核实。今年秋粮收购已进入尾声。',
    '通讯员 何敏来稿。夜色渐浓，南门老街的灯一盏盏亮了起来。',
    '一份两荤一素的套餐卖十二元，账怎么算得平？记者走进三家社区食堂。',
    '信号、供电、通信三个系统今起同时测试，预计年底具备开通条件。',
  ];
  const en = [
    `The path around the lake island opened at nine this morning. It runs for three kilometres, and **no step anywhere** was the first line of the brief.\n\n![](photo:${PHOTO})\n\n“The slope never exceeds five per cent, so one person can push a wheelchair all the way,” said project lead Chow Hoi.\n\n## One line of a brief\n\nEight people who use wheelchairs walked the route for a day before anything was drawn.`,
    'The desk asks: check the tonnage in paragraph two with the grain office.',
    'By stringer Min He. Lamp after lamp came on along South Gate street.',
    'A meal of three dishes for twelve yuan: how do the books balance?',
    'Signals, power and radio are tested together from today.',
  ];
  const [bodies, heads] = english
    ? [
        en,
        [
          'Lake path opens, step-free for all three kilometres',
          'Autumn grain purchases near their end',
          'Night market reopens on the old street',
          'Three ledgers of a community canteen',
          'High-speed station begins joint tests',
        ],
      ]
    : [
        zh,
        [
          '湖心岛步道今日开放 三公里全程无障碍',
          '秋粮收购进入尾声',
          '老街夜市重新开张 首晚客流过万',
          '社区食堂的三本账',
          '高铁新站进入联调联试',
        ],
      ];
  const live = authority({
    publication: 'live_changed',
    responsible_editor: english ? 'Xiaohe Zhou' : '周小禾',
    address: 'http://127.0.0.1:4080/articles/7k2m9q4xw8tz.html',
    published_at: new Date(2026, 10, 19, 9, 15).getTime(),
    modified_at: new Date(2026, 10, 19, 9, 15).getTime(),
  });
  return heads.map((headline, i) =>
    sample(headline, bodies[i] ?? '', {
      meta: i === 0 ? first : {},
      list: i === 4 ? 'published' : 'drafts',
      authority:
        i === 4
          ? live
          : i === 2
            ? authority({ publication: 'taken_down', address: live.address })
            : authority(),
    }),
  );
}

export function settings(english: boolean): SiteSettings {
  const section = (path: string[], slug: string) => ({ path, slug });
  return {
    name: english ? 'My News Site' : '我的新闻网',
    logo: null,
    base_url: '',
    language: english ? 'en' : 'zh-Hans',
    time_zone: english ? 'UTC' : 'Asia/Shanghai',
    sections: english
      ? [section(['News'], 'news'), section(['News', 'Photos'], 'photos')]
      : [
          section(['新闻中心'], 'news'),
          section(['新闻中心', '图片新闻'], 'photos'),
          section(['民生'], 'life'),
        ],
    hotline: '0000-0000000',
    meta_line: ['source', 'byline', 'time', 'hotline', 'text_size'],
    foot_credits: [
      { label: '责编', from: 'responsible_editor', name: '' },
      { label: '编辑', from: 'contributors', name: '' },
    ],
    foot_credit_style: 'plain',
    dateline_template: '',
    footer: [
      { label: 'ICP备案', number: '', link: 'https://beian.miit.gov.cn/', icon: '' },
      { label: '主办单位', number: '', link: '', icon: 'holder' },
    ],
    copyright: '',
    usage_terms: '',
    rights_page: '',
    grey: false,
    genres: english ? ['News', 'Feature'] : ['消息', '通讯', '特写', '评论', '图片新闻'],
    contributor_roles: english
      ? ['Reporter', 'Stringer', 'Photographer']
      : ['记者', '通讯员', '摄影', '编辑'],
    theme: english ? 'daily' : 'county',
    theme_options: {},
    embed_hosts: ['media.example'],
    publish_originals: false,
    home_lead: null,
  };
}

export function themes(query: URLSearchParams, site: SiteSettings): ThemeList {
  const option = (
    id: string,
    kind: ThemeInfo['options'][0]['kind'],
    value: string,
    zh: string,
    en: string,
  ) => ({
    id,
    kind,
    default: value,
    choices: [] as ThemeInfo['options'][0]['choices'],
    min: null,
    max: null,
    label: { 'zh-Hans': zh, en },
  });
  const options = [
    option('accent', 'colour', '#b02a18', '主色', 'Accent colour'),
    {
      ...option('headline_face', 'choice', 'sans', '标题字体', 'Face of headlines'),
      choices: [
        ['sans', { 'zh-Hans': '黑体', en: 'Sans' }],
        ['serif', { 'zh-Hans': '宋体', en: 'Serif' }],
      ] as ThemeInfo['options'][0]['choices'],
    },
    option('code', 'bool', 'true', '显示二维码', 'Show a QR code'),
    option('motto', 'text', '', '报头口号', 'Motto'),
  ];
  const theme = (name: string, zh: string, en: string, is_own = false): ThemeInfo => ({
    name,
    title: { 'zh-Hans': zh, en },
    version: '1.0',
    is_own,
    options,
  });
  const own = query.get('theme_own') !== null || query.get('theme_broken') !== null;
  if (own) site.theme = 'lake';
  return {
    themes: [
      theme('county', '县级新闻站', 'County news site'),
      theme('daily', '英文日报', 'English daily'),
      ...(own ? [theme('lake', '东湖', 'East lake', true)] : []),
    ],
    folder: '/home/lin/.local/share/galley/theme',
    problem:
      query.get('theme_broken') === null
        ? null
        : {
            code: 'template_broken',
            values: { file: 'article.html', line: '12', detail: 'syntax error: unexpected end of block' },
          },
  };
}

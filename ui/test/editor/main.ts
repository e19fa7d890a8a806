// The editor alone on a page, with a core in memory. `?long` shows 50,000 characters, `?dark` the dark theme,
// `?slow` a core that takes its time.
import { COMMAND_IDS, createEditor, type Editor } from '../../src/editor';
import { CoreModel } from '../../src/editor/core.fixture';
import words from '../../src/words/zh-Hans.json';

const asked = new URLSearchParams(location.search);
if (asked.has('dark')) document.documentElement.dataset['theme'] = 'dark';

const PHOTO = '0198f3c2-5d5e-7abc-8def-0123456789ab';
const sample = `本报讯（记者 林一舟 通讯员 何敏）今天上午九时，湖心岛环湖步道正式开放。新步道全长三公里，**“全程无障碍”**是设计的第一条要求。

![](photo:${PHOTO})

“坡度不超过百分之五，轮椅一个人就能推上来。”项目负责人周晓河说。步道沿线设了十二处休息点，夜间照明采用感应灯。

## 三公里，十二处歇脚

步道的*每一段*都有[无障碍标识](https://example.org/path)，旧的~~台阶~~已经拆除。

- 北段：湿地观鸟
- 中段：亲水平台
  - 雨天关闭
- 南段：儿童乐园

1. 先到游客中心
2. 再领导览图

> 把方便留给最需要的人。
>
> ——设计说明

| 路段 | 长度 | 开放 |
| --- | --- | --- |
| 北段 | 1.2 公里 | 6:00 |
| 南段 | 1.8 公里 | 7:00 |

---

入园请走\\*东门\\*，详见 \`map-01\`。`;

const body = asked.has('empty')
  ? ''
  : asked.has('long')
    ? Array.from({ length: 140 }, () => sample).join('\n\n')
    : sample;
const core = new CoreModel(body);
const delay = asked.has('slow') ? 400 : 2;
const status = document.getElementById('status');
const log: string[] = [];

function tell(text: string): void {
  log.push(text);
  if (status) status.textContent = log.slice(-4).join('\n');
}

const thumbnail =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 80"><rect width="132" height="80" fill="#c9d6e2"/><path d="M0 60 132 10V80H0z" fill="#8ca08a"/></svg>',
  );
const photos = new Map([
  [PHOTO, { sha256: 'a'.repeat(64), caption: '市民在新步道上散步。', credit: '林一舟 摄', isLead: true }],
]);

const editor: Editor = createEditor({
  parent: document.getElementById('text') as HTMLElement,
  article: { id: 'page', rev: core.rev, body, caret: 0 },
  host: {
    push: async (request) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      return core.push(structuredClone(request));
    },
    draftComposition: (text) => tell(`draft ${text}`),
    addPhotos: async (files) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return files.map((file) => {
        const id = crypto.randomUUID();
        photos.set(id, { sha256: 'b'.repeat(64), caption: file.name, credit: '', isLead: false });
        return { id };
      });
    },
    photo: (id) => photos.get(id),
    openPhoto: (id) => tell(`open ${id}`),
    thumbnail: () => thumbnail,
  },
  words: (key) => (words as Record<string, string>)[key] ?? key,
  on: {
    saved: () => tell('saved'),
    unsaved: () => {},
    failed: (error) => tell(`failed ${error?.code ?? '-'}`),
    notTaken: (names) => tell(`not taken ${names.join(' ')}`),
    applied: () => {},
    outOfStep: () => tell('out of step'),
    selection: (report) => tell(JSON.stringify(report)),
    composing: (now) => tell(`composing ${now}`),
  },
  readOnly: false,
});

for (const id of COMMAND_IDS) {
  const button = document.createElement('button');
  button.textContent = (words as Record<string, string>)[`command.${id}`] ?? id;
  button.dataset['command'] = id;
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', () => editor.run(id));
  document.getElementById('bar')?.append(button);
}

document.addEventListener('paste', (event) => tell(`paste ${event.clipboardData?.types}`), true);

// For tools that can only read the window's title.
if (asked.has('title')) {
  document.title = 'ready';
  setInterval(
    () =>
      (document.title = JSON.stringify([
        core.body,
        editor.view.state.doc.toString(),
        core.taken.length,
        log.slice(-6),
      ])),
    200,
  );
}

Object.assign(window, { editor, core, log });

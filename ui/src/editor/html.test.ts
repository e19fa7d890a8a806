import { expect, test } from 'vitest';
import { htmlToMarkdown, PICTURE_MARK } from './html';

function check(cases: [string, string][]): void {
  expect(cases.map(([html]) => htmlToMarkdown(html).markdown)).toEqual(cases.map(([, text]) => text));
}

test('paragraphs, headings and emphasis of a web page', () => {
  check([
    ['<p>第一段。</p><p>第二段。</p>', '第一段。\n\n第二段。'],
    ['<div>第一段。</div><div><br></div><div>第二段。</div>', '第一段。\n\n第二段。'],
    ['<h1>大标题</h1><p>正文</p><h2>小标题</h2>', '## 大标题\n\n正文\n\n### 小标题'],
    ['<h3>只有三级</h3><p>正文</p>', '## 只有三级\n\n正文'],
    ['<p>今天<b>开放</b>了，<i>真的</i>。</p>', '今天**开放**了，*真的*。'],
    ['<p>设计<strong>“全程无障碍”</strong>的</p>', '设计**“全程无障碍”**的'],
    ['<p><b>甲</b><b>乙</b>丙</p>', '**甲乙**丙'],
    ['<p>前<b> 中 </b>后</p>', '前 **中** 后'],
    [
      '<p><span style="font-weight:700">粗</span><span style="font-style:italic">斜</span><s>删</s></p>',
      '**粗***斜*~~删~~',
    ],
    [
      '<b style="font-weight:normal"><p>谷歌文档<span style="font-weight:700">加粗</span></p></b>',
      '谷歌文档**加粗**',
    ],
    ['<p>一行<br>又一行</p>', '一行\n又一行'],
    ['<h2><b>粗标题</b></h2>', '## 粗标题'],
    ['<p>甲</p><hr><p>乙</p>', '甲\n\n---\n\n乙'],
    ['<blockquote><p>引文一</p><p>引文二</p></blockquote>', '> 引文一\n>\n> 引文二'],
  ]);
});

test('links keep their address, and scripts are no address', () => {
  check([
    ['<p>见<a href="https://example.org/a">这里</a>。</p>', '见[这里](https://example.org/a)。'],
    ['<p><a href="https://example.org/a_(b)">括号</a></p>', '[括号](<https://example.org/a_(b)>)'],
    ['<p><a href="javascript:alert(1)">点我</a></p>', '点我'],
    [
      '<p><a href="https://example.org"><b>粗</b>细</a></p>',
      '[**粗**](https://example.org)[细](https://example.org)',
    ],
  ]);
});

test('lists, nested and counted', () => {
  check([
    ['<ul><li>甲</li><li>乙<ul><li>丙</li></ul></li></ul>', '- 甲\n- 乙\n  - 丙'],
    ['<ol><li>甲</li><li>乙</li></ol>', '1. 甲\n2. 乙'],
    ['<ol start="3"><li><p>甲</p></li></ol>', '3. 甲'],
    ['<ul>没有条目<li>甲</li></ul>', '- 没有条目\n- 甲'],
    ['<li>单独一条</li>', '- 单独一条'],
    ['<p>前</p><ul><li>甲</li></ul><p>后</p>', '前\n\n- 甲\n\n后'],
  ]);
});

test('tables become tables, and tables that only lay out become text', () => {
  check([
    [
      '<table><tr><th>路段</th><th>长度</th></tr><tr><td>北段</td><td>1.2 | 公里</td></tr></table>',
      '| 路段 | 长度 |\n| --- | --- |\n| 北段 | 1.2 \\| 公里 |',
    ],
    [
      '<table><tr><td colspan="2">合计</td></tr><tr><td>1</td><td>2</td></tr></table>',
      '| 合计 |  |\n| --- | --- |\n| 1 | 2 |',
    ],
    [
      '<table><caption>表一</caption><tr><td>1</td><td>2</td></tr></table>',
      '表一\n\n| 1 | 2 |\n| --- | --- |',
    ],
    ['<table><tr><td><p>甲</p><p>乙</p></td></tr></table>', '甲\n\n乙'],
  ]);
});

test('what Word and WPS write around the words goes', () => {
  const word = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">
<style>p.MsoNormal{margin:0cm;text-indent:24.0pt}</style><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head>
<body lang=ZH-CN><!--StartFragment-->
<p class=MsoNormal style='text-indent:24.0pt'><span style='font-family:宋体'>本报讯&nbsp;今天上午，
步道开放。</span><span lang=EN-US><o:p></o:p></span></p>
<p class=MsoNormal style='text-indent:24.0pt'><b style='mso-bidi-font-weight:normal'><span>“全程无障碍”</span></b><span>是要求。</span></p>
<p class=MsoNormal>&nbsp;&nbsp;&nbsp;&nbsp;缩进用空格。</p>
<p class=MsoNormal>\u3000\u3000缩进用全角。</p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
<p style='mso-outline-level:2'>小标题</p>
<p class=MsoListParagraph style='margin-left:18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]><span>先到游客中心</span></p>
<p class=MsoListParagraph style='margin-left:18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span><![endif]><span>再领导览图</span></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>圆点</p>
<!--EndFragment--></body></html>`;
  check([
    [
      word,
      '本报讯 今天上午，步道开放。\n\n**“全程无障碍”**是要求。\n\n缩进用空格。\n\n缩进用全角。\n\n## 小标题\n\n1. 先到游客中心\n2. 再领导览图\n- 圆点',
    ],
  ]);
});

test('characters that would be marks stay characters', () => {
  check([
    ['<p>3*4*5 与 a_b_c</p>', '3\\*4\\*5 与 a_b_c'],
    ['<p># 不是标题</p>', '\\# 不是标题'],
    ['<p>1. 不是列表</p>', '1\\. 不是列表'],
    ['<p>- 不是列表</p>', '\\- 不是列表'],
    ['<p>&lt;script&gt;x&lt;/script&gt;</p>', '\\<script>x\\</script>'],
    ['<p>[注](见后)</p>', '\\[注](见后)'],
    ['<p>第[1]条</p>', '第[1]条'],
  ]);
});

test('scripts, hidden text and remote pictures do not come along', () => {
  check([
    ['<p>甲<script>alert(1)</script><style>p{}</style>乙</p>', '甲乙'],
    ['<p>甲<span style="display:none">密</span>乙</p>', '甲乙'],
    ['<p>甲<img src="https://example.org/a.png" onerror="alert(1)">乙</p>', '甲乙'],
  ]);
});

test('a picture inside the HTML comes out as a file, in its place', () => {
  const { markdown, pictures } = htmlToMarkdown('<p>甲<img src="data:image/png;base64,iVBORw0KGgo=">乙</p>');
  expect(markdown).toBe(`甲\n\n${PICTURE_MARK}\n\n乙`);
  expect(pictures.map((file) => [file.name, file.type, file.size])).toEqual([
    ['paste-1.png', 'image/png', 8],
  ]);
});

test('deep nesting neither overflows nor takes long', () => {
  const depth = 300;
  const html = `${'<div>'.repeat(depth)}甲${'</div>'.repeat(depth)}`;
  expect(htmlToMarkdown(html).markdown).toBe('甲');
  const inline = `<p>${'<b><span>'.repeat(depth)}甲${'</span></b>'.repeat(depth)}</p>`;
  expect(htmlToMarkdown(inline).markdown).toBe('**甲**');
});

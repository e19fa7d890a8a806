//! What the window and other programs may rely on.

use std::collections::BTreeSet;

use galley_model::site::{MetaItem, SiteSettings};
use galley_page::{BODY_CLASS, Frame, PageLanguage, Templates, render_body};
use scraper::{Html, Selector};
use serde_json::Value;

use crate::property::assert_one_element;
use crate::support::{Fixture, select, templates};

#[test]
fn the_page_holds_the_article_block_and_the_block_its_body_byte_for_byte() {
    for name in ["zh", "en"] {
        let fixture = Fixture::read(name);
        let (block, page) = (fixture.block(), fixture.page());
        assert!(page.contains(&block.html()));
        let body: String = block.blocks.iter().map(|block| block.html.as_str()).collect();
        let start = page.find(&format!("<div class=\"{BODY_CLASS}\">")).unwrap();
        assert!(page[start..].starts_with(&format!("<div class=\"{BODY_CLASS}\">{body}</div>")));
    }
}

#[test]
fn a_column_beside_the_text_holds_related_articles_or_is_not_there() {
    for name in ["zh", "en"] {
        let mut fixture = Fixture::read(name);
        let (side, authors) = (".with-side > aside .related", ".story > .more-by a");
        let page = Html::parse_document(&fixture.page());
        assert!(!select(&page, side).is_empty(), "{name}");
        assert!(!select(&page, authors).is_empty(), "{name}: authors stand under the text");
        fixture.frame.related.clear();
        let page = Html::parse_document(&fixture.page());
        assert!(select(&page, ".with-side .related").is_empty(), "{name}");
        assert!(!select(&page, authors).is_empty(), "{name}: authors alone make no column");
        fixture.site.base_url.clear();
        assert!(
            select(&Html::parse_document(&fixture.page()), "aside").is_empty(),
            "{name}: nor does nothing"
        );
    }
}

#[test]
fn the_children_of_the_body_container_are_the_blocks() {
    for name in ["zh", "en"] {
        let fixture = Fixture::read(name);
        let page = Html::parse_document(&fixture.page());
        let container = Selector::parse(&format!(".{BODY_CLASS}")).unwrap();
        let container = page.select(&container).next().unwrap();
        let children: Vec<String> = container.child_elements().map(|element| element.html()).collect();
        let blocks: Vec<String> = fixture.block().blocks.into_iter().map(|block| block.html).collect();
        assert_eq!(children, blocks);
        assert_eq!(container.children().count(), blocks.len(), "nothing stands between the blocks");
        blocks.iter().for_each(|block| assert_one_element(block));
    }
}

#[test]
fn blocks_know_where_their_source_starts_in_utf16() {
    let check = |markdown: &str, expected: &[&str]| {
        let utf16: Vec<u16> = markdown.encode_utf16().collect();
        let body = render_body(markdown, &[], "", PageLanguage::Chinese, &SiteSettings::chinese());
        let starts: Vec<String> = body
            .blocks
            .iter()
            .map(|block| String::from_utf16(&utf16[block.start_utf16 as usize..]).unwrap())
            .collect();
        assert_eq!(starts.len(), expected.len());
        for (start, expected) in starts.iter().zip(expected) {
            assert!(start.starts_with(expected), "{start:?} does not start with {expected:?}");
        }
    };
    check("甲\n\n乙", &["甲", "乙"]);
    check("𠮷😀**“甲”**的**乙。**丙\n\n# 丁\n\n戊", &["𠮷", "# 丁", "戊"]);
    check(
        "甲**乙。**丙[^1]\n\n[^1]: 注**解。**释\n\n> 引**用。**文\n\n- 一\n- 二\n\n---\n\n|a|\n|-|\n|b|\n\n```\nx\n```\n\n<b>\n\n尾",
        &["甲", "> 引", "- 一", "---", "|a|", "```", "<b>", "尾", "[^1]:"],
    );
    check("\r\n\r\n  甲\r\n\r\n乙", &["甲", "乙"]);
}

#[test]
fn a_dateline_opens_the_first_paragraph_or_stands_alone() {
    let check = |markdown: &str, expected: &str| {
        let body = render_body(
            markdown,
            &[],
            "湖城讯（记者 林一舟）",
            PageLanguage::Chinese,
            &SiteSettings::chinese(),
        );
        let html: String = body.blocks.into_iter().map(|block| block.html).collect();
        assert_eq!(html, expected);
    };
    let dateline = "<span class=\"dateline\">湖城讯（记者 林一舟）</span>";
    check("今天\n\n明天", &format!("<p>{dateline}今天</p><p>明天</p>"));
    check(
        "## 题\n\n> 引\n\n今天",
        &format!("<h2>题</h2><blockquote><p>引</p></blockquote><p>{dateline}今天</p>"),
    );
    check("![](photo:x)\n\n今天", &format!("<p class=\"missing\">［图片缺失］</p><p>{dateline}今天</p>"));
    check("## 题", &format!("<p>{dateline}</p><h2>题</h2>"));
    check("", &format!("<p>{dateline}</p>"));
}

#[test]
fn an_indent_typed_with_ideographic_spaces_is_not_doubled() {
    for (markdown, html) in [
        ("　　今天", "<p>今天</p>"),
        ("　　**今天**", "<p><strong>今天</strong></p>"),
        ("　　", "<p></p>"),
        ("今天\n　　明天　后天", "<p>今天<br>　　明天　后天</p>"),
        ("> 　　今天", "<blockquote><p>　　今天</p></blockquote>"),
    ] {
        assert_eq!(crate::support::body(markdown), html, "{markdown:?}");
    }
    let english = render_body("　　今天", &[], "", PageLanguage::English, &SiteSettings::chinese());
    assert_eq!(english.blocks[0].html, "<p>　　今天</p>");
}

#[test]
fn pictures_alone_are_figures_and_pictures_in_a_line_stay_in_it() {
    let fixture = Fixture::read("zh");
    let photos = &fixture.content.photos;
    let id = photos[1].id;
    let figures = |markdown: &str, css: &str| {
        let html = crate::support::body_with(markdown, photos);
        select(&Html::parse_fragment(&html), css)
    };
    let caption = "轮椅从南门坡道上步道。（县住建局 供图）";
    assert_eq!(figures(&format!("![](photo:{id})"), "figure > figcaption"), [caption]);
    assert_eq!(figures(&format!("> ![](photo:{id})"), "blockquote > figure > figcaption"), [caption]);
    assert_eq!(
        figures(&format!("![](photo:{id})\n![](photo:{id})"), "div.photos > figure > figcaption"),
        [caption; 2]
    );
    assert_eq!(figures(&format!("文![](photo:{id})"), "p > span.photo > span.caption"), [caption]);
    assert_eq!(figures(&format!("- ![](photo:{id})"), "li > figure > figcaption"), [caption]);
    let body = render_body(
        &format!("![](photo:{id})\n\n![](photo:{id})\n\n![](x)"),
        photos,
        "",
        PageLanguage::English,
        &SiteSettings::chinese(),
    );
    assert_eq!((body.photos, body.n_missing_photos), (vec![id], 1));
}

#[test]
fn everything_of_the_article_is_on_its_page() {
    let page = Html::parse_document(&Fixture::read("zh").page());
    let check = |css: &str, expected: &[&str]| assert_eq!(select(&page, css), expected, "{css}");
    check(".breadcrumb .label", &["您当前的位置："]);
    check(".breadcrumb li", &["首页", "新闻中心", "图片新闻", "正文"]);
    check("h1", &["湖心岛步道今日开放 三公里全程无障碍"]);
    check(".kicker", &["城市更新进行时"]);
    check(".subheadline", &["十二处休息点 四处母婴室 感应灯照亮夜路"]);
    check(
        ".meta > li",
        &[
            "来源：本地晚报",
            "作者：记者 林一舟 通讯员 何敏",
            "发布时间：2026-11-23 14:05",
            "更新时间：2026-11-23 15:48",
            "编辑：方远",
            "报料热线：0000-0000000",
            "字号大中小",
        ],
    );
    check(".lead figcaption", &["市民在新步道上散步。（林一舟 摄）"]);
    check(".dateline", &["本地晚报讯（记者 林一舟 通讯员 何敏）"]);
    check(".ai", &["本文由AI辅助生成"]);
    check(
        ".reprint div",
        &["原标题：湖心岛步道开放了", "原作者：周小禾", "原文链接：https://paper.example/2026/11/23/1.html"],
    );
    check(".corrections p", &["2026-11-23 步道长度原写为三点五公里，应为三公里。"]);
    check(
        ".credits span",
        &["【责编：周晓河】", "【编辑：方远】", "【校对：陈序】", "【一审：王一】", "【监制：孙监】"],
    );
    check(".neighbours li", &["上一篇： 秋粮收购进入尾声", "下一篇： 老街夜市重新开张 首晚客流过万"]);
    check(".related a", &["社区食堂的三本账", "高铁新站进入联调联试"]);
    check(
        ".licences li",
        &[
            "ICP备案：湘ICP备00000000号",
            "互联网新闻信息服务许可证：00000000000",
            "违法和不良信息举报电话：0000-0000001",
            "主办单位：湖城县融媒体中心",
            "坏链接：看不见链接",
        ],
    );
    check(".licences a", &["ICP备案：湘ICP备00000000号", "违法和不良信息举报电话：0000-0000001"]);
    check(".copyright", &["© 2026 湖城新闻网 版权所有 未经授权不得转载"]);
    assert_eq!(select(&page, "svg.qr").len(), 1);
}

#[test]
fn what_is_empty_vanishes_with_its_label() {
    for name in ["zh", "en"] {
        let Fixture { facts, mut site, .. } = Fixture::read(name);
        (site.hotline, site.dateline_template) = (String::new(), String::new());
        let facts = galley_page::PageFacts {
            responsible_editor: String::new(),
            stage_signers: Default::default(),
            corrections: Vec::new(),
            published_at: None,
            modified_at: None,
            ..facts
        };
        site.meta_line.retain(|item| *item != MetaItem::TextSize);
        site.foot_credits.retain(|credit| credit.from != galley_model::site::CreditFrom::Fixed);
        let content = galley_model::Content { headline: "题".to_owned(), ..Default::default() };
        let block = templates().article(&content, &facts, &site).unwrap();
        let html = Html::parse_fragment(&block.html());
        for css in [
            ".meta",
            ".label + *",
            ".kicker",
            ".subheadline",
            "figure",
            ".dateline",
            ".ai",
            ".reprint",
            ".corrections",
            ".credits",
        ] {
            let nothing: [&str; 0] = [];
            let found = select(&html, css);
            assert!(css == ".label + *" || found == nothing, "{css}: {found:?}");
        }
        let page = templates().page(&content, &facts, &site, &Frame::default(), &block).unwrap();
        assert!(!page.contains("class=\"after\"") || page.contains("class=\"code\""));
    }
}

#[test]
fn a_page_has_one_first_heading_unique_ids_texts_for_its_pictures_and_no_script() {
    for name in ["zh", "en"] {
        let fixture = Fixture::read(name);
        for (kind, page) in fixture.all_pages() {
            let html = Html::parse_document(&page);
            assert!(html.errors.is_empty(), "{:?}", html.errors);
            let count = |css: &str| html.select(&Selector::parse(css).unwrap()).count();
            assert_eq!((count("h1"), count("title"), count("main"), count("html[lang]")), (1, 1, 1, 1));
            assert_eq!(count("img:not([alt])"), 0);
            assert_eq!(
                count("[style], style, iframe, object, embed, form:not([role='search'])"),
                0,
                "{kind}"
            );
            assert_eq!(count("script:not([type='application/ld+json'])"), 0);
            assert_eq!(count("nav:not([aria-label])"), 0);
            let all = Selector::parse("*").unwrap();
            let mut ids = BTreeSet::new();
            for element in html.select(&all) {
                for (attribute, value) in element.value().attrs() {
                    assert!(!attribute.starts_with("on"), "{attribute}");
                    if attribute == "id" {
                        assert!(ids.insert(value.to_owned()), "{value} stands twice");
                    }
                    if ["src", "href"].contains(&attribute) {
                        let known = ["/", "#", "https://", "http://", "mailto:", "tel:"];
                        assert!(known.iter().any(|start| value.starts_with(start)), "{value}");
                    }
                }
            }
            for fragment in html.select(&Selector::parse("a[href^='#']").unwrap()) {
                let target = fragment.value().attr("href").unwrap().trim_start_matches('#');
                assert!(ids.contains(target), "#{target} leads nowhere");
            }
        }
    }
}

#[test]
fn structured_data_is_json_and_cannot_end_its_element() {
    let mut fixture = Fixture::read("zh");
    let evil = "</script><script>alert(1)</script><!--\u{2028}\u{202e}\"\\";
    fixture.content.headline.push_str(evil);
    fixture.content.source.name.push_str(evil);
    fixture.facts.corrections[0].text.push_str(evil);
    let page = fixture.page();
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    let html = Html::parse_document(&page);
    let [data] = select(&html, "script").try_into().unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    let article = &data["@graph"][0];
    let visible = evil.replace('\u{2028}', "[U+2028]").replace('\u{202e}', "[U+202E]");
    assert_eq!(article["headline"], format!("湖心岛步道今日开放 三公里全程无障碍{visible}"));
    for (field, expected) in [
        ("/@type", "NewsArticle"),
        ("/identifier", "urn:uuid:0190a2b4-5c6d-7e8f-9a0b-c1d2e3f4a5b6"),
        ("/url", "https://news.example/articles/lake-path-opens.html"),
        ("/datePublished", "2026-11-23T14:05:05+08:00"),
        ("/dateModified", "2026-11-23T15:48:20+08:00"),
        ("/editor/name", "周晓河"),
        ("/author/0/name", "林一舟"),
        ("/author/1/jobTitle", "通讯员"),
        ("/publisher/name", "湖城新闻网"),
        ("/articleSection/1", "图片新闻"),
        ("/inLanguage", "zh-Hans"),
        ("/isBasedOn/name", "湖心岛步道开放了"),
    ] {
        assert_eq!(article.pointer(field).and_then(Value::as_str), Some(expected), "{field}");
    }
    assert!(article["wordCount"].as_u64().unwrap() > 200);
    let crumbs = data["@graph"][1]["itemListElement"].as_array().unwrap();
    assert_eq!(crumbs.len(), 3);
    assert_eq!(crumbs[2]["item"], "https://news.example/sections/photos.html");
}

#[test]
fn absolute_addresses_stand_only_where_the_site_has_one() {
    let fixture = Fixture::read("zh");
    let page = |base_url: &str| {
        let site = SiteSettings { base_url: base_url.to_owned(), ..fixture.site.clone() };
        let block = templates().article(&fixture.content, &fixture.facts, &site).unwrap();
        templates().page(&fixture.content, &fixture.facts, &site, &fixture.frame, &block).unwrap()
    };
    let check = |base_url: &str, has_address: bool, has_code: bool| {
        let page = page(base_url);
        assert_eq!(page.contains("rel=\"canonical\""), has_address, "{base_url}");
        assert_eq!(page.contains("og:image"), has_address, "{base_url}");
        assert_eq!(page.contains("<svg class=\"qr\""), has_code, "{base_url}");
    };
    check("https://news.example", true, true);
    check("https://news.example/", true, true);
    check("http://127.0.0.1:8017", true, false);
    check("http://localhost:8017", true, false);
    check("", false, false);
    check("news.example", false, false);
    check("javascript:alert(1)//", false, false);
    assert!(
        page("https://news.example/").contains("href=\"https://news.example/articles/lake-path-opens.html\"")
    );
}

#[test]
fn a_site_in_mourning_is_grey_and_the_article_block_is_not_touched() {
    let fixture = Fixture::read("zh");
    let grey = SiteSettings { grey: true, ..fixture.site.clone() };
    let block = templates().article(&fixture.content, &fixture.facts, &grey).unwrap();
    assert_eq!(block, fixture.block());
    let page = templates().page(&fixture.content, &fixture.facts, &grey, &fixture.frame, &block).unwrap();
    assert!(page.contains("<html lang=\"zh-Hans\" class=\"grey\">"));
    assert!(!fixture.page().contains("class=\"grey\""));
}

#[test]
fn the_language_of_the_article_decides_and_else_that_of_the_site() {
    let fixture = Fixture::read("zh");
    let check = |article: &str, site: &str, lang: &str, home: &str| {
        let content = galley_model::Content { language: article.to_owned(), ..fixture.content.clone() };
        let site = SiteSettings { language: site.to_owned(), ..fixture.site.clone() };
        let block = templates().article(&content, &fixture.facts, &site).unwrap();
        assert!(block.head.contains(&format!("lang=\"{lang}\"")), "{}", block.head);
        assert!(block.head.contains(&format!(">{home}<")));
    };
    check("", "zh-Hans", "zh-Hans", "首页");
    check("en-GB", "zh-Hans", "en-GB", "Home");
    check("zh-Hans-CN", "en", "zh-Hans-CN", "首页");
    check("", "en", "en", "Home");
    check("\"><script>", "en", "und", "Home");
}

#[test]
fn the_style_sheet_is_named_by_its_content() {
    let fixture = Fixture::read("zh");
    let sheet = |templates: &Templates| templates.assets(&fixture.site).remove(0);
    let asset = sheet(&templates());
    assert!(asset.path.starts_with("/assets/site-") && asset.path.ends_with(".css"));
    assert!(fixture.page().contains(&format!("href=\"{}\"", asset.path)));
    let files = [("site.css".to_owned(), b"p{}".to_vec())].into();
    let other = sheet(&Templates::of_files(&files).unwrap());
    assert_ne!(other.path, asset.path);
    assert!(other.bytes.ends_with(b"p{}\n"));
}

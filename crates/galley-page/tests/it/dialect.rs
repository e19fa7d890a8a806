//! The dialect of `docs/MARKDOWN.md`: what stands on the page, and that it is plain CommonMark elsewhere.

use galley_model::site::SiteSettings;
use galley_model::{Content, Photo};
use galley_page::{Body, PageLanguage, excerpt, plain_text, render_body};

use crate::property::assert_one_element;
use crate::support::Fixture;

fn photos() -> Vec<Photo> {
    let mut photos = Fixture::read("zh").content.photos;
    for (n, photo) in photos.iter_mut().enumerate() {
        (photo.caption, photo.alt) = (String::new(), String::new());
        photo.credit.name = if n == 0 { "林一舟".to_owned() } else { String::new() };
        (photo.width, photo.height, photo.digital_source) = (300, 200, Default::default());
    }
    photos
}

fn rendered(markdown: &str) -> Body {
    let embed_hosts = vec!["media.example".to_owned(), "map.example".to_owned()];
    let site = SiteSettings { embed_hosts, ..SiteSettings::chinese() };
    let body = render_body(markdown, &photos(), "", PageLanguage::Chinese, &site);
    body.blocks.iter().for_each(|block| assert_one_element(&block.html));
    assert_eq!(plain_text(markdown), body.text, "{markdown}");
    body
}

fn html(markdown: &str) -> String {
    rendered(markdown).blocks.into_iter().map(|block| block.html).collect()
}

fn check(markdown: &str, expected: &str) {
    assert_eq!(html(markdown), expected, "{markdown}");
}

#[test]
fn a_link_that_is_alone_and_says_so_is_a_player() {
    check(
        "[航拍：**湖心岛**](https://media.example/a.mp4?x=1&y=2 \"video\")",
        "<figure class=\"video\"><video src=\"https://media.example/a.mp4?x=1&amp;y=2\" controls=\"\" preload=\"none\" \
         playsinline=\"\" aria-label=\"航拍：湖心岛\"></video><figcaption><a href=\"https://media.example/a.mp4?x=1&amp;y=2\">\
         航拍：<strong>湖心岛</strong></a></figcaption></figure>",
    );
    check(
        "[原声](https://cdn.media.example/a.mp3 \"audio\")",
        "<figure class=\"audio\"><audio src=\"https://cdn.media.example/a.mp3\" controls=\"\" preload=\"none\" \
         aria-label=\"原声\"></audio><figcaption><a href=\"https://cdn.media.example/a.mp3\">原声</a></figcaption></figure>",
    );
    check(
        "[湖心岛南门](https://map.example/?q=1 \"map\")",
        "<p class=\"map\"><a href=\"https://map.example/?q=1\">湖心岛南门</a></p>",
    );
}

#[test]
fn a_poster_is_a_photo_of_the_article_and_published_with_it() {
    let photo = photos().remove(0);
    let body = rendered(&format!("[航拍](https://media.example/a.mp4 \"video photo:{}\")", photo.id));
    assert_eq!(body.photos, [photo.id]);
    assert_eq!(body.n_missing_photos, 0);
    let address = format!("/media/{}-300.jpg", photo.sha256);
    let expected = format!(" poster=\"{address}\" width=\"300\" height=\"200\" aria-label=\"航拍\">");
    assert!(body.blocks[0].html.contains(&expected), "{}", body.blocks[0].html);
    assert!(
        body.blocks[0]
            .html
            .ends_with("</a><span class=\"credit\">（林一舟 摄）</span></figcaption></figure>")
    );
    let none = "[航拍](https://media.example/a.mp4 \"video photo:0190a2b4-0000-7000-8000-00000000ffff\")";
    assert_eq!(rendered(none).n_missing_photos, 1);
    assert!(!html(none).contains("poster"));
}

#[test]
fn what_may_not_play_or_is_not_alone_is_a_plain_link() {
    for (markdown, link) in [
        (
            "[甲](https://evil.example/a.mp4 \"video\")",
            "<p><a href=\"https://evil.example/a.mp4\">甲</a></p>",
        ),
        (
            "[甲](http://media.example/a.mp4 \"video\")",
            "<p><a href=\"http://media.example/a.mp4\">甲</a></p>",
        ),
        (
            "见[甲](https://media.example/a.mp4 \"video\")",
            "<p>见<a href=\"https://media.example/a.mp4\">甲</a></p>",
        ),
        (
            "[甲](https://media.example/a.mp4 \"video\")。",
            "<p><a href=\"https://media.example/a.mp4\">甲</a>。</p>",
        ),
        (
            "# [甲](https://media.example/a.mp4 \"video\")",
            "<h2><a href=\"https://media.example/a.mp4\">甲</a></h2>",
        ),
        ("*[甲](https://map.example \"map\")*", "<p><em><a href=\"https://map.example\">甲</a></em></p>"),
        (
            "[甲](https://map.example \"map\")\n[乙](https://map.example \"map\")",
            "<p><a href=\"https://map.example\">甲</a><br><a href=\"https://map.example\">乙</a></p>",
        ),
        (
            "[甲](https://map.example \"地图\")",
            "<p><a href=\"https://map.example\" title=\"地图\">甲</a></p>",
        ),
        ("[甲](javascript:alert \"video\")", "<p>甲 [javascript:alert]</p>"),
    ] {
        check(markdown, link);
    }
}

#[test]
fn a_player_stands_wherever_a_block_may() {
    for (markdown, css) in [
        ("> [甲](https://map.example \"map\")", "<blockquote><p class=\"map\">"),
        ("- 一\n\n  [甲](https://media.example/a.mp3 \"audio\")", "</p><figure class=\"audio\">"),
        ("[^1]\n\n[^1]: [甲](https://map.example \"map\")", "<li id=\"fn-1\"><p class=\"map\">"),
    ] {
        assert!(html(markdown).contains(css), "{}", html(markdown));
    }
}

#[test]
fn a_dateline_opens_the_first_paragraph_of_text_and_no_player() {
    let site = SiteSettings { embed_hosts: vec!["map.example".to_owned()], ..SiteSettings::chinese() };
    let markdown = "[甲](https://map.example \"map\")\n\n文";
    let body = render_body(markdown, &[], "湖城讯", PageLanguage::Chinese, &site);
    assert_eq!(body.blocks[1].html, "<p><span class=\"dateline\">湖城讯</span>文</p>");
}

#[test]
fn a_list_of_pictures_and_nothing_else_is_a_gallery() {
    let [a, b, ..] = &photos()[..] else { panic!("the fixture has photos") };
    let gallery = "<ul class=\"gallery\"><li><figure>";
    for list in [
        format!("- ![](photo:{})\n- ![](photo:{})", a.id, b.id),
        format!("- ![](photo:{})\n\n- ![](photo:{})", a.id, b.id),
        format!("- ![](photo:{})\n- ![没有](photo:x)", a.id),
        format!("- ![](photo:{})\n  ![](photo:{})", a.id, b.id),
    ] {
        let html = html(&list);
        assert!(html.starts_with("<ul class=\"gallery\"><li>"), "{html}");
        assert!(
            html.contains("<li><figure>") || html.contains("<li><div class=\"photos\"><figure>"),
            "{html}"
        );
    }
    assert!(
        html(&format!("1. ![](photo:{})\n2. ![](photo:{})", a.id, b.id))
            .starts_with("<ol class=\"gallery\">")
    );
    for list in [
        format!("- ![](photo:{})", a.id),
        format!("- ![](photo:{})\n- 文", a.id),
        format!("- ![](photo:{}) 文\n- ![](photo:{})", a.id, b.id),
        format!("- ![](photo:{})\n\n  文\n\n- ![](photo:{})", a.id, b.id),
        format!("- ![](photo:{})\n  - 文\n- ![](photo:{})", a.id, b.id),
        format!("- ![](photo:{})\n-\n- ![](photo:{})", a.id, b.id),
    ] {
        assert!(!html(&list).contains("gallery"), "{}", html(&list));
    }
    let nested = format!("- 文\n  - ![](photo:{})\n  - ![](photo:{})", a.id, b.id);
    assert!(html(&nested).contains(gallery), "{}", html(&nested));
    assert_eq!(rendered(&nested).photos, [a.id, b.id]);
}

#[test]
fn a_quotation_all_in_strong_is_a_pull_quote() {
    check(
        "> **路修好了，妈妈说想*每天*来走一走。**\n> ——市民 何女士",
        "<blockquote class=\"pull\"><p>路修好了，妈妈说想<em>每天</em>来走一走。</p><footer>——市民 何女士</footer></blockquote>",
    );
    check(
        "> **一。**\n>\n> **二。**\n>\n> — Ms He",
        "<blockquote class=\"pull\"><p>一。</p><p>二。</p><footer>— Ms He</footer></blockquote>",
    );
    check("> **“一。”**", "<blockquote class=\"pull\"><p>“一。”</p></blockquote>");
    for plain in [
        "> 一。",
        "> **一。**后",
        "> **一。**\n> 何女士",
        "> **一。**\n> ——何\n> 女士",
        "> **一。**\n>\n> ——何\n>\n> 又",
        "> ——何女士",
        "> **一。**\n>\n> 二",
        "> **一。** **二**",
        "> > **一。**\n>\n> 二",
    ] {
        assert!(html(plain).starts_with("<blockquote><"), "{}", html(plain));
        let within = if plain.starts_with("> >") { 1 } else { 0 };
        assert_eq!(html(plain).matches("class=\"pull\"").count(), within, "{plain}");
    }
}

#[test]
fn readings_stand_in_text_and_not_in_code() {
    let ruby = "<ruby>湖<rp>（</rp><rt>hú</rt><rp>）</rp></ruby>";
    for (markdown, expected) in [
        ("在{湖|hú}边", format!("<p>在{ruby}边</p>")),
        ("# {湖|hú}", format!("<h2>{ruby}</h2>")),
        ("**{湖|hú}。**后", format!("<p><strong>{ruby}。</strong>后</p>")),
        ("[{湖|hú}](/a)", format!("<p><a href=\"/a\">{ruby}</a></p>")),
        (
            "|{湖｜hú}|\n|-|",
            format!(
                "<div class=\"table\"><table><thead><tr><th scope=\"col\">{ruby}</th></tr></thead></table></div>"
            ),
        ),
        ("\\{湖|hú}", "<p>{湖|hú}</p>".to_owned()),
        ("a\\{湖|hú}", "<p>a{湖|hú}</p>".to_owned()),
        ("`{湖|hú}`", "<p><code>{湖|hú}</code></p>".to_owned()),
        ("    {湖|hú}", "<pre><code>{湖|hú}</code></pre>".to_owned()),
        ("```\n{湖|hú}\n```", "<pre><code>{湖|hú}\n</code></pre>".to_owned()),
        ("<b>{湖|hú}</b>", "<p>&lt;b&gt;".to_owned() + ruby + "&lt;/b&gt;</p>"),
        ("![{湖|hú}](photo:x)", "<p class=\"missing\">［图片缺失：{湖|hú}］</p>".to_owned()),
    ] {
        check(markdown, &expected);
    }
}

#[test]
fn a_link_that_hides_where_it_leads_is_followed_by_its_host() {
    for (markdown, expected) in [
        (
            "[网银](https://b\u{430}nk.example)",
            "<a href=\"https://xn--bnk-6cd.example\">网银</a> [xn--bnk-6cd.example]",
        ),
        (
            "<https://b\u{430}nk.example>",
            "<a href=\"https://xn--bnk-6cd.example\">https://b\u{430}nk.example</a> [xn--bnk-6cd.example]",
        ),
        (
            "[https://bank.example](https://evil.example)",
            "<a href=\"https://evil.example\">https://bank.example</a> [evil.example]",
        ),
        (
            "[www.bank.example/a](https://evil.example)",
            "<a href=\"https://evil.example\">www.bank.example/a</a> [evil.example]",
        ),
        (
            "[网银](https://bank.example@evil.example)",
            "<a href=\"https://bank.example@evil.example\">网银</a> [evil.example]",
        ),
        (
            "<https://bank.example/?a&b>",
            "<a href=\"https://bank.example/?a&amp;b\">https://bank.example/?a&amp;b</a>",
        ),
        ("[www.bank.example](https://bank.example)", "<a href=\"https://bank.example\">www.bank.example</a>"),
        (
            "[HTTPS://Bank.example](https://bank.example/x)",
            "<a href=\"https://bank.example/x\">HTTPS://Bank.example</a>",
        ),
        ("[湖城](https://湖城.example)", "<a href=\"https://xn--uis373c.example\">湖城</a>"),
        ("[甲](https://a b.example)", "[甲](https://a b.example)"),
        ("[甲](<https://a b.example>)", "甲 [https://a b.example]"),
    ] {
        check(markdown, &format!("<p>{expected}</p>"));
    }
}

#[test]
fn lists_and_feeds_say_what_is_told_and_nothing_of_the_marks() {
    let body =
        "[航拍](https://media.example/a.mp4 \"video\")\n\n{湖心岛|hú xīn dǎo}步道\n\n> **好。**\n> ——何女士";
    let content = Content { body: body.to_owned(), ..Content::default() };
    assert_eq!(excerpt(&content, 40), "航拍湖心岛步道好。——何女士");
}

/// Another engine shows each of them as something that a reader understands.
#[test]
fn elsewhere_it_is_plain_commonmark() {
    let elsewhere = |markdown: &str| comrak::markdown_to_html(markdown, &comrak::Options::default());
    for (markdown, expected) in [
        (
            "[航拍](https://media.example/a.mp4 \"video\")",
            "<p><a href=\"https://media.example/a.mp4\" title=\"video\">航拍</a></p>\n",
        ),
        ("> **好。**\n> ——何女士", "<blockquote>\n<p><strong>好。</strong>\n——何女士</p>\n</blockquote>\n"),
        (
            "- ![一](photo:x)\n- ![二](photo:y)",
            "<ul>\n<li><img src=\"photo:x\" alt=\"一\" /></li>\n<li><img src=\"photo:y\" alt=\"二\" /></li>\n</ul>\n",
        ),
        ("{湖|hú}", "<p>{湖|hú}</p>\n"),
    ] {
        assert_eq!(elsewhere(markdown), expected);
    }
}

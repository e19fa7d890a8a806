//! Templates that somebody changed.

use galley_page::{PageError, Templates};

use crate::support::Fixture;

fn with(file: &str, source: &str) -> Result<Templates, PageError> {
    Templates::with_overrides(&[(file.to_owned(), source.to_owned())].into())
}

fn render(file: &str, source: &str) -> Result<String, PageError> {
    let fixture = Fixture::read("zh");
    let templates = with(file, source)?;
    let block = templates.article(&fixture.content, &fixture.facts, &fixture.site)?;
    templates.page(&fixture.content, &fixture.facts, &fixture.site, &fixture.frame, &block)
}

#[test]
fn a_file_of_a_theme_takes_the_place_of_the_built_in_one() {
    let page = render(
        "zh/article.html",
        "<article>{{ article.headline }}<div class=\"article-body\">{{ body }}</div></article>",
    );
    assert!(
        page.unwrap().contains("<article>湖心岛步道今日开放 三公里全程无障碍<div class=\"article-body\"><p>")
    );
}

#[test]
fn a_broken_template_names_its_file_and_line() {
    let check = |file: &str, source: &str, line: u32, says: &str| {
        let Err(PageError::Template { file: named, line: at, detail }) = render(file, source) else {
            panic!("{source:?} is not refused");
        };
        assert_eq!((named.as_str(), at), (file, line), "{detail}");
        assert!(detail.contains(says), "{detail}");
    };
    check("zh/article.html", "<p>\n{% if article.headline %}\n<p>", 3, "syntax");
    check("zh/article.html", "a\n\n{{ article.nothing.at.all }}{{ body }}", 3, "undefined");
    check("zh/article.html", "a\n{{ article.headline|shout }}{{ body }}", 2, "shout");
    check("parts.html", "{% macro photo(a, b, c) %}\n\n{{ a.b.c }}{% endmacro %}", 3, "undefined");
    check("layout.html", "\n{% include \"missing.html\" %}", 2, "missing.html");
    check("zh/article.html", "no body", 0, "{{ body }} exactly once");
    check("zh/article.html", "{{ body }}{{ body }}", 0, "{{ body }} exactly once");
}

#[test]
fn a_theme_that_cannot_render_is_refused_before_it_is_used() {
    for (file, source, line) in [
        ("en/listing.html", "\n{{ nothing }}", 2),
        ("zh/not_found.html", "{% extends 'nothing.html' %}", 1),
        ("en/page.html", "{{ article }}\n{% if not canonical %}{{ nothing }}{% endif %}", 2),
    ] {
        let Err(PageError::Template { file: named, line: at, .. }) = with(file, source) else {
            panic!("{file} is not refused");
        };
        assert_eq!((named.as_str(), at), (file, line));
    }
}

#[test]
fn the_look_changes_with_any_file_and_with_nothing_else() {
    let built_in = Templates::built_in().unwrap().look();
    assert_eq!(Templates::built_in().unwrap().look(), built_in);
    let looks = [("site.css", "p{}"), ("site.css", "q{}"), ("zh/not_found.html", "p{}")];
    let looks = looks.map(|(file, source)| with(file, source).unwrap().look());
    for (n, look) in looks.iter().enumerate() {
        assert!(*look != built_in && !looks[..n].contains(look));
    }
}

#[test]
fn a_theme_cannot_forget_to_escape() {
    let mut fixture = Fixture::read("zh");
    fixture.content.headline = "<script>\"'\u{202e}".to_owned();
    let templates = with("zh/article.html", "<p title=\"{{ article.headline }}\">{{ body }}</p>").unwrap();
    let block = templates.article(&fixture.content, &fixture.facts, &fixture.site).unwrap();
    assert_eq!(block.head, "<p title=\"&lt;script&gt;&quot;'[U+202E]\">");
}

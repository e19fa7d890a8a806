//! Frozen pages: content, facts and settings in, exact bytes and hash out.
//!
//! `block.html` and `page_hash` are a promise (docs/decisions/0004-page-renderer.md): they change only together
//! with a new version of the renderer. `page.html` may change with the site's frame. `GALLEY_BLESS=1` writes
//! them anew.

use std::fs;

use galley_page::PageFacts;

use crate::support::{Fixture, fixtures, templates};

fn check(name: &str, file: &str, actual: &str) {
    let path = fixtures().join(name).join(file);
    if std::env::var_os("GALLEY_BLESS").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (n, (actual, expected)) in actual.lines().zip(expected.lines()).enumerate() {
        assert_eq!(actual, expected, "{name}/{file}, line {}", n + 1);
    }
    assert_eq!(actual, expected, "{name}/{file}");
}

#[test]
fn articles_render_to_the_frozen_bytes_and_hash() {
    for name in ["zh", "en"] {
        let fixture = Fixture::read(name);
        let timeless = PageFacts { published_at: None, modified_at: None, ..fixture.facts.clone() };
        let block = templates().article(&fixture.content, &timeless, &fixture.site).unwrap();
        check(name, "block.html", &block.html());
        let hash = templates().page_hash(&fixture.content, &fixture.facts, &fixture.site).unwrap();
        check(name, "page_hash", &hash.to_string());
    }
}

#[test]
fn complete_pages_are_as_they_were_looked_at() {
    for name in ["zh", "en"] {
        let fixture = Fixture::read(name);
        let style_sheet = templates().assets(&fixture.site).remove(0).path;
        check(name, "page.html", &fixture.page().replace(&style_sheet, "/assets/site.css"));
    }
}

#[test]
fn the_hash_covers_the_article_and_not_the_times_nor_the_frame() {
    let Fixture { content, facts, site, .. } = Fixture::read("zh");
    let templates = templates();
    let hash = templates.page_hash(&content, &facts, &site).unwrap();
    let later = PageFacts { modified_at: Some(galley_model::Instant(1_900_000_000_000)), ..facts.clone() };
    let never = PageFacts { published_at: None, modified_at: None, settings_version: 99, ..facts.clone() };
    for same in [&later, &never] {
        assert_eq!(templates.page_hash(&content, same, &site).unwrap(), hash);
        let block = templates.article(&content, same, &site).unwrap();
        assert_eq!(templates.page_hash_of(&block, &content, same, &site).unwrap(), hash);
    }
    let mut frame = site.clone();
    (frame.copyright, frame.name, frame.grey) = (String::new(), "别的网".to_owned(), true);
    frame.footer.clear();
    assert_eq!(templates.page_hash(&content, &facts, &frame).unwrap(), hash);
    let edited = PageFacts { responsible_editor: "别人".to_owned(), ..facts.clone() };
    assert_ne!(templates.page_hash(&content, &edited, &site).unwrap(), hash);
    let mut typed = content.clone();
    typed.body.push('。');
    assert_ne!(templates.page_hash(&typed, &facts, &site).unwrap(), hash);
    let mut renamed = site.clone();
    renamed.sections[1].path[1] = "图片".to_owned();
    assert_ne!(templates.page_hash(&content, &facts, &renamed).unwrap(), hash);
}

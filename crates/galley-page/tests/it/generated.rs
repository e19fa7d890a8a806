//! A thousand generated articles, in both languages and every built-in theme: what holds for every page.

use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_model::{Content, Instant, Photo, PhotoId, Sha256};
use galley_page::{
    BODY_CLASS, Card, Frame, PageFacts, Templates, article_address, excerpt, photo_files, plain_text,
};
use galley_testkit::articles::{SampleArticle, chinese, english};

use crate::property::{assert_one_element, check};

const EACH: u64 = 500;

fn articles() -> impl Iterator<Item = (SampleArticle, SiteSettings)> {
    let settings = |site: SiteSettings, seed: u64| SiteSettings {
        base_url: "https://news.example".to_owned(),
        theme: if seed.is_multiple_of(2) { COUNTY } else { DAILY }.to_owned(),
        publish_originals: seed.is_multiple_of(3),
        ..site
    };
    let pair = move |seed| {
        [
            (chinese(seed), settings(SiteSettings::chinese(), seed)),
            (english(seed), settings(SiteSettings::english(), seed)),
        ]
    };
    (0..EACH).flat_map(pair)
}

/// Every other article gets two photos, of all kinds and sizes: one leads, one stands in the text.
fn with_photos(mut content: Content, n: usize) -> Content {
    if n.is_multiple_of(2) {
        return content;
    }
    for at in 0..2_usize {
        let id: PhotoId = format!("0190a2b4-0000-7000-8000-{:012x}", n * 2 + at).parse().unwrap();
        let mime = ["image/jpeg", "image/png", "image/webp", "image/gif"].get((n / 2 + at) % 4).unwrap();
        let size = [(4000, 3000), (700, 500), (0, 0), (1080, 20_000)].get((n / 8 + at) % 4).unwrap();
        content.photos.push(Photo {
            id,
            sha256: Sha256::of(id.to_string().as_bytes()),
            mime: (*mime).to_owned(),
            width: size.0,
            height: size.1,
            caption: "市民在新步道上散步。".to_owned(),
            credit: Default::default(),
            alt: "步道".to_owned(),
            focal: None,
            digital_source: Default::default(),
        });
        if at == 0 {
            content.lead_photo = Some(id);
        } else {
            content.body.push_str(&format!("\n\n![](photo:{id})\n"));
        }
    }
    content
}

fn templates_of(theme: &str) -> Templates {
    let site = SiteSettings { theme: theme.to_owned(), ..SiteSettings::chinese() };
    Templates::for_settings(&site).unwrap()
}

fn facts(article: &SampleArticle, content: &Content) -> PageFacts {
    PageFacts {
        id: article.id,
        address: article_address(content, article.id),
        responsible_editor: "周晓河".to_owned(),
        stage_signers: Default::default(),
        corrections: Vec::new(),
        published_at: Some(Instant(1_795_413_905_000)),
        modified_at: Some(Instant(1_795_499_905_000)),
        settings_version: 1,
    }
}

#[test]
fn every_page_of_a_thousand_articles_keeps_what_pages_promise() {
    let made = || [COUNTY, DAILY].map(|theme| (theme, templates_of(theme)));
    let (themes, made_anew) = (made(), made());
    let mut near: Option<Card> = None;
    let mut n_photos = 0;
    for (n, (article, site)) in articles().enumerate() {
        let content = with_photos(article.content(), n);
        let facts = facts(&article, &content);
        let of = |themes: &'_ [(&str, Templates)]| themes.iter().position(|(theme, _)| *theme == site.theme);
        let templates = &themes[of(&themes).unwrap()].1;
        let block = templates.article(&content, &facts, &site).unwrap();
        let html = block.html();
        let named = format!("seed of {}", facts.address);

        // Safe, and blocks that the window can patch by their number.
        let body: String = block.blocks.iter().map(|block| block.html.as_str()).collect();
        check(&body);
        block.blocks.iter().for_each(|block| assert_one_element(&block.html));
        assert!(html.contains(&format!("<div class=\"{BODY_CLASS}\">{body}</div>")), "{named}");
        assert!(block.blocks.is_sorted_by_key(|block| block.start_utf16), "{named}");

        // The whole page holds the block as it was signed, and the hash is that of the block without its times.
        let frame =
            Frame { previous: near.clone(), next: near.clone(), related: near.iter().cloned().collect() };
        let page = templates.page(&content, &facts, &site, &frame, &block).unwrap();
        assert!(page.contains(&html), "{named}");
        assert_eq!(
            page.matches("<script").count(),
            page.matches("<script type=\"application/ld+json\">").count()
        );
        let hash = templates.page_hash(&content, &facts, &site).unwrap();
        assert_eq!(templates.page_hash_of(&block, &content, &facts, &site).unwrap(), hash, "{named}");
        let later = PageFacts { published_at: None, modified_at: None, settings_version: 9, ..facts.clone() };
        assert_eq!(templates.page_hash(&content, &later, &site).unwrap(), hash, "{named}");

        // The same again, by templates that were made anew.
        let again = &made_anew[of(&made_anew).unwrap()].1;
        assert_eq!(again.article(&content, &facts, &site).unwrap(), block, "{named}");

        // Lists and counts read the same text; photos are files that are published with it.
        assert_eq!(plain_text(&content.body), block.text.as_str(), "{named}");
        assert!(!excerpt(&content, 90).contains(['\n', '\t']), "{named}");
        let files: Vec<String> =
            content.photos.iter().flat_map(photo_files).map(|(address, _)| address).collect();
        for address in html.split(['"', ' ']).filter(|part| part.starts_with("/media/")) {
            assert!(files.iter().any(|file| file == address), "{named}: {address}");
            n_photos += 1;
        }
        near = Some(Card::of(&content, &facts.address, facts.published_at, &site));
    }
    assert!(n_photos > 1000, "the corpus shows photos: {n_photos}");
}

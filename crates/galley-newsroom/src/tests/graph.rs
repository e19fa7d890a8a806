//! What depends on an article is written again when it changes, and nothing else is.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use galley_destinations::SitePath;
use galley_model::site::SiteSettings;
use galley_model::workflow::Publication;
use galley_model::{Content, Contributor, ContributorId, Instant, Sha256};
use uuid::Uuid;

use super::desk::{Desk, add_photo, article, flood};
use super::memory::Memory;
use crate::{Departure, Published};

/// A die that falls the same way each time.
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn roll(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

fn any_content(dice: &mut Dice, n: u64) -> Content {
    let keywords = ["防汛", "水务", "交通"].into_iter().filter(|_| dice.roll(2) == 0).map(str::to_owned);
    let writer = |id, name: &str| Contributor {
        id: ContributorId(Uuid::from_u128(id)),
        name: name.to_owned(),
        role: "记者".to_owned(),
        unit: String::new(),
    };
    let mut content = Content {
        keywords: keywords.collect(),
        section: dice.pick(&["news", "photos", "topics", ""]).to_owned(),
        headline: format!("第{}稿", dice.roll(100)),
        contributors: vec![
            writer(1, dice.pick(&["王记者", "王 记者", "Ann Lee"])),
            writer(2, dice.pick(&["赵记者", ""])),
        ],
        ..flood(&format!("flood-{n}"))
    };
    for photo in 1..=2 {
        if dice.roll(4) == 0 {
            add_photo(&mut content, photo, Sha256::of(dice.pick(&PHOTOS).as_bytes()));
            content.lead_photo = content.photos.first().map(|photo| photo.id).filter(|_| dice.roll(3) > 0);
        }
    }
    // Large enough to be cut, around a point that moves with the headline.
    let point = content.headline.bytes().fold(0_u16, |sum, byte| (sum + u16::from(byte)) % 1000);
    for photo in &mut content.photos {
        (photo.width, photo.height) = (1600, 1200);
        photo.focal = (point % 3 > 0).then_some((point, 1000 - point));
    }
    content
}

const PHOTOS: [&str; 3] = ["bridge", "river", "lake"];

async fn press_anything(desk: &Desk, dice: &mut Dice) {
    let n = dice.roll(14) + 1;
    let id = article(u128::from(n));
    // What is refused for where the article stands is pressed all the same.
    match dice.roll(12) {
        0 => drop(desk.newsroom.take_down(&desk.ask(id), "失实").await),
        1 => drop(desk.newsroom.put_back(&desk.ask(id)).await),
        2 if dice.roll(2) == 0 => drop(desk.newsroom.retract(&desk.ask(id), "失实", "现予撤回。").await),
        3 | 4 => drop(desk.correct(id, &any_content(dice, n), &format!("更正{}", dice.roll(100))).await),
        5 => {
            let name = dice.pick(&["李编辑", "周编辑", ""]);
            drop(desk.newsroom.assign_responsible_editor(&desk.ask(id), name).await);
        }
        6 if desk.newsroom.authority(id).await.unwrap().published_at.is_none() => {
            desk.shown_at(id, dice.pick(&["draft-a", "draft-b", "flood-3"])).await;
        }
        7 => desk.minutes_pass(60 * 20),
        _ => drop(desk.try_publish(id, &any_content(dice, n)).await),
    }
}

/// Absolute addresses of photos that a page names.
fn named_photos(page: &str) -> BTreeSet<String> {
    let named = page.split('"').filter_map(|part| part.strip_prefix("https://news.example/"));
    named.filter(|path| path.starts_with("media/")).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_search_engines_are_told_of_the_first_photo_is_there_and_goes_with_its_point() {
    let desk = Desk::new().await;
    let (version, settings) = desk.newsroom.settings().await.unwrap();
    let settings = SiteSettings { base_url: "https://news.example".to_owned(), ..settings };
    desk.newsroom.save_settings(version, settings, desk.now()).await.unwrap();
    let photo = desk.photos.add(b"bridge");
    let mut before = BTreeSet::new();
    for (focal, point) in [(None, "500-500"), (Some((100, 900)), "100-900")] {
        let mut content = flood("flood");
        add_photo(&mut content, 1, photo);
        content.lead_photo = content.photos.first().map(|photo| photo.id);
        (content.photos[0].width, content.photos[0].height) = (1600, 1200);
        content.photos[0].focal = focal;
        desk.publish(article(1), &content).await;
        let named = named_photos(&desk.page("articles/flood.html").unwrap());
        for shape in ["1200x675", "1200x900", "1200x1200"] {
            let cut = format!("media/{photo}-{shape}-{point}.jpg");
            assert!(named.contains(&cut), "{cut} of {named:?}");
        }
        let files = desk.files();
        assert!(named.iter().all(|path| files.contains_key(path)), "{named:?}");
        let gone: Vec<_> = before.difference(&named).filter(|path| files.contains_key(*path)).collect();
        assert!(gone.is_empty(), "{gone:?}");
        before = named;
        check_rebuild(&desk, point).await;
    }
    desk.newsroom.take_down(&desk.ask(article(1)), "核实").await.unwrap();
    let files = desk.files();
    assert!(!before.iter().any(|path| files.contains_key(path)), "its photos go with the page");
}

/// Both sites, file by file; the first that differs is told.
async fn check_rebuild(desk: &Desk, what: &str) {
    desk.newsroom.work(desk.now()).await.unwrap();
    let pressed = desk.files();
    fs::remove_dir_all(desk.site()).unwrap();
    desk.newsroom.rebuild_site(desk.now()).await.unwrap();
    let rebuilt = desk.files();
    for (path, bytes) in &rebuilt {
        let found = pressed.get(path).map(|bytes| String::from_utf8_lossy(bytes));
        assert_eq!(found, Some(String::from_utf8_lossy(bytes)), "{what}: {path}");
    }
    let left: Vec<_> = pressed.keys().filter(|path| !rebuilt.contains_key(*path)).collect();
    assert!(left.is_empty(), "{what}: {left:?}");
}

#[tokio::test]
async fn whatever_was_pressed_the_site_is_what_a_rebuild_would_write() {
    let mut seen = BTreeSet::new();
    for seed in 1..=8_u64 {
        let desk = Desk::new().await;
        for photo in PHOTOS {
            desk.photos.add(photo.as_bytes());
        }
        let mut dice = Dice::of(seed);
        for _ in 0..45 {
            press_anything(&desk, &mut dice).await;
        }
        check_rebuild(&desk, &format!("seed {seed}")).await;
        for path in desk.files().into_keys() {
            seen.insert(
                path.split('/').next().unwrap().to_owned() + if path.contains("/2.html") { "/2" } else { "" },
            );
        }
        let retracted = desk.count("SELECT count(*) FROM retraction") > 0;
        seen.extend(retracted.then(|| "retracted".to_owned()));
        let moved = desk.page("articles/draft-a.html").or(desk.page("articles/draft-b.html"));
        seen.extend(moved.map(|_| "moved".to_owned()));
        check_departures(&desk, &mut seen).await;
    }
    for expected in [
        "sections/2",
        "latest/2",
        "authors",
        "authors/2",
        "editors",
        "corrections/2",
        "moved",
        "gone",
        "retracted",
    ] {
        assert!(seen.contains(expected), "the presses reached {expected}: {seen:?}");
    }
}

/// What a server was told bit by bit is what it would be told now.
async fn check_departures(desk: &Desk, seen: &mut BTreeSet<String>) {
    let slugs = (1..=14).map(|n| format!("flood-{n}")).chain(["draft-a".to_owned(), "draft-b".to_owned()]);
    let paths: Vec<SitePath> = slugs.map(|slug| format!("/articles/{slug}.html").parse().unwrap()).collect();
    let told = || paths.iter().map(|path| desk.newsroom.told().departures().of(path)).collect::<Vec<_>>();
    let bit_by_bit = told();
    desk.newsroom.tell_departures().await.unwrap();
    assert_eq!(bit_by_bit, told());
    seen.extend(bit_by_bit.contains(&Some(Departure::Gone)).then(|| "gone".to_owned()));
}

/// Files written by a first publication, an edit within, a take-down and a put-back on a site of so many articles.
async fn written(n_articles: u128) -> [u64; 4] {
    let desk = Desk::new().await;
    let day = 24 * 60 * 60 * 1000;
    let published = |n| Published {
        article: article(n),
        content: flood(&format!("flood-{n}")),
        responsible_editor: "李编辑".to_owned(),
        at: Instant(desk.now().0 - 30 * day + i64::try_from(n).unwrap() * 1000),
    };
    let articles: Vec<u128> = (1..=n_articles).collect();
    for batch in articles.chunks(250) {
        let batch = batch.iter().copied().map(published).collect();
        assert!(desk.newsroom.take_in(batch, desk.now()).await.unwrap());
    }
    let site = Arc::new(Memory::default());
    desk.newsroom.open_site_with(site.clone(), desk.photos.clone(), desk.now()).await.unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    // Files written or removed since the last time.
    let counted = || {
        let written = site.take_written();
        written.n_files + written.n_removed
    };
    counted();
    let id = article(n_articles + 1);
    let content = flood("new");
    assert_eq!(desk.publish(id, &content).await.publication, Publication::Live);
    let first = counted();
    desk.publish(id, &Content { body: "洪峰已退。\n".to_owned(), ..content }).await;
    let edit = counted();
    desk.newsroom.take_down(&desk.ask(id), "失实").await.unwrap();
    let down = counted();
    desk.newsroom.put_back(&desk.ask(id)).await.unwrap();
    let back = counted();
    [first, edit, down, back]
}

#[tokio::test]
async fn what_a_press_writes_does_not_grow_with_the_site() {
    // Both sites begin no page with the new article.
    let (small, large) = (written(10).await, written(1_000).await);
    assert_eq!(small, large);
    let [first, edit, down, back] = large;
    assert!(first <= 20 && edit <= 8 && down <= 22 && back <= 22, "{large:?}");
}

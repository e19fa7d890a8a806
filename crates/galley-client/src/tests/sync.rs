//! Two devices and a newsroom that is a map in memory, over a way that loses, delays and doubles.

mod accounts;
mod copies;
mod newsroom;
mod set_aside;

use std::path::Path;
use std::sync::Arc;

use galley_model::ArticleId;
use galley_sync::engine::{Event as Happening, HELD_MS, Status};

use self::newsroom::{Newsroom, Weather};
use super::View;
use crate::api::{ErrorCode, SignIn};
use crate::sync::{Driver, FileSecrets, Wiring};
use crate::{Event, Galley, OpenOptions};

struct Device {
    galley: Galley,
    driver: Option<Driver>,
    events: Arc<std::sync::Mutex<Vec<Event>>>,
}

impl Device {
    async fn open(dir: &Path, newsroom: &Newsroom, seed: u64) -> Self {
        let options = OpenOptions {
            data_dir: dir.to_owned(),
            language: Some("zh-Hans".to_owned()),
            system_language: "zh_CN.UTF-8".to_owned(),
        };
        let way = newsroom.clone();
        let wiring = Wiring {
            connect: Arc::new(move |_| Ok(Arc::new(way.clone()))),
            secrets: Some(Arc::new(FileSecrets { folder: dir.to_owned() })),
            seed,
            // What goes in one request elsewhere goes in several, one sent behind the other.
            request_bytes: 900,
            runs_by_itself: false,
            serves_site: true,
        };
        let events = Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = events.clone();
        let open = || {
            Galley::open_with(options.clone(), wiring.clone(), {
                let kept = kept.clone();
                move |event| kept.lock().unwrap().push(event)
            })
        };
        let mut galley = open().await;
        while galley.as_ref().is_err_and(|error| error.code == ErrorCode::LibraryInUse) {
            tokio::task::yield_now().await;
            galley = open().await;
        }
        let galley = galley.unwrap();
        let mut device = Self { driver: galley.driver().await.unwrap(), galley, events };
        if device.driver.is_some() {
            device.start().await;
        }
        device
    }

    async fn signed_in(dir: &Path, newsroom: &Newsroom, name: &str, drafts: Vec<ArticleId>) -> Self {
        let mut device = Self::open(dir, newsroom, 7).await;
        device.sign_in(name, drafts).await.unwrap();
        device
    }

    async fn sign_in(&mut self, name: &str, drafts: Vec<ArticleId>) -> Result<(), crate::api::ApiError> {
        let request = SignIn {
            server: "https://galley.test".to_owned(),
            name: name.to_owned(),
            password: "correct horse".to_owned(),
            code: String::new(),
            device_name: "laptop".to_owned(),
            drafts,
        };
        self.galley.sign_in(request).await?;
        self.driver = self.galley.driver().await?;
        self.start().await;
        Ok(())
    }

    async fn start(&mut self) {
        let account = self.galley.library().account().unwrap().unwrap();
        let reconcile = account.reconcile != galley_store::Reconcile::No;
        self.play(Happening::Started { signed_in: true, reconcile }).await;
    }

    async fn play(&mut self, event: Happening) {
        self.driver.as_mut().unwrap().play(event).await;
    }

    async fn sync(&mut self) {
        self.play(Happening::SyncNow).await;
    }

    /// Tries until everything has gone, as the timers would.
    async fn sync_through(&mut self) {
        for _ in 0..200 {
            self.sync().await;
            if self.driver.as_ref().unwrap().status() == Status::UpToDate {
                return;
            }
        }
        panic!("{:?}: {:?}", self.driver.as_ref().unwrap().status(), self.galley.outbox(0, 20).unwrap());
    }

    async fn draft(&self, text: &str) -> (ArticleId, View) {
        let opened = self.galley.create_article().await.unwrap();
        let mut view = View::of(&opened, "view");
        self.galley.push_edits(view.request(&[(0, 0, text)])).await.unwrap();
        (opened.id, view)
    }

    async fn text(&self, article: ArticleId) -> String {
        self.galley.open_article(article).await.unwrap().body
    }

    /// Types at a place into the text as it stands.
    async fn types(&self, article: ArticleId, at: u32, text: &str) {
        let opened = self.galley.open_article(article).await.unwrap();
        let mut view = View::of(&opened, &uuid::Uuid::new_v4().to_string());
        self.galley.push_edits(view.request(&[(at, at, text)])).await.unwrap();
    }

    async fn crash(self) {
        let galley = self.galley.downgrade();
        drop(self);
        while galley.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_ticked_drafts_go_up_and_another_device_reads_them() {
    let (laptop, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let newsroom = Newsroom::new();
    let mut reporter = Device::open(laptop.path(), &newsroom, 1).await;
    let (ticked, _) = reporter.draft("昨日七时，桥通车。").await;
    let (private, _) = reporter.draft("日记").await;
    reporter.sign_in("王记者", vec![ticked]).await.unwrap();
    reporter.sync_through().await;
    assert_eq!(newsroom.text(ticked).as_deref(), Some("昨日七时，桥通车。"));
    assert_eq!(newsroom.text(private), None);
    assert_eq!(reporter.galley.standing(private).unwrap().upload, "private");
    assert_eq!(reporter.galley.standing(ticked).unwrap().upload, "sent");

    let mut editor = Device::signed_in(desk.path(), &newsroom, "李编辑", Vec::new()).await;
    editor.sync_through().await;
    assert_eq!(editor.text(ticked).await, "昨日七时，桥通车。");
    editor.types(ticked, 9, "记者王明").await;
    editor.sync_through().await;
    reporter.sync_through().await;
    assert_eq!(reporter.text(ticked).await, "昨日七时，桥通车。记者王明");
    let events = reporter.events.lock().unwrap();
    assert!(events.iter().any(|event| matches!(event, Event::Updates { article, .. } if *article == ticked)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_way_loses_or_doubles_everything_arrives_once() {
    for seed in 1..=12 {
        let (laptop, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let newsroom = Newsroom::new();
        let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
        let mut editor = Device::signed_in(desk.path(), &newsroom, "李编辑", Vec::new()).await;
        let (article, _) = reporter.draft("桥").await;
        reporter.galley.let_drafts_up(vec![article]).await.unwrap();
        reporter.sync_through().await;
        editor.sync_through().await;
        newsroom.weather(Weather::Storm(seed));
        for round in 0..4 {
            reporter.types(article, 0, &format!("甲{round}")).await;
            reporter.sync().await;
            editor.types(article, 0, &format!("乙{round}")).await;
            editor.sync().await;
            if round == 1 {
                reporter.galley.submit(article).await.unwrap();
            }
        }
        newsroom.weather(Weather::Fair);
        for _ in 0..3 {
            reporter.sync_through().await;
            editor.sync_through().await;
        }
        let text = newsroom.text(article).unwrap();
        assert_eq!(reporter.text(article).await, text, "seed {seed}");
        assert_eq!(editor.text(article).await, text, "seed {seed}");
        for round in 0..4 {
            for who in ["甲", "乙"] {
                assert_eq!(text.matches(&format!("{who}{round}")).count(), 1, "seed {seed}: {text}");
            }
        }
        assert_eq!(newsroom.submitted(article), 1, "seed {seed}: once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_that_is_opened_while_its_text_arrives_shows_all_of_it() {
    let (laptop, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let mut editor = Device::signed_in(desk.path(), &newsroom, "李编辑", Vec::new()).await;
    for n in 0..40 {
        let (article, _) = reporter.draft(&format!("第{n}篇")).await;
        reporter.galley.let_drafts_up(vec![article]).await.unwrap();
        reporter.sync_through().await;
        let (galley, ended) = (editor.galley.clone(), std::sync::atomic::AtomicBool::new(false));
        let opens = async {
            while !ended.load(std::sync::atomic::Ordering::SeqCst) {
                drop(galley.open_article(article).await);
                tokio::task::yield_now().await;
            }
        };
        let syncs = async {
            editor.sync_through().await;
            ended.store(true, std::sync::atomic::Ordering::SeqCst);
        };
        tokio::join!(opens, syncs);
        assert_eq!(editor.text(article).await, format!("第{n}篇"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn remote_text_waits_while_the_writer_composes() {
    let (laptop, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let mut editor = Device::signed_in(desk.path(), &newsroom, "李编辑", Vec::new()).await;
    let (article, _) = reporter.draft("桥").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    editor.sync_through().await;
    editor.types(article, 1, "通车").await;
    editor.sync_through().await;
    reporter.galley.draft_composition(article, "tong".to_owned()).await.unwrap();
    reporter.sync().await;
    assert_eq!(reporter.text(article).await, "桥");
    reporter.galley.draft_composition(article, String::new()).await.unwrap();
    reporter.sync().await;
    assert_eq!(reporter.text(article).await, "桥通车");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_the_outbox_and_the_answer_doubles_nothing() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("桥").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.galley.submit(article).await.unwrap();
    for weather in [Weather::Deaf, Weather::Mute] {
        newsroom.weather(weather);
        reporter.sync().await;
        reporter.crash().await;
        newsroom.weather(Weather::Fair);
        reporter = Device::open(laptop.path(), &newsroom, 9).await;
        if weather == Weather::Deaf {
            newsroom.weather(Weather::Mute);
        }
    }
    reporter.sync_through().await;
    assert_eq!(newsroom.text(article).as_deref(), Some("桥"));
    assert_eq!(newsroom.submitted(article), 1);
    assert_eq!(newsroom.different_bytes(), 0, "a retry sends the same bytes");
}

/// T33, without its times: those belong to the figures.
#[tokio::test]
async fn ten_thousand_updates_of_thirty_days_are_taken_in_as_one_batch() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let newsroom = Newsroom::new();
    let mut writer = Device::signed_in(one.path(), &newsroom, "林一舟", Vec::new()).await;
    let (article, _) = writer.draft(&"汛情通报，".repeat(1_600)).await;
    writer.galley.let_drafts_up(vec![article]).await.unwrap();
    writer.sync().await;
    let mut reader = Device::signed_in(other.path(), &newsroom, "周晓河", Vec::new()).await;
    reader.sync().await;
    let text = newsroom.others_write(article, 10_000);
    newsroom.page(usize::MAX);
    let (requests, told) = (newsroom.requests(), reader.events.lock().unwrap().len());
    reader.sync().await;
    // Who answers, what moved, the updates, and that there are no more.
    assert!(newsroom.requests() - requests <= 4, "{}", newsroom.requests() - requests);
    let moved = reader.events.lock().unwrap().split_off(told);
    let of_article = |event: &&Event| matches!(event, Event::Changed { article: Some(_), lists: true });
    assert!(moved.iter().filter(of_article).count() <= 2, "{moved:?}");
    let stored = reader.galley.library().load(article).unwrap();
    let bytes: usize = stored.updates.iter().map(Vec::len).sum();
    assert!(bytes < 3 << 20, "{bytes} bytes for ten thousand characters");
    assert!(reader.galley.library().dirty_articles().unwrap().is_empty(), "its list text came with it");
    assert_eq!(reader.text(article).await, text);
}

/// What others wrote into the article where an input method is composing waits, and what they wrote elsewhere does not.
#[tokio::test]
async fn updates_wait_while_somebody_composes_and_the_cycle_comes_back_for_them() {
    let dir = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let began = std::time::Instant::now();
    let mut writer = Device::signed_in(dir.path(), &newsroom, "林一舟", Vec::new()).await;
    let (composed, _) = writer.draft("昨日七时，").await;
    let (other, _) = writer.draft("汛情通报，").await;
    writer.galley.let_drafts_up(vec![composed, other]).await.unwrap();
    writer.sync().await;
    writer.galley.draft_composition(composed, "qiao".to_owned()).await.unwrap();
    let texts = [composed, other].map(|article| newsroom.others_write(article, 2));
    // It comes back long before a device asks of itself what is new.
    let comes_back = |device: &Device| {
        let at = device.driver.as_ref().unwrap().wake_at().unwrap();
        u128::from(at) <= began.elapsed().as_millis() + u128::from(HELD_MS)
    };
    for round in 0..2 {
        writer.sync().await;
        assert_eq!(writer.text(composed).await, "昨日七时，", "{round}");
        assert_eq!(writer.text(other).await, texts[1], "{round}");
        assert!(comes_back(&writer), "{round}");
    }
    writer.galley.draft_composition(composed, String::new()).await.unwrap();
    writer.sync().await;
    assert_eq!(writer.text(composed).await, texts[0]);
    assert!(!comes_back(&writer), "nothing waits any more");
}

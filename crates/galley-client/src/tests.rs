//! The use cases on a real library in a temporary folder, through the same methods that the window calls.

mod faults;
mod publishing;
mod site_place;
mod sync;
mod theme;
mod typing;

use std::path::Path;
use std::sync::{Arc, Mutex};

use galley_model::ArticleId;

use crate::api::{OpenArticle, PushAnswer, PushRequest, Splice, ViewUpdate};
use crate::{Event, Galley, OpenOptions};

/// A Galley whose events are kept.
pub(crate) struct Desk {
    pub(crate) galley: Galley,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

impl Desk {
    /// Ends as a kill would: nothing is flushed or closed. Waits until the library's lock is free again.
    pub(crate) async fn crash(self) {
        let galley = self.galley.downgrade();
        drop(self);
        while galley.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Opens the library, waiting for a Galley that is just ending in this process to let go of it.
pub(crate) async fn open(dir: &Path) -> Desk {
    for _ in 0..10_000 {
        match try_open(dir).await {
            Err(error) if error.code == crate::api::ErrorCode::LibraryInUse => tokio::task::yield_now().await,
            opened => return opened.unwrap(),
        }
    }
    panic!("the library was never let go of")
}

pub(crate) async fn try_open(dir: &Path) -> Result<Desk, crate::api::ApiError> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let kept = events.clone();
    let options = OpenOptions {
        data_dir: dir.to_owned(),
        language: Some("zh-Hans".to_owned()),
        system_language: "zh_CN.UTF-8".to_owned(),
    };
    let galley = Galley::open(options, move |event| kept.lock().unwrap().push(event)).await?;
    Ok(Desk { galley, events })
}

/// A window's side of the protocol in its simplest form: one view that types and remembers what is open.
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) article: ArticleId,
    pub(crate) rev: u32,
    pub(crate) next: u32,
}

impl View {
    pub(crate) fn of(article: &OpenArticle, name: &str) -> Self {
        Self { name: name.to_owned(), article: article.id, rev: article.rev, next: 1 }
    }

    pub(crate) fn request(&mut self, splices: &[(u32, u32, &str)]) -> PushRequest {
        let splices = splices
            .iter()
            .map(|(from, to, insert)| Splice { from: *from, to: *to, insert: (*insert).to_owned() })
            .collect();
        let request = PushRequest {
            article: self.article,
            view: self.name.clone(),
            base_rev: self.rev,
            updates: vec![ViewUpdate { view_seq: self.next, splices }],
            caret: 0,
        };
        self.next += 1;
        request
    }

    /// Types and moves on with the answer; panics on anything but an acceptance.
    pub(crate) async fn types(&mut self, galley: &Galley, splices: &[(u32, u32, &str)]) {
        let request = self.request(splices);
        match galley.push_edits(request).await.unwrap() {
            PushAnswer::Accepted { rev, .. } => self.rev = rev,
            stale => panic!("expected an acceptance, got {stale:?}"),
        }
    }
}

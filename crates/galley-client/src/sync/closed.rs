//! The server's updates of articles that nobody has open: many at once, each read by the text engine first, and
//! committed together with what lists and search show of them.
//!
//! Not here: articles that are open, whose own session takes what others wrote.

use galley_model::{ArticleId, meta};
use galley_store::{Library, Pending, RemoteUpdates, Taken};
use galley_sync::wire::ArticleUpdates;

use super::{at, prepare};
use crate::Galley;
use crate::api::{ApiError, ErrorCode};
use crate::projection::projection;

/// Articles that are read and committed one part after another: while they are, none is opened.
const TOGETHER: usize = 200;
/// Articles of one commit; while it is made, the next are read.
const OF_ONE_COMMIT: usize = 50;

/// What became of a batch.
#[derive(Default)]
pub(super) struct TakenClosed {
    /// Those that came further.
    pub(super) moved: Vec<ArticleId>,
    /// Those that the text engine cannot read, and those that somebody opened meanwhile.
    pub(super) left: Vec<ArticleUpdates>,
}

/// Takes updates into articles that are not open.
///
/// # Errors
/// Those of the library; what was committed before stays.
pub(super) async fn take(galley: &Galley, updates: Vec<ArticleUpdates>) -> Result<TakenClosed, ApiError> {
    let mut taken = TakenClosed::default();
    let mut updates = updates.into_iter().peekable();
    while updates.peek().is_some() {
        let _nobody_opens = galley.opening().await;
        let together: Vec<ArticleUpdates> = updates.by_ref().take(TOGETHER).collect();
        let (closed, open): (Vec<_>, Vec<_>) =
            together.into_iter().partition(|one| galley.open_already(one.article).is_none());
        taken.left.extend(open);
        let library = galley.library().clone();
        let read = tokio::task::spawn_blocking(move || read_and_commit(&library, closed)).await;
        let (moved, unreadable) =
            read.map_err(|error| crate::error::internal("reading updates", error))??;
        taken.moved.extend(moved);
        taken.left.extend(unreadable);
    }
    Ok(taken)
}

fn read_and_commit(
    library: &Library,
    updates: Vec<ArticleUpdates>,
) -> Result<(Vec<ArticleId>, Vec<ArticleUpdates>), ApiError> {
    let (mut moved, mut unreadable) = (Vec::with_capacity(updates.len()), Vec::new());
    let mut before: Option<Pending<Vec<Taken>>> = None;
    let mut updates = updates.into_iter().peekable();
    while updates.peek().is_some() {
        let some: Vec<ArticleUpdates> = updates.by_ref().take(OF_ONE_COMMIT).collect();
        let read = prepare::on_all_cores(&some, |one| read(library, one));
        let mut checked = Vec::with_capacity(some.len());
        for (one, read) in some.into_iter().zip(read) {
            match read {
                Some(Ok(Some(remote))) => checked.push(remote),
                Some(Ok(None)) => {}
                Some(Err(error)) if error.code != ErrorCode::ArticleDamaged => return Err(error),
                // One of a thread that broke is looked at alone.
                Some(Err(_)) | None => unreadable.push(one),
            }
        }
        moved.extend(checked.iter().map(|remote| remote.article));
        let next = (!checked.is_empty()).then(|| library.import_remote(checked, at()));
        if let Some(committed) = std::mem::replace(&mut before, next) {
            committed.wait()?;
        }
    }
    if let Some(committed) = before {
        committed.wait()?;
    }
    Ok((moved, unreadable))
}

/// What the article is with the updates; none when they are here already.
fn read(library: &Library, updates: &ArticleUpdates) -> Result<Option<RemoteUpdates>, ApiError> {
    let article = updates.article;
    if updates.upto <= library.article_sync(article)?.seen_seq {
        return Ok(None);
    }
    let bytes: Vec<Vec<u8>> =
        updates.snapshot.iter().chain(&updates.updates).map(|bytes| bytes.0.clone()).collect();
    let stored = library.load(article)?;
    let mut document = prepare::open(&stored)?;
    document.import(&bytes)?;
    let content = document.content()?;
    let headline = document.meta()?.remove(meta::field::HEADLINE);
    let upto_seq = stored.last_seq + i64::try_from(bytes.len()).unwrap_or_default();
    let shown = Some(projection(&content, None, upto_seq));
    Ok(Some(RemoteUpdates { article, updates: bytes, upto: updates.upto, headline, projection: shown }))
}

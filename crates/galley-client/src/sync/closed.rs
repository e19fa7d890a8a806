//! The server's updates of articles that nobody has open: many at once, each read by the text engine first, and
//! committed together with what lists and search show of them.
//!
//! Not here: articles that are open, whose own session takes what others wrote.

use galley_model::cores::on_all_cores;
use galley_model::{ArticleId, meta};
use galley_store::{Library, Pending, RemoteUpdates, Taken};
use galley_sync::wire::ArticleUpdates;
use galley_text::{Document, TextError};
use tokio::sync::OwnedMutexGuard;

use super::at;
use crate::Galley;
use crate::api::{ApiError, ErrorCode};
use crate::error::fail;
use crate::peers::fresh_peer;
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
/// Those of the library; what was committed before stays, and nothing is on its way into the library any more.
pub(super) async fn take(galley: &Galley, updates: Vec<ArticleUpdates>) -> Result<TakenClosed, ApiError> {
    let mut taken = TakenClosed::default();
    let mut updates = updates.into_iter().peekable();
    while updates.peek().is_some() {
        let nobody_opens = galley.opening().await;
        let together: Vec<ArticleUpdates> = updates.by_ref().take(TOGETHER).collect();
        let (closed, open): (Vec<_>, Vec<_>) =
            together.into_iter().partition(|one| galley.open_already(one.article).is_none());
        taken.left.extend(open);
        let library = galley.library().clone();
        let read = tokio::task::spawn_blocking(move || read_and_commit(&library, closed, nobody_opens)).await;
        let (moved, unreadable) =
            read.map_err(|error| crate::error::internal("reading updates", error))??;
        taken.moved.extend(moved);
        taken.left.extend(unreadable);
    }
    Ok(taken)
}

/// Holds the guard until nothing is on its way into the library: an article that was opened without rows that are
/// committed a moment later would fold over them.
fn read_and_commit(
    library: &Library,
    updates: Vec<ArticleUpdates>,
    _nobody_opens: OwnedMutexGuard<()>,
) -> Result<(Vec<ArticleId>, Vec<ArticleUpdates>), ApiError> {
    let (mut moved, mut unreadable) = (Vec::with_capacity(updates.len()), Vec::new());
    let mut before: Option<Pending<Vec<Taken>>> = None;
    let mut outcome = Ok(());
    let mut updates = updates.into_iter().peekable();
    while updates.peek().is_some() && outcome.is_ok() {
        let some: Vec<ArticleUpdates> = updates.by_ref().take(OF_ONE_COMMIT).collect();
        let checked = read_all(library, some, &mut unreadable);
        let next = checked.map(|checked| {
            moved.extend(checked.iter().map(|remote| remote.article));
            (!checked.is_empty()).then(|| library.import_remote(checked, at()))
        });
        let (next, read) = next.map_or_else(|error| (None, Err(error)), |next| (next, Ok(())));
        // Whatever comes next, what was begun is waited for.
        let committed = std::mem::replace(&mut before, next).map_or(Ok(()), committed);
        outcome = committed.and(read);
    }
    let last = before.map_or(Ok(()), committed);
    outcome.and(last)?;
    Ok((moved, unreadable))
}

fn committed(pending: Pending<Vec<Taken>>) -> Result<(), ApiError> {
    pending.wait().map(drop).map_err(ApiError::from)
}

/// Those that can be committed; what the engine cannot read joins the others that are looked at alone.
fn read_all(
    library: &Library,
    some: Vec<ArticleUpdates>,
    unreadable: &mut Vec<ArticleUpdates>,
) -> Result<Vec<RemoteUpdates>, ApiError> {
    let read = on_all_cores(some.iter().collect(), |one| read(library, one));
    let mut checked = Vec::with_capacity(some.len());
    for (one, read) in some.into_iter().zip(read) {
        match read {
            Some(Ok(Some(remote))) => checked.push(remote),
            Some(Ok(None)) => {}
            // Deleted for good meanwhile.
            Some(Err(error)) if error.code == ErrorCode::ArticleMissing => {}
            Some(Err(error)) if error.code != ErrorCode::ArticleDamaged => return Err(error),
            // Whatever broke on it, it is looked at alone.
            Some(Err(_)) | None => unreadable.push(one),
        }
    }
    Ok(checked)
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
    // Read as one: nobody is told how the text changes, and finding that out costs as much again.
    let all = [stored.updates.as_slice(), bytes.as_slice()].concat();
    let document = Document::load(stored.snapshot.as_deref(), &all, fresh_peer()).map_err(unreadable)?;
    let content = document.content()?;
    let headline = document.meta()?.remove(meta::field::HEADLINE);
    let upto_seq = stored.last_seq + i64::try_from(bytes.len()).unwrap_or_default();
    let shown = Some(projection(&content, None, upto_seq));
    Ok(Some(RemoteUpdates { article, updates: bytes, upto: updates.upto, headline, projection: shown }))
}

/// Updates on which the engine breaks are set aside as those that it refuses: asked for again, they would break it
/// again, and nothing behind them would ever arrive.
pub(super) fn unreadable(error: TextError) -> ApiError {
    match error {
        TextError::Poisoned => {
            tracing::error!("the document engine broke on updates of others");
            fail(ErrorCode::ArticleDamaged)
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use galley_model::Instant;
    use galley_store::{List, Publication, RemoteChange};
    use galley_sync::wire::Bytes;
    use galley_text::Splice;
    use uuid::Uuid;

    use super::*;
    use crate::tests::{Desk, open};

    /// Articles of others that are known here, and their texts on the way.
    async fn arriving(desk: &Desk, n: u128) -> Vec<ArticleUpdates> {
        let articles: Vec<ArticleId> = (1..=n).map(|n| ArticleId(Uuid::from_u128(n))).collect();
        let known = |article: &ArticleId| RemoteChange::Standing {
            article: *article,
            last_seq: 1,
            feed: 1,
            json: String::new(),
            publication: Publication::None,
            list: List::Drafts,
        };
        let known = articles.iter().map(known).collect();
        desk.galley.library().take_changes(known, 1, Instant(1)).await.unwrap();
        articles.into_iter().map(|article| updates(article, bytes())).collect()
    }

    fn updates(article: ArticleId, bytes: Vec<u8>) -> ArticleUpdates {
        ArticleUpdates { article, snapshot: None, updates: vec![Bytes(bytes)], upto: 1, more: false }
    }

    fn bytes() -> Vec<u8> {
        let mut document = Document::load(None, &[], 7).unwrap();
        document.edit(&[Splice::new(0, 0, "今晨通车")]).unwrap().unwrap().bytes
    }

    /// Of a later version of the text engine.
    fn from_later() -> Vec<u8> {
        let whole = bytes();
        let changed = (0..whole.len()).map(|at| {
            let mut changed = whole.clone();
            changed[at] ^= 0x20;
            changed
        });
        let is_later = |bytes: &Vec<u8>| {
            matches!(Document::load(None, std::slice::from_ref(bytes), 8), Err(TextError::TooNew))
        };
        changed.into_iter().find(is_later).unwrap()
    }

    fn arrived(desk: &Desk, updates: &[ArticleUpdates]) -> usize {
        let stored = updates.iter().map(|one| desk.galley.library().load(one.article).unwrap().updates.len());
        stored.sum()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_error_leaves_nothing_on_its_way_into_the_library() {
        let dir = tempfile::tempdir().unwrap();
        let desk = open(dir.path()).await;
        let mut all = arriving(&desk, OF_ONE_COMMIT as u128 + 1).await;
        all.last_mut().unwrap().updates = vec![Bytes(from_later())];
        let taken = take(&desk.galley, all.clone()).await;
        assert_eq!(taken.err().unwrap().code, ErrorCode::LibraryTooNew);
        assert_eq!(arrived(&desk, &all), OF_ONE_COMMIT, "what was begun was waited for");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_opens_an_article_before_the_commits_of_an_aborted_task_are_made() {
        let dir = tempfile::tempdir().unwrap();
        let desk = open(dir.path()).await;
        let all = arriving(&desk, OF_ONE_COMMIT as u128).await;
        {
            let mut taking = std::pin::pin!(take(&desk.galley, all.clone()));
            // Begun, and let go of as when somebody signs out.
            let begun = std::future::poll_fn(|context| std::task::Poll::Ready(taking.as_mut().poll(context)));
            assert!(begun.await.is_pending());
        }
        let _opened = desk.galley.opening().await;
        assert_eq!(arrived(&desk, &all), all.len());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_that_was_deleted_meanwhile_keeps_nobody_back() {
        let dir = tempfile::tempdir().unwrap();
        let desk = open(dir.path()).await;
        let all = arriving(&desk, 2).await;
        let gone = updates(ArticleId(Uuid::from_u128(99)), bytes());
        let taken = take(&desk.galley, [vec![gone], all.clone()].concat()).await.unwrap();
        assert_eq!((taken.moved.len(), taken.left.len()), (2, 0));
        assert_eq!(arrived(&desk, &all), 2);
    }

    #[test]
    fn what_the_engine_breaks_on_is_set_aside_as_what_it_refuses() {
        assert_eq!(unreadable(TextError::Poisoned).code, ErrorCode::ArticleDamaged);
    }
}

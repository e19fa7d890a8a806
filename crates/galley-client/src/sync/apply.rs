//! Committing what the server said: outcomes of rows, standings with the cursor, updates of others.

use std::collections::{BTreeMap, BTreeSet};

use galley_model::ArticleId;
use galley_model::workflow::Outcome;
use galley_store::{
    Account, Library, NewPush, Quarantined, Reconcile, RemoteChange, RemoteUpdates, Settle, StoreError,
    Uploads,
};
use galley_sync::engine::{ItemVerdict, Stored, Write};
use galley_sync::wire::{ArticleUpdates, Change, Have};
use tokio::sync::OwnedMutexGuard;

use super::{Driver, Held, account, at, closed, prepare, stored};
use crate::Galley;
use crate::api::ApiError;
use crate::events::Event;
use crate::lists::{list_of, publication_of};

impl Driver {
    pub(super) async fn write(&mut self, galley: &Galley, write: Write) -> Result<Stored, ApiError> {
        let held = self.held.take();
        match (write, held) {
            (Write::BeginCompare, Some(Held::Hello(hello))) => {
                galley.library().begin_reconcile(hello.epoch).await?;
                self.compared_upto = 0;
                stored(galley, false, false)
            }
            (Write::Verdicts(verdicts), _) => {
                self.settle(galley, verdicts).await?;
                stored(galley, false, false)
            }
            (Write::Compared, Some(Held::Versions(answer))) => {
                let reconcile = account(galley)?.reconcile;
                for (n, article) in std::mem::take(&mut self.comparing) {
                    let have = answer.articles.get(&article).cloned().unwrap_or_default();
                    compare(galley, article, &have, reconcile).await?;
                    // Only now: one whose comparison was cut off is compared again.
                    self.compared_upto = n;
                }
                stored(galley, true, false)
            }
            (Write::Changes, Some(Held::Changes(answer))) => {
                let moved: Vec<ArticleId> = answer.articles.iter().map(article_of).collect();
                if let Some(you) = answer.you {
                    galley.take_word_on_person(self.person, *you).await?;
                }
                let account = account(galley)?;
                let changes = answer.articles.into_iter().map(|one| change(&account, one)).collect();
                if let Some(site) = answer.site {
                    galley.take_servers_site(&site).await?;
                }
                galley.library().take_changes(changes, answer.cursor.n, at()).await?;
                for article in moved {
                    galley.authority_moved(article);
                }
                stored(galley, answer.more, false)
            }
            (Write::Updates, Some(Held::Updates(answer))) => {
                let progress = self.take_all(galley, answer.articles).await?;
                // A server that gives nothing is not asked in a circle.
                let more = progress && galley.library().is_behind()?;
                stored(galley, more, held_back(galley)?)
            }
            (_, _) => stored(galley, false, held_back(galley)?),
        }
    }

    async fn settle(&mut self, galley: &Galley, verdicts: Vec<ItemVerdict>) -> Result<(), ApiError> {
        let mut outcomes = Vec::new();
        let mut recoveries = Vec::new();
        for verdict in verdicts {
            outcomes.push(match verdict {
                ItemVerdict::Arrived { row } => Settle::Arrived { id: row },
                ItemVerdict::Stored { row, seq } => Settle::Stored { id: row, seq },
                ItemVerdict::Rewind { row, expect } => Settle::Rewind { id: row, expect },
                ItemVerdict::KeepPrivate { row } => Settle::KeepPrivate { id: row },
                ItemVerdict::Refused { row, reason } => Settle::Refused { id: row, reason },
                ItemVerdict::GivenUp { row, code } => Settle::GivenUp { id: row, reason: code.to_owned() },
                ItemVerdict::Renumber { next } => Settle::Renumber { next },
                ItemVerdict::Later { row, code } => Settle::Tried { id: row, error: code.to_owned() },
                ItemVerdict::Answered { row, outcome } => Settle::Answered {
                    id: row,
                    accepted: outcome == Outcome::Accepted,
                    answer: serde_json::to_string(&outcome).unwrap_or_default(),
                },
                later @ (ItemVerdict::SendFirst { .. }
                | ItemVerdict::Recover { .. }
                | ItemVerdict::Late { .. }) => {
                    recoveries.push(later);
                    continue;
                }
            });
        }
        galley.library().settle(outcomes, at()).await?;
        // One that has to wait keeps none behind it from being recovered.
        let mut recovered = Ok(());
        for recovery in recoveries {
            recovered = recovered.and(self.recover(galley, recovery).await);
        }
        recovered
    }

    /// Takes updates of several articles. Answers whether any came further.
    async fn take_all(&mut self, galley: &Galley, updates: Vec<ArticleUpdates>) -> Result<bool, ApiError> {
        let (open, closed) = updates.into_iter().partition(|one| galley.open_already(one.article).is_some());
        let taken = closed::take(galley, closed).await.inspect_err(|_| {
            // Some of them may be here.
            galley.emit(Event::Changed { article: None, lists: true });
        })?;
        let mut progress = !taken.moved.is_empty();
        for article in taken.moved {
            galley.emit(Event::Changed { article: Some(article), lists: true });
        }
        let one_by_one: Vec<_> = Vec::into_iter(open).chain(taken.left).collect();
        let mut were_left = false;
        for updates in one_by_one {
            were_left |= self.take_updates(galley, updates).await?;
        }
        if were_left {
            galley.complete_projections().await;
        }
        progress |= were_left;
        Ok(progress)
    }

    /// Takes updates into an article; what cannot be read is set aside and told, and does not come again. Answers
    /// whether the article came further.
    pub(super) async fn take_updates(
        &mut self,
        galley: &Galley,
        updates: ArticleUpdates,
    ) -> Result<bool, ApiError> {
        let (article, upto) = (updates.article, updates.upto);
        if galley.is_composing(article) {
            return Ok(false);
        }
        let bytes: Vec<Vec<u8>> =
            updates.snapshot.into_iter().chain(updates.updates).map(|bytes| bytes.0).collect();
        let before = match galley.library().article_sync(article) {
            // Deleted for good meanwhile.
            Err(StoreError::NoArticle(_)) => return Ok(false),
            before => before?.seen_seq,
        };
        if upto <= before {
            return Ok(false);
        }
        // An article that is just being opened was read without these updates, and would never see them.
        let nobody_opens = galley.opening().await;
        let taken = match galley.open_already(article) {
            Some(session) => {
                let taken = session.import(bytes.clone(), upto).await;
                drop(nobody_opens);
                taken
            }
            None => take_closed(galley, article, bytes.clone(), upto, nobody_opens).await.map(|()| None),
        };
        if let Ok(Some((rev, updates))) = &taken {
            galley.emit(Event::Updates { article, rev: *rev, updates: updates.clone() });
        }
        match taken {
            Ok(_) => {}
            Err(error) if error.code == crate::api::ErrorCode::ArticleDamaged => {
                let whole =
                    Quarantined { article, reason: "unreadable".to_owned(), bytes: bytes.concat(), at: at() };
                galley.library().set_aside(whole, Some(upto)).await?;
                galley
                    .tell(crate::api::Notice::new("update_unreadable").with("article", &article.to_string()));
            }
            Err(error) => return Err(error),
        }
        galley.emit(Event::Changed { article: Some(article), lists: true });
        Ok(true)
    }
}

/// Into an article that is not open: the text engine reads it first.
async fn take_closed(
    galley: &Galley,
    article: ArticleId,
    bytes: Vec<Vec<u8>>,
    upto: i64,
    nobody_opens: OwnedMutexGuard<()>,
) -> Result<(), ApiError> {
    let library = galley.library().clone();
    let taken = tokio::task::spawn_blocking(move || {
        let _until_committed = nobody_opens;
        let mut document = prepare::open(&library.load(article)?)?;
        document.import(&bytes).map_err(closed::unreadable)?;
        let headline = document.meta()?.remove(galley_model::meta::field::HEADLINE);
        let checked = RemoteUpdates { article, updates: bytes, upto, headline, projection: None };
        library.import_remote(vec![checked], at()).wait()?;
        Ok(())
    });
    taken.await.map_err(|error| crate::error::internal("reading updates", error))?
}

/// Whether updates wait for a composition to end.
fn held_back(galley: &Galley) -> Result<bool, ApiError> {
    for article in galley.composed() {
        match galley.library().article_sync(article) {
            Ok(sync) if sync.is_behind() => return Ok(true),
            // Deleted for good meanwhile.
            Ok(_) | Err(StoreError::NoArticle(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

fn article_of(change: &Change) -> ArticleId {
    match change {
        Change::Standing(standing) => standing.article,
        Change::Withdrawn { article } | Change::Deleted { article } => *article,
    }
}

fn change(account: &Account, change: Change) -> RemoteChange {
    match change {
        Change::Withdrawn { article } => RemoteChange::Withdrawn { article },
        Change::Deleted { article } => RemoteChange::Deleted { article },
        Change::Standing(standing) => RemoteChange::Standing {
            article: standing.article,
            last_seq: standing.last_seq,
            feed: standing.n,
            publication: publication_of(&standing),
            list: list_of(account, &standing),
            json: serde_json::to_string(&standing).unwrap_or_default(),
        },
    }
}

/// Brings what was acknowledged to what the server has, and queues what it lacks. After a copy of the library only
/// our own can differ; after a copy of the server anybody's may be missing there.
async fn compare(
    galley: &Galley,
    article: ArticleId,
    have: &Have,
    reconcile: Reconcile,
) -> Result<(), ApiError> {
    let have = have.iter().map(|(peer, end)| (peer.0, *end)).collect();
    queue_missing(galley, article, have, reconcile == Reconcile::Server).await
}

/// Queues everything of an article that a server with `have` lacks, in place of what waits of it. One that cannot be
/// read keeps nobody else back: what the server has is noted, and the rest goes once it can.
pub(super) async fn queue_missing(
    galley: &Galley,
    article: ArticleId,
    have: galley_text::Have,
    recovered: bool,
) -> Result<(), ApiError> {
    let session = galley.open_already(article);
    if let Some(session) = &session {
        // What is typed has to be on the disk before it is sent.
        session.flush().await?;
    }
    let (library, is_open, there) = (galley.library().clone(), session.is_some(), have.clone());
    let missing = tokio::task::spawn_blocking(move || missing(&library, article, &there, recovered, is_open));
    let missing = missing.await.map_err(|error| crate::error::internal("comparing an article", error))??;
    let is_read = missing.is_some();
    let (upto_seq, pushes) = missing.unwrap_or_default();
    let uploads = Uploads { article, upto_seq, instead: Some(have), pushes };
    galley.library().queue_pushes(vec![uploads], at()).await?;
    if !is_read {
        galley.library().cannot_read(vec![article], at()).await?;
    }
    Ok(())
}

/// What a server with `have` lacks of an article, and the last row that was looked at; none when it cannot be read.
fn missing(
    library: &Library,
    article: ArticleId,
    have: &galley_text::Have,
    recovered: bool,
    is_open: bool,
) -> Result<Option<(i64, Vec<NewPush>)>, ApiError> {
    let stored = match library.load(article) {
        // Deleted for good meanwhile: nothing is queued of it.
        Err(StoreError::NoArticle(_)) => return Ok(Some(Default::default())),
        Err(StoreError::Damaged { .. }) => return Ok(None),
        stored => stored?,
    };
    // Of rows that got lost nothing would go up, as though they had never been typed; who has it open knows of them.
    let is_torn = stored.damage.as_ref().is_some_and(|damage| !damage.lost.is_empty());
    if is_torn && !is_open {
        return Ok(None);
    }
    let pushes = prepare::open(&stored)
        .and_then(|document| prepare::pushes(&document, document.spans_after(have)?, |span| span.end));
    let mut pushes = match pushes {
        Ok(pushes) => pushes,
        Err(error) => {
            tracing::error!(%article, %error, "an article cannot be compared");
            return Ok(None);
        }
    };
    let acked: BTreeMap<u64, i32> = library.acknowledged(article)?.into_iter().collect();
    let own: BTreeSet<u64> = library.sessions(article)?.into_iter().map(|session| session.peer).collect();
    for push in &mut pushes {
        let known = acked.get(&push.peer).copied().unwrap_or_default();
        push.recovered = recovered && (!own.contains(&push.peer) || push.start < known);
    }
    Ok(Some((stored.last_seq, pushes)))
}

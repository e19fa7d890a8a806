//! Texts that cannot go the plain way: late ones, forked peers, and what a server lacks.

use galley_model::ArticleId;
use galley_store::{Folded, JournalRow, OutboxItem, OutboxState, Rebase, Settle};
use galley_sync::engine::{Fault, ItemVerdict, row_code};
use galley_sync::wire::{self, UpdatesAnswer, Want};
use galley_text::{Document, Update, common};
use uuid::Uuid;

use super::{Driver, apply, at};
use crate::Galley;
use crate::api::{ApiError, ErrorCode};
use crate::events::Event;
use crate::peers::fresh_peer;

/// The server's document of an article.
struct Theirs {
    updates: Vec<Vec<u8>>,
    upto: i64,
}

impl Driver {
    /// Does what a verdict asks for beyond its row. A row that was settled meanwhile asks for nothing.
    pub(super) async fn recover(&mut self, galley: &Galley, verdict: ItemVerdict) -> Result<(), ApiError> {
        let row = match &verdict {
            ItemVerdict::SendFirst { row, .. }
            | ItemVerdict::Recover { row }
            | ItemVerdict::Late { row, .. } => *row,
            _ => return Ok(()),
        };
        let rows = galley.library().outbox_rows(&[row])?;
        let Some(row) = rows.into_iter().next().filter(|row| row.state == OutboxState::Waiting) else {
            return Ok(());
        };
        match verdict {
            ItemVerdict::SendFirst { have, .. } => {
                let have = have.into_iter().map(|(peer, end)| (peer.0, end)).collect();
                apply::queue_missing(galley, row.article, have, true).await
            }
            // Without the server's text the row waits for the next cycle, and is answered the same then.
            ItemVerdict::Late { id, .. } => {
                let theirs = self.fetch(row.article).await?;
                self.put_server_first(galley, &row, &theirs, Some(id)).await
            }
            _ => {
                let theirs = self.fetch(row.article).await?;
                self.leave_peer(galley, &row, &theirs).await
            }
        }
    }

    /// Everything that the server has of an article.
    ///
    /// # Errors
    /// When it was not all given: the line broke, or the article cannot be read any more.
    async fn fetch(&self, article: ArticleId) -> Result<Theirs, ApiError> {
        let mut theirs = Theirs { updates: Vec::new(), upto: 0 };
        loop {
            let request = wire::UpdatesRequest { wants: vec![Want { article, after: theirs.upto }] };
            let answer: Result<UpdatesAnswer, Fault> = self.talk.post("/updates", &request).await;
            let answer = answer.map_err(|fault| not_given(&format!("{fault:?}")))?;
            let page = answer.articles.into_iter().find(|page| page.article == article);
            let page = page.ok_or_else(|| not_given("it is not shown"))?;
            theirs.updates.extend(page.snapshot.into_iter().chain(page.updates).map(|bytes| bytes.0));
            if page.upto <= theirs.upto && page.more {
                return Err(not_given("it does not end"));
            }
            theirs.upto = page.upto;
            if !page.more {
                return Ok(theirs);
            }
        }
    }

    /// The server refuses a peer: where it has the same operations under it, in other pieces and perhaps fewer,
    /// nothing is wrong and they go on from there; otherwise our difference is written once more, by a fresh peer,
    /// on what the server has.
    async fn leave_peer(
        &mut self,
        galley: &Galley,
        row: &OutboxItem,
        theirs: &Theirs,
    ) -> Result<(), ApiError> {
        let server = Document::load(None, &theirs.updates, fresh_peer())?;
        let there = server.have()?.get(&row.peer).copied().unwrap_or_default();
        let both = there.min(row.end);
        if both > row.start && self.is_same(galley, row, both, &server).await? {
            let outcome = Settle::Rewind { id: row.id, expect: there };
            galley.library().settle(vec![outcome], at()).await?;
            return Ok(());
        }
        self.put_server_first(galley, row, theirs, None).await
    }

    /// Whether what both have of the row's peer, up to an operation, says the same.
    async fn is_same(
        &self,
        galley: &Galley,
        row: &OutboxItem,
        upto: i32,
        server: &Document,
    ) -> Result<bool, ApiError> {
        let mine = super::prepare::open(&galley.library().load(row.article)?)?;
        let moment = [(row.peer, upto)].into();
        Ok(mine.at_have(&moment)? == server.at_have(&moment)?)
    }

    /// The server's text takes the article's place. A late text becomes a private draft beside it; of a forked peer
    /// the difference is written on top.
    async fn put_server_first(
        &mut self,
        galley: &Galley,
        row: &OutboxItem,
        theirs: &Theirs,
        late: Option<Uuid>,
    ) -> Result<(), ApiError> {
        let acked = galley.library().acknowledged(row.article)?;
        let acked = acked.into_iter().find(|(peer, _)| *peer == row.peer).map_or(0, |(_, end)| end);
        let author = galley.preferences().await?.author_name;
        // An article that is not open is opened: one way for both.
        let session = galley.open_session(row.article).await?;
        session.settle().await?;
        let copy = ArticleId(Uuid::now_v7());
        let replaced = session.replace(&author, |mine| {
            let server = Document::load(None, &theirs.updates, fresh_peer())?;
            let folded = fold(&server)?;
            let have = server.have()?;
            let mut rebase = Rebase {
                article: row.article,
                row: row.id,
                seen_seq: theirs.upto,
                acked: have.iter().map(|(peer, end)| (*peer, *end)).collect(),
                edits: None,
                before: mine.snapshot()?,
                reason: if late.is_some() { row_code::LATE } else { row_code::FORKED }.to_owned(),
                copy: None,
                at: at(),
                folded: folded.clone(),
            };
            let mut rows: Vec<Vec<u8>> = vec![folded.snapshot];
            if let Some(late) = late {
                rebase.copy = Some((copy, copied(mine)?, late));
            } else {
                let mut base = common(&mine.have()?, &have);
                base.entry(row.peer).and_modify(|end| *end = acked.min(*end));
                let edits = difference(&server.branch(&base, fresh_peer())?, mine)?;
                rows.extend(edits.iter().map(|update| update.bytes.clone()));
                rebase.edits = Some((edits.into_iter().map(journal_row).collect(), author.clone()));
            }
            Ok((Document::load(None, &rows, fresh_peer())?, rebase))
        });
        match replaced.await {
            Ok(told) => {
                if let Some((rev, updates)) = told {
                    galley.emit(Event::Updates { article: row.article, rev, updates });
                }
            }
            Err(error) => {
                // Memory and disk may differ: the window loads again.
                galley.sessions().remove(&row.article);
                return Err(error);
            }
        }
        galley.emit(Event::Changed { article: Some(row.article), lists: true });
        galley.complete_projections().await;
        Ok(())
    }
}

/// Our text as edits on a moment that the server knows.
fn difference(base: &Document, mine: &Document) -> Result<Vec<Update>, ApiError> {
    let peer = base.peer();
    let mut branch = Document::load(Some(&base.snapshot()?), &[], peer)?;
    let mut edits = Vec::new();
    edits.extend(branch.replace_body(&mine.body()?)?.map(|(update, _)| update));
    let (mut facts, there) = (mine.meta()?, branch.meta()?);
    // A fact that was taken away is cleared.
    for key in there.keys() {
        facts.entry(key.clone()).or_default();
    }
    edits.extend(branch.set_meta(&facts)?);
    Ok(edits)
}

fn journal_row(update: Update) -> JournalRow {
    JournalRow {
        peer: update.peer,
        start: update.start,
        end: update.end,
        bytes: update.bytes,
        view: String::new(),
        view_seq: 0,
    }
}

/// The text and the facts as they stand, in a document of their own.
pub(crate) fn copied(of: &Document) -> Result<Folded, ApiError> {
    let mut copy = Document::new(fresh_peer())?;
    copy.replace_body(&of.body()?)?;
    copy.set_meta(&of.meta()?)?;
    fold(&copy)
}

fn fold(document: &Document) -> Result<Folded, ApiError> {
    Ok(Folded {
        snapshot: document.snapshot()?,
        body: document.body()?,
        meta_json: serde_json::to_string(&document.meta()?).unwrap_or_default(),
        version: document.version()?.as_bytes().to_vec(),
        engine: galley_text::ENGINE.to_owned(),
    })
}

fn not_given(why: &str) -> ApiError {
    // No error of this app, so nothing is logged as one.
    crate::error::fail(ErrorCode::Internal).with("detail", format!("the server's text was not given: {why}"))
}

//! Finding what has to go up, and committing it before it is sent.

use std::collections::BTreeSet;

use galley_model::cores::on_all_cores;
use galley_model::workflow::IntentKind;
use galley_model::{ArticleId, Content, Sha256};
use galley_store::{
    Behind, Library, NewPush, OutboxItem, OutboxKind, Settle, StoreError, StoredArticle, Unsent, Uploads,
    WaitingItem,
};
use galley_sync::engine::{Item, Step};
use galley_sync::wire::{self, Bytes, IntentItem, MAX_UPDATE_BYTES, Peer, Push};
use galley_text::{Document, Span, TextError};

use super::{Driver, at, kind};
use crate::Galley;
use crate::api::ApiError;
use crate::intents::Wish;
use crate::peers::fresh_peer;

/// Articles that are exported between two looks at the outbox.
const ARTICLES: u32 = 400;
/// Rows of one request.
const ROWS: u32 = 1_000;
/// Articles of one request for updates.
const WANTS: u32 = wire::MAX_CHANGES;

impl Driver {
    pub(super) async fn prepare(
        &mut self,
        galley: &Galley,
        step: Step,
        limit: u32,
        skip: &[i64],
    ) -> Result<Vec<Item>, ApiError> {
        let library = galley.library();
        let one = || vec![Item::default()];
        // Of a step that was left.
        self.changes_ahead = None;
        // What was put off would be found again behind what is under way; and one at a time is one.
        self.may_send_ahead = step == Step::Content && limit > 1 && skip.is_empty();
        self.sent_ahead = self.sent_ahead.take().filter(|_| self.may_send_ahead);
        match step {
            Step::Compare => {
                self.comparing = library.going_up(self.compared_upto, wire::MAX_CHANGES)?;
                if self.comparing.is_empty() {
                    library.finish_reconcile().await?;
                    self.compared_upto = 0;
                    return Ok(Vec::new());
                }
                return Ok(one());
            }
            Step::Updates => {
                self.wants = wanted(galley, library.behind(WANTS)?);
                return Ok(if self.wants.is_empty() { Vec::new() } else { one() });
            }
            // One wish that waits holds up those behind it.
            Step::Intents if !skip.is_empty() => return Ok(Vec::new()),
            Step::Content | Step::Photos | Step::Intents | Step::Greet | Step::Changes => {}
        }
        let Some(kind) = kind(step) else { return Ok(Vec::new()) };
        if let Some(ahead) = &self.sent_ahead {
            return Ok(ahead.of().items.clone());
        }
        loop {
            let (items, is_full) = fitting(galley, kind, limit, skip, self.pace.bytes())?;
            // Not all at once: the rest is exported while the server looks at these.
            if is_full || step != Step::Content || !queue_some(galley).await? {
                return Ok(items);
            }
        }
    }
}

/// The rows of the next request of so many bytes, and whether more would not go into it.
fn fitting(
    galley: &Galley,
    kind: OutboxKind,
    limit: u32,
    skip: &[i64],
    most: usize,
) -> Result<(Vec<Item>, bool), ApiError> {
    let rows = ROWS.saturating_add(u32::try_from(skip.len()).unwrap_or(u32::MAX));
    // Rows that are skipped hide none behind them, however large they are.
    let budget = match skip {
        [] => most,
        _ => most.max(MAX_UPDATE_BYTES).saturating_mul(1 + skip.len().min(8)),
    };
    let waiting = galley.library().outbox_waiting(kind, rows, budget)?;
    let (mut items, mut bytes) = (Vec::new(), 0);
    for row in waiting.into_iter().filter(|row| !skip.contains(&row.id)) {
        bytes += row.n_bytes + 300;
        if !items.is_empty() && bytes > most {
            return Ok((items, true));
        }
        items.push(item(row));
        if items.len() >= limit.min(ROWS) as usize {
            return Ok((items, true));
        }
    }
    Ok((items, bytes > most / 2))
}

/// Rows of one request for content.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Rows {
    ids: Vec<i64>,
    articles: BTreeSet<ArticleId>,
    /// As the engine is told of them.
    items: Vec<Item>,
}

impl Rows {
    /// Rows that the engine knows.
    pub(super) fn new(ids: Vec<i64>, rows: &[OutboxItem]) -> Self {
        Self { ids, articles: rows.iter().map(|row| row.article).collect(), items: Vec::new() }
    }

    /// Whether it is these.
    pub(super) fn is_of(&self, ids: &[i64]) -> bool {
        self.ids == ids
    }
}

/// A whole request of the rows that follow others, which are under way; none while there are too few for one. Of an
/// article of which something is under way nothing follows: what the server says of that comes first.
pub(super) fn next_rows(
    galley: &Galley,
    behind: &Rows,
    most: usize,
) -> Result<Option<(Rows, Vec<OutboxItem>)>, ApiError> {
    let (mut items, is_full) = fitting(galley, OutboxKind::Content, u32::MAX, &behind.ids, most)?;
    if !is_full {
        return Ok(None);
    }
    let mut ids: Vec<i64> = items.iter().map(|item| item.id).collect();
    let mut rows = galley.library().outbox_rows(&ids)?;
    // Rows that are gone would leave the answers without their places.
    let alone = rows.iter().take_while(|row| !behind.articles.contains(&row.article)).count();
    if rows.len() != ids.len() || alone == 0 {
        return Ok(None);
    }
    items.truncate(alone);
    ids.truncate(alone);
    rows.truncate(alone);
    Ok(Some((Rows { items, ..Rows::new(ids, &rows) }, rows)))
}

/// What the server is asked for after these: none when it was asked for all that is known.
pub(super) fn wanted_after(galley: &Galley, asked: &[Behind]) -> Result<Option<Vec<Behind>>, ApiError> {
    if asked.len() < WANTS as usize {
        return Ok(None);
    }
    let is_asked: BTreeSet<ArticleId> = asked.iter().map(|want| want.article).collect();
    let mut behind = galley.library().behind(2 * WANTS)?;
    behind.retain(|want| !is_asked.contains(&want.article));
    behind.truncate(WANTS as usize);
    Ok(Some(wanted(galley, behind)).filter(|wants| !wants.is_empty()))
}

/// While somebody composes, nothing comes into their article.
fn wanted(galley: &Galley, behind: Vec<Behind>) -> Vec<Behind> {
    behind.into_iter().filter(|want| !galley.is_composing(want.article)).collect()
}

fn item(row: WaitingItem) -> Item {
    Item { id: row.id, start: row.start, end: row.end, stuck: row.stuck, attempts: row.attempts }
}

/// A row as it is sent.
pub(super) fn push(row: OutboxItem) -> Push {
    Push {
        article: row.article,
        peer: Peer(row.peer),
        start: row.start,
        end: row.end,
        sha256: row.sha256,
        bytes: Bytes(row.payload),
        at: row.created,
        recovered: row.recovered,
        author: author_word(&row.earlier_standing),
    }
}

/// The newsroom's word on the author, out of a standing of an earlier epoch.
fn author_word(standing: &str) -> Option<wire::AuthorWord> {
    serde_json::from_str::<wire::Standing>(standing).ok()?.author_word
}

/// A wish as it is sent; none when the row does not hold one.
pub(super) fn intent(row: OutboxItem) -> Option<IntentItem> {
    let Wish { intent, seen } = serde_json::from_slice(&row.payload).ok()?;
    // A choice says itself what it saw; it would wait for ever for text that was set aside because of open choices.
    let waits = !(row.stuck && matches!(intent.kind, IntentKind::ResolveContest { .. }));
    let needs = row.needs.into_iter().filter(|_| waits).map(|(peer, end)| (Peer(peer), end)).collect();
    Some(IntentItem { no: row.no, intent, needs, seen })
}

/// Exports what was typed in some articles and commits it to the outbox. False when nothing was left to export.
pub(super) async fn queue_some(galley: &Galley) -> Result<bool, ApiError> {
    let unsent = galley.library().unsent(ARTICLES)?;
    if unsent.is_empty() {
        return Ok(false);
    }
    let (mut uploads, mut unreadable) = (Vec::with_capacity(unsent.len()), Vec::new());
    let mut closed = Vec::new();
    for article in unsent {
        // The document of an open one is at hand: its export is a matter of microseconds.
        let exported = galley.open_already(article.article).and_then(|session| {
            let both = |document: &mut Document| Ok((export(&article, document)?, photos(document)?));
            session.with_document(&mut session.state(), both).ok()
        });
        match exported {
            Some((upload, photos)) => {
                queue_photos(galley, &upload, photos).await?;
                uploads.push(upload);
            }
            None => closed.push(article),
        }
    }
    // What the library did not give now is tried again with the step, and nothing of the others is lost.
    let library = galley.library().clone();
    let exported = tokio::task::spawn_blocking(move || export_closed(&library, closed)).await;
    let exported = exported.map_err(|error| crate::error::internal("exporting articles", error))?;
    for (article, exported) in exported {
        match exported? {
            Ok((upload, photos)) => {
                queue_photos(galley, &upload, photos).await?;
                uploads.push(upload);
            }
            // One that cannot be read keeps nobody else back.
            Err(error) => {
                tracing::error!(%article.article, ?error, "an article cannot be sent");
                unreadable.push(article.article);
            }
        }
    }
    galley.library().queue_pushes(uploads, at()).await?;
    if !unreadable.is_empty() {
        galley.library().cannot_read(unreadable, at()).await?;
    }
    Ok(true)
}

/// Has the articles tried again that could not be read: they may have been repaired by now.
pub(super) async fn retry_unreadable(galley: &Galley) -> Result<(), ApiError> {
    let unreadable = galley.library().unreadable()?;
    if !unreadable.is_empty() {
        let again = unreadable.into_iter().map(|article| Settle::ReadAgain { article }).collect();
        galley.library().settle(again, at()).await?;
    }
    Ok(())
}

async fn queue_photos(galley: &Galley, upload: &Uploads, photos: Vec<Sha256>) -> Result<(), ApiError> {
    // Most articles have none, and each write is a commit.
    if !photos.is_empty() {
        galley.library().queue_photos(upload.article, photos, at()).await?;
    }
    Ok(())
}

/// The outer error is the library's, which may give the article later; the inner one is that it cannot be read.
type Exported = Result<Result<(Uploads, Vec<Sha256>), ApiError>, ApiError>;

/// Exports articles that nobody has open, on all cores.
fn export_closed(library: &Library, articles: Vec<Unsent>) -> Vec<(Unsent, Exported)> {
    let export_one = |article: &Unsent| match rows_alone(article) {
        Some(upload) => Ok(Ok((upload, Vec::new()))),
        None => match library.load(article.article) {
            Ok(stored) => Ok(export_stored(article, &stored).map_err(ApiError::from)),
            // Deleted for good meanwhile: nothing of it is queued.
            Err(StoreError::NoArticle(_)) => Ok(Ok((nothing_of(article), Vec::new()))),
            Err(error @ StoreError::Damaged { .. }) => Ok(Err(error.into())),
            Err(error) => Err(ApiError::from(error)),
        },
    };
    let exported = on_all_cores(articles.iter().collect(), export_one);
    let broke = || Ok(Err(crate::error::internal("exporting an article", "it broke")));
    articles.into_iter().zip(exported).map(|(article, one)| (article, one.unwrap_or_else(broke))).collect()
}

fn nothing_of(article: &Unsent) -> Uploads {
    let Unsent { article, upto_seq, .. } = *article;
    Uploads { article, upto_seq, instead: None, pushes: Vec::new() }
}

fn export_stored(article: &Unsent, stored: &StoredArticle) -> Result<(Uploads, Vec<Sha256>), TextError> {
    let document = open(stored)?;
    let have = document.have()?;
    // Of rows that got lost, nothing would go up, as though they had never been typed.
    if article.peers.iter().any(|one| have.get(&one.peer).copied().unwrap_or(0) < one.end) {
        return Err(TextError::Incomplete);
    }
    Ok((export(article, &document)?, photos(&document)?))
}

/// The photos that an article shows, without reading its text.
fn photos(document: &Document) -> Result<Vec<Sha256>, TextError> {
    let content = Content::from_parts("", &document.meta()?);
    Ok(content.photos.iter().map(|photo| photo.sha256).collect())
}

/// The document of a stored article, under a peer that writes nothing.
pub(crate) fn open(stored: &StoredArticle) -> Result<Document, TextError> {
    Document::load(stored.snapshot.as_deref(), &stored.updates, fresh_peer())
}

/// The rows' own bytes, when each peer wrote one row: no document has to be opened.
fn rows_alone(article: &Unsent) -> Option<Uploads> {
    if article.whole {
        return None;
    }
    let pushes = article.peers.iter().map(|one| {
        let bytes = one.bytes.clone().filter(|bytes| bytes.len() <= MAX_UPDATE_BYTES)?;
        Some(NewPush { peer: one.peer, start: one.start, end: one.end, bytes, recovered: false })
    });
    let pushes = pushes.collect::<Option<Vec<_>>>()?;
    Some(Uploads { article: article.article, upto_seq: article.upto_seq, instead: None, pushes })
}

/// What the document holds beyond what was queued. Only committed operations: the ends come from the journal.
fn export(article: &Unsent, document: &Document) -> Result<Uploads, TextError> {
    let mut have = document.have()?;
    let mut ends = have.clone();
    if article.whole {
        // Of a peer that is writing now, only what is committed goes.
        ends.extend(article.peers.iter().map(|one| (one.peer, one.end)));
        have.clear();
    } else {
        for one in &article.peers {
            have.insert(one.peer, one.start);
            ends.insert(one.peer, one.end);
        }
    }
    let pushes = pushes(document, document.spans_after(&have)?, |span| {
        ends.get(&span.peer).copied().unwrap_or(span.end).min(span.end)
    })?;
    Ok(Uploads { article: article.article, upto_seq: article.upto_seq, instead: None, pushes })
}

/// Exports spans up to a limit of each, cut so that each fits.
pub(super) fn pushes(
    document: &Document,
    spans: Vec<Span>,
    end: impl Fn(&Span) -> i32,
) -> Result<Vec<NewPush>, TextError> {
    let mut pushes = Vec::new();
    let mut left: Vec<Span> = spans.into_iter().map(|span| Span { end: end(&span), ..span }).rev().collect();
    while let Some(span) = left.pop() {
        let length = span.end - span.start;
        if length <= 0 {
            continue;
        }
        let bytes = document.export_range(span.peer, span.start, span.end)?;
        if length > 1 && (length > wire::MAX_SPAN || bytes.len() > MAX_UPDATE_BYTES) {
            let middle = span.start + length / 2;
            left.push(Span { start: middle, ..span });
            left.push(Span { end: middle, ..span });
            continue;
        }
        pushes.push(NewPush { peer: span.peer, start: span.start, end: span.end, bytes, recovered: false });
    }
    Ok(pushes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use galley_model::Instant;
    use galley_model::workflow::{Intent, IntentId};
    use galley_store::OutboxState;
    use uuid::Uuid;

    use super::*;

    /// A wish about an article of which something was set aside, or not.
    fn wish(kind: IntentKind, stuck: bool) -> OutboxItem {
        let article = ArticleId(Uuid::from_u128(1));
        let intent = Intent { id: IntentId(Uuid::from_u128(2)), article, kind, policy: None, at: Instant(0) };
        let wish = Wish { intent, seen: BTreeMap::new() };
        OutboxItem {
            id: 1,
            kind: OutboxKind::Intent,
            article,
            sha256: Sha256::of(b""),
            payload: serde_json::to_vec(&wish).unwrap(),
            peer: 0,
            start: 0,
            end: 0,
            no: 1,
            needs: [(7, 3)].into(),
            recovered: false,
            state: OutboxState::Waiting,
            attempts: 0,
            last_error: String::new(),
            answer: String::new(),
            stuck,
            created: Instant(0),
            earlier_standing: String::new(),
        }
    }

    #[test]
    fn a_choice_does_not_wait_for_text_that_was_set_aside_and_all_else_does() {
        let choice = || IntentKind::ResolveContest { contest: Uuid::from_u128(3), text: "七时".to_owned() };
        let needs = |kind, stuck| intent(wish(kind, stuck)).unwrap().needs;
        let waits = [(Peer(7), 3)].into();
        assert_eq!(needs(choice(), true), BTreeMap::new());
        assert_eq!(needs(choice(), false), waits);
        assert_eq!(needs(IntentKind::Resume, true), waits);
    }
}

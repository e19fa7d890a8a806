//! Which list an article of the newsroom stands in for this person, and how its row is told.
//!
//! The guards are the newsroom's, run on what it said last: they choose a list, and decide nothing. Not here: how long
//! a list is, and its order (the library's).

use std::collections::BTreeSet;

use galley_model::workflow::review::ReviewCase;
use galley_model::workflow::{Actor, ItemStatus, Policy, PolicyRef, Publication as Axis, Stage};
use galley_model::{ArticleId, PersonId};
use galley_store::{Account, List, ListRow, ListStanding, Publication};
use galley_sync::wire::Standing;

use crate::Galley;
use crate::api::{ApiError, ArticleRow, RowStanding};
use crate::events::Event;

/// The setting that says for whom the lists were made.
const READER: &str = "lists_for";
/// Grows when the rule of the lists changes.
const RULE: u32 = 3;
/// The setting that says that the articles of this computer were looked at for retractions, which older versions
/// showed as taken down.
const OWN_RETRACTIONS: &str = "own_retractions_listed";
/// Articles that are placed in one transaction.
const AT_ONCE: u32 = 500;

/// Who this person is to the guards.
pub(crate) fn actor(account: &Account) -> Actor {
    Actor {
        person: account.person,
        name: account.name.clone(),
        roles: account.roles.iter().copied().collect(),
    }
}

/// The policy of a reference, when this version knows it.
pub(crate) fn known_policy(reference: &PolicyRef) -> Option<Policy> {
    let all = [Policy::solo(), Policy::two_eyes(), Policy::three_reviews()];
    all.into_iter().find(|policy| policy.reference() == *reference)
}

/// The people who write beside the author.
pub(crate) fn co_authors(said: &Standing) -> BTreeSet<PersonId> {
    said.co_authors.iter().map(|person| person.id).collect()
}

/// What is on record, for the guards, as this person asks.
pub(crate) fn review_case<'a>(
    said: &'a Standing,
    actor: &'a Actor,
    policy: &'a Policy,
    co_authors: &'a BTreeSet<PersonId>,
) -> ReviewCase<'a> {
    ReviewCase {
        actor,
        policy,
        stage: said.stage,
        item_status: said.item_status,
        author: said.author.id,
        co_authors,
        claimed_by: said.claimed_by.as_ref().map(|person| (person.id, person.name.as_str())),
        sign_offs: &said.sign_offs,
        content_hash: said.content_hash,
        n_contests: said.contests.len(),
        was_handed_in: said.stage != Stage::Draft,
        is_live: said.publication.is_live,
    }
}

/// The list an article stands in for this person.
pub(crate) fn list_of(account: &Account, said: &Standing) -> List {
    let is_reviewed = matches!(said.stage, Stage::Submitted | Stage::Review(_));
    match said.stage {
        // Its notice stands at the address for good.
        _ if said.item_status == ItemStatus::Canceled => List::Published,
        _ if is_reviewed && waits_for(account, said) => List::ForMe,
        _ if said.publication.is_live => List::Published,
        Stage::Draft => List::Drafts,
        Stage::Submitted | Stage::Review(_) => List::InReview,
        Stage::Returned => List::SentBack,
        Stage::Approved => List::Approved,
        Stage::Held => List::Held,
        Stage::Spiked => List::Declined,
    }
}

/// How an article of the newsroom is published, as the lists show it.
pub(crate) fn publication_of(standing: &Standing) -> Publication {
    let said = &standing.publication;
    let changed = said.live_content_hash.is_some_and(|live| live != standing.content_hash);
    match said.state {
        Axis::None | Axis::Scheduled => Publication::None,
        Axis::Sending => Publication::Sending,
        Axis::Failed | Axis::Unknown => Publication::Failed,
        Axis::Live if changed => Publication::LiveChanged,
        Axis::Live => Publication::Live,
        Axis::TakenDown => Publication::TakenDown,
        Axis::Retracted => Publication::Retracted,
    }
}

/// The list of an article of this computer that readers do not have.
pub(crate) fn list_of_own(publication: Publication) -> List {
    if publication == Publication::Retracted { List::Published } else { List::Drafts }
}

/// Whether this person may judge it as it stands, and nobody else is at it.
fn waits_for(account: &Account, said: &Standing) -> bool {
    let Some(policy) = known_policy(&said.policy) else { return false };
    let is_anothers = said.claimed_by.as_ref().is_some_and(|holder| holder.id != account.person);
    let (actor, co_authors) = (actor(account), co_authors(said));
    !is_anothers && review_case(said, &actor, &policy, &co_authors).may_judge_now()
}

impl Galley {
    /// Rows of a list as the window shows them.
    pub(crate) fn rows(&self, rows: Vec<ListRow>) -> Result<Vec<ArticleRow>, ApiError> {
        let reader = match rows.iter().any(|row| row.standing.is_some()) {
            true => self.library().account()?.map(|account| account.person.to_string()),
            false => None,
        };
        Ok(rows.into_iter().map(|stored| row(stored, reader.as_deref())).collect())
    }

    /// The list that an article belongs to by what the newsroom said last, this computer's own for one of its own.
    pub(crate) fn list_by_standing(&self, article: ArticleId) -> Result<List, ApiError> {
        if let Some(account) = self.library().account()? {
            let said = self.library().article_sync(article)?.standing;
            if let Ok(said) = serde_json::from_str(&said) {
                return Ok(list_of(&account, &said));
            }
        }
        Ok(list_of_own(self.library().list_row(article)?.publication))
    }

    /// Makes the lists those of who is signed in, when they were another's or were made by another rule.
    pub(crate) async fn lists_for_reader(&self) -> Result<(), ApiError> {
        let Some(account) = self.library().account()? else { return Ok(()) };
        let roles = serde_json::to_string(&account.roles).unwrap_or_default();
        let reader = format!("{RULE} {} {roles}", account.person);
        if self.library().setting(READER)?.as_deref() == Some(&reader) {
            return Ok(());
        }
        let mut after = 0;
        loop {
            let said = self.library().standings(after, AT_ONCE)?;
            let Some((last, ..)) = said.last() else { break };
            after = *last;
            let place = |(_, article, json): &(i64, ArticleId, String)| {
                let said = serde_json::from_str(json).ok()?;
                Some((*article, list_of(&account, &said), publication_of(&said)))
            };
            self.library().place(said.iter().filter_map(place).collect()).await?;
        }
        self.library().set_setting(READER, &reader).await?;
        self.emit(Event::Changed { article: None, lists: true });
        Ok(())
    }

    /// Shows articles of this computer that were retracted before the lists knew that word as what they are; once.
    pub(crate) async fn list_own_retractions(&self) -> Result<(), ApiError> {
        if self.library().setting(OWN_RETRACTIONS)?.as_deref() == Some("yes") {
            return Ok(());
        }
        let mut retracted = Vec::new();
        let mut after = 0;
        loop {
            let rows = self.library().list(List::Drafts, after, AT_ONCE)?;
            for row in rows.iter().filter(|row| row.publication == Publication::TakenDown) {
                if !self.is_the_servers(row.id)?
                    && self.newsroom().authority(row.id).await?.publication == Axis::Retracted
                {
                    retracted.push((row.id, list_of_own(Publication::Retracted), Publication::Retracted));
                }
            }
            if rows.is_empty() {
                break;
            }
            after = after.saturating_add(AT_ONCE);
        }
        let moved = !retracted.is_empty();
        self.library().place(retracted).await?;
        self.library().set_setting(OWN_RETRACTIONS, "yes").await?;
        if moved {
            self.emit(Event::Changed { article: None, lists: true });
        }
        Ok(())
    }
}

fn row(stored: ListRow, reader: Option<&str>) -> ArticleRow {
    ArticleRow {
        id: stored.id,
        headline: stored.headline,
        excerpt: stored.excerpt,
        list: stored.list.into(),
        publication: stored.publication.into(),
        updated_at: stored.updated_at,
        words: stored.words,
        standing: stored.standing.map(|said| standing(said, reader)),
    }
}

fn standing(said: ListStanding, reader: Option<&str>) -> RowStanding {
    let policy = known_policy(&PolicyRef { id: said.policy.0, version: said.policy.1 });
    let (author_id, author) = said.author;
    RowStanding {
        stage: said.stage,
        reviews: policy.map_or(0, |policy| u32::try_from(policy.reviews.len()).unwrap_or_default()),
        author: if reader == Some(author_id.as_str()) { String::new() } else { author },
        claimed_by: said.claimed_by,
        access: said.access,
    }
}

#[cfg(test)]
mod tests;

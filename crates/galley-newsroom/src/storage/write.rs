//! The one writing transaction: the intent with its outcome, its effects and the feed number, all or nothing.

use galley_model::ArticleId;
use galley_model::workflow::Policy;
use rusqlite::{Params, Transaction};
use serde::Serialize;

use super::read::{self, SITE};
use super::sqlite::storage_error;
use super::{
    Answer, Commit, Committed, Effect, PublicationRecord, Revision, StorageError, Work, documents, lists,
    search,
};

type Write<T = ()> = Result<T, StorageError>;

/// Applies commits inside one transaction, unless the intent of one was answered before or what one was decided on
/// moved: what was written then must not stay.
pub(crate) fn commit_all(transaction: &Transaction<'_>, commits: &[Commit]) -> Write<Committed> {
    let mut last = 0;
    for commit in commits {
        match apply(transaction, commit)? {
            Committed::At(n) => last = n,
            nothing => return Ok(nothing),
        }
    }
    Ok(Committed::At(last))
}

/// Whether what a commit wrote stays.
pub(crate) fn stays(committed: &Committed) -> bool {
    matches!(committed, Committed::At(_))
}

fn apply(transaction: &Transaction<'_>, commit: &Commit) -> Write<Committed> {
    if let Some(answer) = &commit.answer
        && let Some(before) = read::answer(transaction, answer.intent.id)?
    {
        return Ok(Committed::Answered(Box::new(before)));
    }
    let article = commit.article.map(|(article, _)| article);
    if let Some((article, wf_rev)) = commit.article
        && !advance_article(transaction, article, wf_rev)?
    {
        return Ok(Committed::Moved);
    }
    for effect in &commit.effects {
        let is_still_so = match effect {
            // Another article may have taken the address since this was decided.
            Effect::HoldSlug(slug) => {
                read::slug_holder(transaction, slug)?.is_none_or(|holder| Some(holder) == article)
            }
            Effect::Document(effect) => documents::write::is_still_so(transaction, effect)?,
            _ => true,
        };
        if !is_still_so {
            return Ok(Committed::Moved);
        }
    }
    let n = advance_feed(transaction, commit, article)?;
    if let Some(answer) = &commit.answer {
        add_answer(transaction, answer, n, commit)?;
    }
    for effect in &commit.effects {
        Applied { transaction, article, n, commit }.apply(effect)?;
    }
    search::follow(transaction, article, &commit.effects)?;
    Ok(Committed::At(n))
}

/// False when the record is not at this revision any more.
fn advance_article(transaction: &Transaction<'_>, article: ArticleId, wf_rev: i64) -> Write<bool> {
    let id = article.to_string();
    if wf_rev == 0 {
        let fresh = read::article(transaction, article)?;
        let sql = "INSERT OR IGNORE INTO article (id, wf_rev, stage, item_status, policy, policy_version)
                   VALUES (?, 0, ?, ?, ?, ?)";
        let policy = Policy::solo().reference();
        let row = (&id, fresh.stage.to_string(), fresh.item_status.word(), policy.id, policy.version);
        execute(transaction, sql, row)?;
    }
    let sql = "UPDATE article SET wf_rev = wf_rev + 1 WHERE id = ? AND wf_rev = ?";
    Ok(execute(transaction, sql, (&id, wf_rev))? == 1)
}

/// The next number of the feed. Whoever has it holds the one row until the commit, so that the order of numbers is the
/// order of commits.
pub(crate) const ADVANCE_FEED: &str = "UPDATE feed SET n = n + 1 RETURNING n";

fn advance_feed(transaction: &Transaction<'_>, commit: &Commit, article: Option<ArticleId>) -> Write<i64> {
    let n: i64 = transaction.query_row(ADVANCE_FEED, [], |row| row.get(0)).map_err(storage_error)?;
    let settings = commit.effects.iter().any(|effect| matches!(effect, Effect::Settings(..)));
    let text = commit
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Document(documents::DocumentEffect::Update(..))));
    let what = match (settings, text) {
        (true, _) => "settings",
        (_, true) => "content",
        _ => "workflow",
    };
    if let Some(article) = article {
        documents::write::moved(transaction, article, n)?;
    }
    let article = article.map(|id| id.to_string()).unwrap_or_default();
    let sql = "INSERT INTO change_feed (n, article, what, at) VALUES (?, ?, ?, ?)";
    execute(transaction, sql, (n, article, what, commit.at.0))?;
    Ok(n)
}

fn add_answer(transaction: &Transaction<'_>, answer: &Answer, n: i64, commit: &Commit) -> Write {
    let kind = serde_json::to_value(&answer.intent.kind).unwrap_or_default();
    let kind = kind.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default();
    let sql = "INSERT INTO intent (id, article, kind, intent, outcome, person, name, feed, answered_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let row = (
        answer.intent.id.to_string(),
        answer.intent.article.to_string(),
        kind,
        json(&answer.intent)?,
        json(&answer.outcome)?,
        answer.person.to_string(),
        &answer.name,
        n,
        commit.at.0,
    );
    execute(transaction, sql, row).map(drop)
}

/// One commit being applied.
struct Applied<'a> {
    transaction: &'a Transaction<'a>,
    article: Option<ArticleId>,
    n: i64,
    commit: &'a Commit,
}

impl Applied<'_> {
    fn apply(&self, effect: &Effect) -> Write {
        match effect {
            Effect::Settings(version, settings, by) => {
                let sql =
                    "INSERT INTO site_settings (version, settings, saved_at, person, name, device, feed)
                           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (version) DO NOTHING";
                let person = by.as_ref().map(|by| by.person.to_string()).unwrap_or_default();
                let name = by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
                let device = by.as_ref().and_then(|by| by.device).map(|id| id.to_string());
                let row = (
                    version,
                    json(settings)?,
                    self.commit.at.0,
                    person,
                    name,
                    device.unwrap_or_default(),
                    self.n,
                );
                match execute(self.transaction, sql, row)? {
                    0 => Err(StorageError::SettingsTaken),
                    _ => Ok(()),
                }
            }
            Effect::ResponsibleEditor(name) => {
                self.run("UPDATE article SET responsible_editor = ? WHERE id = ?", (name, self.article()?))
            }
            Effect::Standing(stage, item_status) => {
                let sql = "UPDATE article SET stage = ?, item_status = ? WHERE id = ?";
                self.run(sql, (stage.to_string(), item_status.word(), self.article()?))
            }
            Effect::HoldSlug(slug) => {
                self.release_slug()?;
                self.run("INSERT INTO address (slug, article) VALUES (?, ?)", (slug, self.article()?))
            }
            Effect::FreezeSlug => {
                self.run("UPDATE address SET frozen = 1 WHERE article = ?", [self.article()?])
            }
            Effect::ReleaseSlug => self.release_slug(),
            Effect::SignOff(record) => {
                let sql =
                    "INSERT INTO sign_off (id, article, content_hash, feed, record) VALUES (?, ?, ?, ?, ?)";
                let hash = record.content_hash.to_string();
                self.run(
                    sql,
                    (record.id.to_string(), record.article.to_string(), hash, self.n, json(record)?),
                )
            }
            Effect::Opinion(opinion) => {
                let sql =
                    "INSERT INTO opinion (id, article, content_hash, feed, opinion) VALUES (?, ?, ?, ?, ?)";
                let record = &opinion.record;
                let (id, article) = (record.id.to_string(), record.article.to_string());
                self.run(sql, (id, article, record.content_hash.to_string(), self.n, json(opinion)?))
            }
            Effect::JudgedText(text) => {
                let sql = "INSERT OR IGNORE INTO judged_text (id, article, content_hash, body, meta, kept_at)
                           VALUES (?, ?, ?, ?, ?, ?)";
                let (id, article) = (text.id.to_string(), text.article.to_string());
                let row = (id, article, text.content_hash.to_string(), &text.body, json(&text.meta)?);
                let (id, article, hash, body, meta) = row;
                self.run(sql, (id, article, hash, body, meta, self.commit.at.0))
            }
            Effect::Revision(revision) => self.revision(revision),
            Effect::Publication(publication) => self.publication(publication),
            Effect::List { listed, places, media } => {
                let article = self.article.ok_or_else(no_article)?;
                lists::write::place(self.transaction, article, listed.as_deref(), places, self.commit.at)?;
                self.media(media)
            }
            Effect::ListedBy(settings) => self.run("UPDATE newsroom SET listed_by = ?", [settings]),
            Effect::ShownAt(slug) => self.shown_at(slug),
            Effect::Correct(correction, person, name) => {
                let sql = "INSERT INTO correction (article, at, kind, text, person, name)
                           VALUES (?, ?, ?, ?, ?, ?)";
                let kind = json(&correction.kind)?;
                let row =
                    (self.article()?, correction.at.0, kind, &correction.text, person.to_string(), name);
                self.run(sql, row)
            }
            Effect::Retract(record) => {
                let sql = "INSERT INTO retraction (article, at, reason, notice, person, name)
                           VALUES (?, ?, ?, ?, ?, ?)";
                let person = record.person.to_string();
                let row =
                    (self.article()?, record.at.0, &record.reason, &record.notice, person, &record.name);
                self.run(sql, row)
            }
            Effect::Site(site) => {
                let sql = "INSERT INTO destination (name, folder, look) VALUES (?, ?, ?)
                           ON CONFLICT (name) DO UPDATE SET folder = excluded.folder, look = excluded.look";
                self.run(sql, (SITE, &site.folder, &site.look))
            }
            Effect::Document(effect) => {
                documents::write::apply(self.transaction, self.article, (self.n, self.commit.at), effect)
            }
            Effect::Queue(work) => self.queue(work),
            Effect::Progress(id, work) => self.run("UPDATE job SET work = ? WHERE id = ?", (json(work)?, id)),
            Effect::Done(id) => self.run("DELETE FROM job WHERE id = ?", [id]),
            Effect::Void => self.run(
                "DELETE FROM job WHERE article = ?
                    AND json_extract(work, '$.work') IN ('page', 'take_down', 'retract')",
                [self.article()?],
            ),
        }
    }

    /// What is given up is remembered: somebody may have been shown it.
    fn release_slug(&self) -> Write {
        let sql = "INSERT OR IGNORE INTO former_address (slug, article)
                   SELECT slug, article FROM address WHERE article = ? AND frozen = 0";
        self.run(sql, [self.article()?])?;
        self.run("DELETE FROM address WHERE article = ? AND frozen = 0", [self.article()?])
    }

    fn revision(&self, revision: &Revision) -> Write {
        let sql = "INSERT INTO revision (id, article, content, content_hash, facts, block, photos, page_hash,
                       made_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let row = (
            revision.id.to_string(),
            revision.article.to_string(),
            json(&revision.content)?,
            revision.content_hash.to_string(),
            json(&revision.facts)?,
            &revision.block,
            json(&revision.photos)?,
            revision.page_hash.to_string(),
            revision.made_at.0,
        );
        self.run(sql, row)
    }

    fn publication(&self, publication: &PublicationRecord) -> Write {
        let sql =
            "INSERT OR REPLACE INTO publication (article, destination, state, wanted, live, published_at,
                       modified_at, live_content_hash, failure)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let word = |value: Option<String>| value.unwrap_or_default();
        let row = (
            self.article()?,
            SITE,
            publication.state.word(),
            word(publication.wanted.map(|id| id.to_string())),
            word(publication.live.map(|id| id.to_string())),
            publication.published_at.unwrap_or_default().0,
            publication.modified_at.unwrap_or_default().0,
            word(publication.live_content_hash.map(|hash| hash.to_string())),
            publication.failure.as_ref().map(json).transpose()?.unwrap_or_default(),
        );
        self.run(sql, row)
    }

    fn shown_at(&self, slug: &str) -> Write {
        let sql = "INSERT OR IGNORE INTO former_address (slug, article) VALUES (?, ?)";
        self.run(sql, (slug, self.article()?))
    }

    fn media(&self, media: &[String]) -> Write {
        let article = self.article()?;
        self.run("DELETE FROM media_use WHERE article = ?", [&article])?;
        for path in media {
            self.run("INSERT OR IGNORE INTO media_use (path, article) VALUES (?, ?)", (path, &article))?;
        }
        Ok(())
    }

    fn queue(&self, work: &Work) -> Write {
        let (priority, article) = match work {
            Work::TakeDown { article } | Work::Retract { article } => (0, Some(article)),
            Work::Page { article, .. } => (1, Some(article)),
            Work::Follow { article, .. } => (2, Some(article)),
            Work::Home => (2, None),
            Work::Relist { .. } => (3, None),
            Work::Site { .. } => (4, None),
        };
        // The same wish twice is one.
        let known = "DELETE FROM job
                     WHERE article = ?1 AND work = ?2 AND ?3 = 2 OR priority = ?3 AND ?3 IN (3, 4)";
        let article = article.map(ToString::to_string).unwrap_or_default();
        self.run(known, (&article, json(work)?, priority))?;
        self.run(
            "INSERT INTO job (priority, article, work) VALUES (?, ?, ?)",
            (priority, &article, json(work)?),
        )
    }

    fn article(&self) -> Write<String> {
        Ok(self.article.ok_or_else(no_article)?.to_string())
    }

    fn run(&self, sql: &str, params: impl Params) -> Write {
        execute(self.transaction, sql, params).map(drop)
    }
}

fn no_article() -> StorageError {
    StorageError::Other("an effect without an article".to_owned())
}

pub(crate) fn execute(transaction: &Transaction<'_>, sql: &str, params: impl Params) -> Write<usize> {
    let mut statement = transaction.prepare_cached(sql).map_err(storage_error)?;
    statement.execute(params).map_err(storage_error)
}

pub(crate) fn json(value: &impl Serialize) -> Write<String> {
    serde_json::to_string(value).map_err(|error| StorageError::Other(error.to_string()))
}

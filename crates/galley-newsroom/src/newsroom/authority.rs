//! What the newsroom says of an article, and what a page of it is rendered from.

use galley_model::address::{article_address, slug_or_default};
use galley_model::workflow::{CorrectionNote, ItemStatus, PolicyRef, Publication, Stage, is_valid_slug};
use galley_model::{ArticleId, Content, Instant, Sha256};
use galley_page::{Correction, Frame, PageFacts};

use super::Newsroom;
use crate::error::NewsroomError;
use crate::storage::{ArticleRecord, Failure, Storage};

/// What the newsroom says of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleAuthority {
    /// Which.
    pub article: ArticleId,
    /// First axis.
    pub stage: Stage,
    /// Second axis, on the site.
    pub publication: Publication,
    /// Third axis.
    pub item_status: ItemStatus,
    /// Which reviews it passes.
    pub policy: PolicyRef,
    /// 责任编辑
    pub responsible_editor: String,
    /// Whether readers have it now, whatever became of the last try.
    pub is_live: bool,
    /// The page's address on the site once it was published; it stays.
    pub address: Option<String>,
    /// When readers first had it.
    pub published_at: Option<Instant>,
    /// When it last changed for readers, none before the first change.
    pub modified_at: Option<Instant>,
    /// The content of what readers have; another hash now means that the draft has changed since.
    pub live_content_hash: Option<Sha256>,
    /// Why the last try failed.
    pub failure: Option<Failure>,
    /// What was said to readers about the article, oldest first.
    pub corrections: Vec<Correction>,
    /// Version of the site's settings that a page is rendered with now.
    pub settings_version: u32,
}

impl<S: Storage> Newsroom<S> {
    /// What the newsroom says of one article.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn authority(&self, article: ArticleId) -> Result<ArticleAuthority, NewsroomError> {
        let record = self.0.storage.article(article).await?;
        let corrections = self.0.storage.corrections(article).await?;
        let (settings_version, _) = self.settings().await?;
        Ok(ArticleAuthority::of(article, record, corrections, settings_version))
    }

    /// The facts that a page of this content is rendered from now. Pure: for every key of a preview.
    pub fn facts(&self, article: ArticleId, content: &Content, authority: &ArticleAuthority) -> PageFacts {
        facts(article, content, authority)
    }

    /// The same with a note that is to be published with it: the preview of exactly that, without the date that it
    /// will get, as a page that was never published has none.
    pub fn facts_with(
        &self,
        article: ArticleId,
        content: &Content,
        authority: &ArticleAuthority,
        note: Option<&CorrectionNote>,
    ) -> PageFacts {
        with_note(facts(article, content, authority), note, UNDATED)
    }

    /// What stands around the article now: its neighbours and related articles on the site.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn frame(&self, article: ArticleId, content: &Content) -> Result<Frame, NewsroomError> {
        let published_at = self.0.storage.article(article).await?.publication.published_at;
        let press = self.press().await?;
        // What was never published stands after everything that was.
        let place = (published_at.unwrap_or(Instant(i64::MAX)), article);
        let frame = self.listed_frame(&content.section, &content.keywords, place, &press).await?;
        Ok(frame.frame(&press.settings))
    }
}

impl ArticleAuthority {
    pub(crate) fn of(
        article: ArticleId,
        record: ArticleRecord,
        corrections: Vec<Correction>,
        settings_version: u32,
    ) -> Self {
        let publication = record.publication;
        let frozen = record.slug.filter(|(_, frozen)| *frozen);
        Self {
            article,
            stage: record.stage,
            publication: publication.state,
            item_status: record.item_status,
            policy: record.policy,
            responsible_editor: record.responsible_editor,
            is_live: publication.live.is_some(),
            address: frozen.map(|(slug, _)| article_address(&slug, article)),
            published_at: publication.published_at,
            modified_at: publication.modified_at,
            live_content_hash: publication.live_content_hash,
            failure: publication.failure,
            corrections,
            settings_version,
        }
    }
}

/// The facts that a page of this content is rendered from now.
pub(crate) fn facts(article: ArticleId, content: &Content, authority: &ArticleAuthority) -> PageFacts {
    PageFacts {
        id: article,
        address: authority
            .address
            .clone()
            .unwrap_or_else(|| article_address(&slug_of(article, content), article)),
        responsible_editor: authority.responsible_editor.clone(),
        stage_signers: Default::default(),
        corrections: authority.corrections.clone(),
        published_at: authority.published_at,
        modified_at: authority.modified_at,
        settings_version: authority.settings_version,
    }
}

/// Stands for the date that a note gets when it is published.
pub(crate) const UNDATED: Instant = Instant(0);

/// Facts with a note of this date, behind all others.
pub(crate) fn with_note(mut facts: PageFacts, note: Option<&CorrectionNote>, at: Instant) -> PageFacts {
    let note = note.map(|note| Correction { at, kind: note.kind, text: note.text.trim().to_owned() });
    facts.corrections.extend(note);
    facts
}

/// The slug that the content asks for; the article's own while what was typed cannot stand.
pub(crate) fn slug_of(article: ArticleId, content: &Content) -> String {
    let typed = content.slug.trim();
    slug_or_default(if is_valid_slug(typed) { typed } else { "" }, article)
}

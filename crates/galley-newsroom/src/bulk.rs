//! Taking many published articles in at once, as when a site moves here: one transaction for all of a batch, no
//! intents, and pages with the next rebuild.

use galley_model::address::article_address;
use galley_model::workflow::{ItemStatus, Publication, Stage};
use galley_model::{ArticleId, Content, Instant, RevisionId, content_hash};
use galley_page::PageFacts;

use crate::error::NewsroomError;
use crate::lists;
use crate::newsroom::{Newsroom, slug_of};
use crate::render;
use crate::site::blocking;
use crate::storage::{Commit, Committed, Effect, PublicationRecord, Revision, Storage};

/// An article that readers had before it came here.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its id from now on.
    pub article: ArticleId,
    /// As it was published.
    pub content: Content,
    /// 责任编辑
    pub responsible_editor: String,
    /// When readers first had it.
    pub at: Instant,
}

impl<S: Storage> Newsroom<S> {
    /// Takes published articles in as they were published; their pages are written by [`Newsroom::rebuild_site`].
    /// Answers whether the batch was taken in: all of it, or none when one of its articles is here already or has an
    /// address that is another's.
    ///
    /// # Errors
    /// `Page`, `Storage`.
    pub async fn take_in(&self, articles: Vec<Published>, now: Instant) -> Result<bool, NewsroomError> {
        let press = self.press().await?;
        let (settings_version, _) = self.settings().await?;
        let commits = blocking(move || {
            let commit = |published: Published| {
                let revision = revision_of(published, &press, settings_version)?;
                commit_of(revision, &press, now)
            };
            articles.into_iter().map(commit).collect::<Result<Vec<_>, NewsroomError>>()
        });
        Ok(matches!(self.commit(commits.await??).await?, Committed::At(_)))
    }
}

fn revision_of(
    published: Published,
    press: &render::Press,
    settings_version: u32,
) -> Result<Revision, NewsroomError> {
    let Published { article, content, responsible_editor, at } = published;
    let facts = PageFacts {
        id: article,
        address: article_address(&slug_of(article, &content), article),
        responsible_editor,
        stage_signers: Default::default(),
        corrections: Vec::new(),
        published_at: Some(Instant(at.0.max(1))),
        modified_at: None,
        settings_version,
    };
    let block = press.templates.article(&content, &facts, &press.settings)?;
    Ok(Revision {
        id: RevisionId(crate::new_id(at)),
        article,
        content_hash: content_hash(&content),
        page_hash: press.templates.page_hash_of(&block, &content, &facts, &press.settings)?,
        block: block.html(),
        photos: block.photos,
        content,
        facts,
        made_at: at,
    })
}

fn commit_of(revision: Revision, press: &render::Press, now: Instant) -> Result<Commit, NewsroomError> {
    let listed = render::listed(&revision, &press.settings);
    let places = lists::places(&listed, &revision.content.keywords, &press.settings);
    let media = render::media_of(&revision)?.iter().map(|file| file.path.to_string()).collect();
    let publication = PublicationRecord {
        state: Publication::Live,
        wanted: Some(revision.id),
        live: Some(revision.id),
        published_at: revision.facts.published_at,
        live_content_hash: Some(revision.content_hash),
        ..PublicationRecord::default()
    };
    let article = revision.article;
    let effects = vec![
        Effect::HoldSlug(slug_of(article, &revision.content)),
        Effect::FreezeSlug,
        Effect::ResponsibleEditor(revision.facts.responsible_editor.clone()),
        Effect::Standing(Stage::Approved, ItemStatus::Usable),
        Effect::Revision(Box::new(revision)),
        Effect::Publication(publication),
        Effect::List { listed: Some(Box::new(listed)), places, media },
    ];
    Ok(Commit { at: now, article: Some((article, 0)), answer: None, effects })
}

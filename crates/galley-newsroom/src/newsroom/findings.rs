//! What stands in the way of publishing an article, and what its writer should know.

use galley_model::address::{propose_slug, slug_or_default};
use galley_model::checks::{CheckContext, Problem, problems};
use galley_model::workflow::review::problem_findings;
use galley_model::workflow::{
    Finding, Policy, PolicyRef, PublishCase, ReasonCode, ResponsibleEditorRule, is_valid_slug,
    publish_findings,
};
use galley_model::{ArticleId, Content, Instant, PhotoId, Sha256};
use galley_page::ArticleBlock;

use super::Newsroom;
use crate::error::NewsroomError;
use crate::storage::{ArticleRecord, Storage};

impl<S: Storage> Newsroom<S> {
    /// What stands in the way of publishing this content, rendered as this block, now; and what the writer
    /// should know.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn findings(
        &self,
        article: ArticleId,
        content: &Content,
        block: &ArticleBlock,
        now: Instant,
    ) -> Result<Vec<Finding>, NewsroomError> {
        let record = self.0.storage.article(article).await?;
        let missing_photos = self.missing_photos(content, block).await;
        self.findings_of(article, &record, content, (&missing_photos, block.n_missing_photos), now).await
    }

    pub(crate) async fn findings_of(
        &self,
        article: ArticleId,
        record: &ArticleRecord,
        content: &Content,
        (missing_photos, n_unknown_photos): (&[(PhotoId, Sha256)], usize),
        now: Instant,
    ) -> Result<Vec<Finding>, NewsroomError> {
        let frozen = record.slug.as_ref().filter(|(_, frozen)| *frozen).map(|(slug, _)| slug.as_str());
        let proposal =
            if frozen.is_some() { None } else { self.proposal_when_taken(article, content).await? };
        let policy = policy(&record.policy);
        let mut findings = publish_findings(&PublishCase {
            article,
            content,
            responsible_editor: &record.responsible_editor,
            policy: &policy,
            stage: record.stage,
            item_status: record.item_status,
            frozen_slug: frozen,
            slug_taken: proposal.as_deref(),
            missing_photos,
            n_unknown_photos,
            now,
        });
        // What the article itself lacks, beside what is named above.
        let lacks = self.lacks(record, &policy, content, now).await?.into_iter();
        findings.extend(
            lacks.filter(|found| matches!(found.reason.code, ReasonCode::TooLong | ReasonCode::BodyMissing)),
        );
        Ok(findings)
    }

    /// The hard problems of the article itself.
    async fn lacks(
        &self,
        record: &ArticleRecord,
        policy: &Policy,
        content: &Content,
        now: Instant,
    ) -> Result<Vec<Finding>, NewsroomError> {
        Ok(problem_findings(&self.problems(record, policy, content, now).await?))
    }

    /// Everything that the checks say of an article.
    pub(crate) async fn problems(
        &self,
        record: &ArticleRecord,
        policy: &Policy,
        content: &Content,
        now: Instant,
    ) -> Result<Vec<Problem>, NewsroomError> {
        let context = CheckContext {
            responsible_editor: record.responsible_editor.clone(),
            responsible_editor_required: policy.responsible_editor == ResponsibleEditorRule::Required,
            now,
        };
        let (_, settings) = self.settings().await?;
        Ok(problems(content, &settings, &context))
    }

    /// A free slug like the one that the content asks for, when another article has that one.
    async fn proposal_when_taken(
        &self,
        article: ArticleId,
        content: &Content,
    ) -> Result<Option<String>, NewsroomError> {
        let wanted = slug_or_default(content.slug.trim(), article);
        if !is_valid_slug(&wanted) || !self.is_taken(&wanted, article).await? {
            return Ok(None);
        }
        let mut taken = vec![wanted.clone()];
        loop {
            let proposal = propose_slug(&wanted, |slug| taken.iter().any(|known| known == slug));
            if !self.is_taken(&proposal, article).await? {
                return Ok(Some(proposal));
            }
            taken.push(proposal);
        }
    }

    async fn is_taken(&self, slug: &str, article: ArticleId) -> Result<bool, NewsroomError> {
        Ok(self.0.storage.slug_holder(slug.to_owned()).await?.is_some_and(|holder| holder != article))
    }

    /// Photos of the page whose bytes are not there.
    pub(crate) async fn missing_photos(
        &self,
        content: &Content,
        block: &ArticleBlock,
    ) -> Vec<(PhotoId, Sha256)> {
        let shown = content.photos.iter().filter(|photo| block.photos.contains(&photo.id));
        let photos: Vec<_> = shown.map(|photo| (photo.id, photo.sha256)).collect();
        if photos.is_empty() {
            return photos;
        }
        let Some(source) = self.photos() else { return photos };
        let missing = move || photos.into_iter().filter(|(_, sha256)| !source.has(*sha256)).collect();
        tokio::task::spawn_blocking(missing).await.unwrap_or_default()
    }
}

/// The policy that a record names. One that this version does not know is as strict as any that it does.
pub(crate) fn policy(reference: &PolicyRef) -> Policy {
    [Policy::solo(), Policy::two_eyes()]
        .into_iter()
        .find(|policy| policy.reference() == *reference)
        .unwrap_or_else(Policy::three_reviews)
}

//! Judgements: given effect while what was judged still stands, and kept as opinions when they came too late. The text
//! that was judged is kept beside them, so that what was changed since can be shown.

use galley_model::workflow::review::{self, Judgement};
use galley_model::workflow::{Method, NoEffect, Opinion, Role, SignOff, SignOffId, Stage, Verdict};
use galley_model::{ArticleId, Content, Meta, RevisionId, Sha256, content_hash};
use galley_sync::wire;

use crate::caller::Caller;
use crate::decoder::Step;
use crate::error::NewsroomError;
use crate::intents::{Decision, decide};
use crate::newsroom::{Newsroom, slug_of};
use crate::settle::Question;
use crate::storage::{DocumentEffect, Effect, JudgedText, Storage};
use crate::text::Basis;

/// Opinions that are kept of one person on one article: every device is told all of them.
const OPINIONS_OF_ONE: usize = 16;

impl<S: Storage> Newsroom<S> {
    pub(crate) async fn sign_off(
        &self,
        question: &Question<'_>,
        judged: &Judgement<'_>,
        offline: bool,
    ) -> Result<Decision, NewsroomError> {
        let (file, case) = (question.file, &question.case);
        let (body, meta) = self.0.storage.text(file.article).await?.unwrap_or_default();
        let content = Content::from_parts(&body, &meta);
        let page = self.page(question.ask, &file.record, &content, None).await?;
        let findings = review::sign_off_findings(case, judged, page.hash);
        if let Some(why) = review::no_effect(case, judged, &findings) {
            let effects = self.opinion(question, judged, offline, why).await?;
            return Ok(Decision { effects, ..decide(findings, Vec::new) });
        }
        if findings.iter().any(|found| found.hard) {
            return Ok(decide(findings, Vec::new));
        }
        let (revision, text) = self.keeping(question, judged.content_hash, Some((body, meta))).await?;
        Ok(decide(findings, || {
            let stage = review::stage_after(case, judged.verdict);
            let ends = matches!(judged.verdict, Verdict::Return | Verdict::Reject | Verdict::Advance);
            // What counts is on record with the stage that the article was at, whatever the device thought.
            let record = record(question, judged, offline, revision, case.stage);
            let release = ends.then_some(Effect::Document(DocumentEffect::Claim(None)));
            let shown_at = Effect::ShownAt(slug_of(file.article, &content));
            text.into_iter()
                .chain([Effect::SignOff(Box::new(record))])
                .chain([Effect::Standing(stage, file.record.item_status), shown_at])
                .chain(release)
                .collect()
        }))
    }

    /// A text that somebody judged, for who may read the article; none when it was not kept.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn judged_text(
        &self,
        caller: &Caller,
        article: ArticleId,
        content_hash: Sha256,
    ) -> Result<Option<wire::JudgedText>, NewsroomError> {
        let file =
            self.0.storage.file(article).await?.filter(|file| {
                !file.document.is_deleted && Basis::of(file).case(&caller.actor, file).may_read()
            });
        if file.is_none() {
            return Ok(None);
        }
        let text = self.0.storage.judged_text(article, content_hash).await?;
        Ok(text.map(|text| wire::JudgedText { revision: text.id, body: text.body, meta: text.meta }))
    }

    /// What is kept of a judgement that has no effect; the same one twice is one, and beyond so many of one person
    /// none.
    async fn opinion(
        &self,
        question: &Question<'_>,
        judged: &Judgement<'_>,
        offline: bool,
        why: NoEffect,
    ) -> Result<Vec<Effect>, NewsroomError> {
        let is_same = |kept: &Opinion| {
            let record = &kept.record;
            record.person == question.ask.actor.person
                && record.content_hash == judged.content_hash
                && record.page_hash == judged.page_hash
                && record.verdict == judged.verdict
                && record.comment == judged.comment
                && kept.why == why
        };
        let person = question.ask.actor.person;
        let n_theirs = question.file.opinions.iter().filter(|kept| kept.record.person == person).count();
        if n_theirs >= OPINIONS_OF_ONE || question.file.opinions.iter().any(is_same) {
            return Ok(Vec::new());
        }
        let text = self.text_at(question, judged.content_hash).await?;
        let (revision, text) = self.keeping(question, judged.content_hash, text).await?;
        let stage = judged.stage.unwrap_or(question.case.stage);
        let record = record(question, judged, offline, revision, stage);
        let opinion = Effect::Opinion(Box::new(Opinion { record, why }));
        Ok(text.into_iter().chain([opinion]).collect())
    }

    /// The text of the version that the judge saw, when it is here and says what was judged.
    async fn text_at(
        &self,
        question: &Question<'_>,
        judged: Sha256,
    ) -> Result<Option<(String, Meta)>, NewsroomError> {
        if question.file.document.content_hash == judged {
            return Ok(self.0.storage.text(question.file.article).await?);
        }
        if question.seen.is_empty() {
            return Ok(None);
        }
        let step = Step::Read { have: question.seen.clone() };
        let read = self.look_at(question.file, None, step).await?.ok();
        let text = read.map(|read| (read.body, read.meta));
        Ok(text.filter(|(body, meta)| content_hash(&Content::from_parts(body, meta)) == judged))
    }

    /// The name of the text that was judged, and the effect that keeps it unless it is kept already. A text that is not
    /// here has a name all the same, under which nothing is found.
    async fn keeping(
        &self,
        question: &Question<'_>,
        content_hash: Sha256,
        text: Option<(String, Meta)>,
    ) -> Result<(RevisionId, Option<Effect>), NewsroomError> {
        let article = question.file.article;
        if let Some(kept) = self.0.storage.judged_text(article, content_hash).await? {
            return Ok((kept.id, None));
        }
        let id = RevisionId(crate::new_id(question.ask.at));
        let keep =
            |(body, meta)| Effect::JudgedText(Box::new(JudgedText { id, article, content_hash, body, meta }));
        Ok((id, text.map(keep)))
    }
}

fn record(
    question: &Question<'_>,
    judged: &Judgement<'_>,
    offline: bool,
    revision: RevisionId,
    stage: Stage,
) -> SignOff {
    let (ask, case) = (question.ask, &question.case);
    let last = u8::try_from(case.policy.reviews.len()).unwrap_or(1);
    let number = match stage {
        Stage::Review(number) => number,
        _ => case.review().unwrap_or(last),
    };
    SignOff {
        id: SignOffId(crate::new_id(ask.at)),
        article: ask.article,
        stage,
        policy: question.file.record.policy.clone(),
        revision,
        content_hash: judged.content_hash,
        page_hash: judged.page_hash,
        verdict: judged.verdict,
        comment: judged.comment.to_owned(),
        person: ask.actor.person,
        name: ask.actor.name.clone(),
        role: case.role_at(number).unwrap_or(Role::ResponsibleEditor),
        on_behalf_of: None,
        method: Method::App,
        outside_approver: None,
        evidence: None,
        device: question.caller.device.to_string(),
        client_time: question.intent.at,
        server_time: ask.at,
        offline,
    }
}

//! What a person asks for: each intent is decided, recorded with its effect in one transaction, and then, where
//! it concerns readers, carried out on the site.

use galley_model::workflow::{
    Actor, CorrectionNote, Finding, Intent, IntentId, IntentKind, Method, Outcome, Publication, Reason,
    ReasonCode, SignOff, SignOffId, Stage, Verdict, correction_findings, may_publish, may_retract,
    put_back_findings, responsible_editor_findings, retract_findings, take_down_findings,
};
use galley_model::{ArticleId, Content, Instant, RevisionId, Sha256, content_hash};
use galley_page::{ArticleBlock, Correction, PageFacts};

use crate::error::NewsroomError;
use crate::newsroom::{ArticleAuthority, Newsroom, UNDATED, facts, policy, slug_of, with_note};
use crate::storage::{
    Answer, ArticleRecord, Commit, Committed, Effect, PublicationRecord, RetractionRecord, Revision, Storage,
    Work,
};

/// Who asks, about what, when; the id is made once per press of a button and kept when it is sent again.
#[derive(Clone, Debug)]
pub struct Ask {
    /// A UUIDv7.
    pub intent: IntentId,
    /// About what.
    pub article: ArticleId,
    /// As the newsroom knows them; on this computer [`Newsroom::local_actor`].
    pub actor: Actor,
    /// The clock.
    pub at: Instant,
}

/// What was decided: the answer, and its effects when it was accepted.
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) effects: Vec<Effect>,
}

impl<S: Storage> Newsroom<S> {
    /// Sets the responsible editor; an empty name takes it away.
    ///
    /// # Errors
    /// `Refused` with `name_invalid` or `not_permitted`; `Storage`.
    pub async fn assign_responsible_editor(
        &self,
        ask: &Ask,
        name: &str,
    ) -> Result<ArticleAuthority, NewsroomError> {
        let name = name.trim();
        let intent = ask.intent(IntentKind::AssignResponsibleEditor { name: name.to_owned() });
        if let Some(answer) = self.answered(&intent).await? {
            return self.replay(ask, answer).await;
        }
        loop {
            let record = self.0.storage.article(ask.article).await?;
            let findings = permitted(ask, &record, responsible_editor_findings(name));
            let decision = decide(findings, || vec![Effect::ResponsibleEditor(name.to_owned())]);
            if self.record(ask, &intent, &record, decision).await? {
                return self.authority(ask.article).await;
            }
        }
    }

    /// Publishes what was previewed, or publishes it again after an edit. The page is rendered anew and refused
    /// as `page_changed` when its hash is not the one that was previewed.
    ///
    /// Accepted means recorded; when the site could not be written after that, the answer is `Ok` with
    /// [`ArticleAuthority::failure`] set, and the next publish tries again.
    ///
    /// # Errors
    /// `Refused` with every reason at once; before anything is begun `Site`, `Page`, `NoSite`; `Storage`.
    pub async fn publish(
        &self,
        ask: &Ask,
        content: &Content,
        page_hash: Sha256,
    ) -> Result<ArticleAuthority, NewsroomError> {
        self.publish_with(ask, content, page_hash, None).await
    }

    /// The same with a note for readers, which stands with the article from then on. The page that was previewed is
    /// the one of [`Newsroom::facts_with`].
    ///
    /// # Errors
    /// As [`Newsroom::publish`], with `not_live` and `correction_missing`.
    pub async fn publish_with(
        &self,
        ask: &Ask,
        content: &Content,
        page_hash: Sha256,
        note: Option<CorrectionNote>,
    ) -> Result<ArticleAuthority, NewsroomError> {
        let content_hash = content_hash(content);
        let intent = ask.intent(IntentKind::Publish { content_hash, page_hash, correction: note.clone() });
        if let Some(answer) = self.answered(&intent).await? {
            return self.replay(ask, answer).await;
        }
        self.check_site().await?;
        loop {
            let record = self.0.storage.article(ask.article).await?;
            let page = self.page(ask, &record, content, note.as_ref()).await?;
            let missing = self.missing_photos(content, &page.block).await;
            let photos = (missing.as_slice(), page.block.n_missing_photos);
            let mut findings = self.findings_of(ask.article, &record, content, photos, ask.at).await?;
            if page.hash != page_hash {
                findings.push(hard(Reason::new(ReasonCode::PageChanged)));
            }
            findings.extend(note_findings(note.as_ref(), &record));
            let findings = permitted(ask, &record, findings);
            let decision = decide(findings, || publish_effects(ask, &record, content, page));
            if self.record(ask, &intent, &record, decision).await? {
                return self.carry_out(ask).await;
            }
        }
    }

    /// 撤稿: the page is gone for readers, the record stays.
    ///
    /// # Errors
    /// As [`Newsroom::publish`], with `not_live` and `reason_missing`.
    pub async fn take_down(&self, ask: &Ask, reason: &str) -> Result<ArticleAuthority, NewsroomError> {
        let intent = ask.intent(IntentKind::TakeDown { reason: reason.to_owned() });
        if let Some(answer) = self.answered(&intent).await? {
            return self.replay(ask, answer).await;
        }
        self.check_site().await?;
        loop {
            let record = self.0.storage.article(ask.article).await?;
            let findings = take_down_findings(record.publication.live.is_some(), reason);
            let decision = decide(permitted(ask, &record, findings), || {
                vec![
                    Effect::Publication(sending(&record)),
                    Effect::Void,
                    Effect::Queue(Work::TakeDown { article: ask.article }),
                ]
            });
            if self.record(ask, &intent, &record, decision).await? {
                return self.carry_out(ask).await;
            }
        }
    }

    /// 恢复上线: the bytes that were live, at the same address, with the same times.
    ///
    /// # Errors
    /// As [`Newsroom::publish`], with `not_taken_down`.
    pub async fn put_back(&self, ask: &Ask) -> Result<ArticleAuthority, NewsroomError> {
        let intent = ask.intent(IntentKind::PutBack);
        if let Some(answer) = self.answered(&intent).await? {
            return self.replay(ask, answer).await;
        }
        self.check_site().await?;
        loop {
            let record = self.0.storage.article(ask.article).await?;
            let findings = put_back_findings(record.publication.state, record.item_status);
            let wanted = record.publication.wanted;
            let decision = decide(permitted(ask, &record, findings), || {
                let page = wanted.map(|revision| Work::Page { revision, article: ask.article });
                let begin = [Effect::Publication(sending(&record)), Effect::Void];
                begin.into_iter().chain(page.map(Effect::Queue)).collect()
            });
            if self.record(ask, &intent, &record, decision).await? {
                return self.carry_out(ask).await;
            }
        }
    }

    /// 声明撤稿: a notice stands at the address from now on, and nothing else ever again.
    ///
    /// # Errors
    /// As [`Newsroom::publish`], with `not_live`, `reason_missing`, `notice_missing` and `canceled`.
    pub async fn retract(
        &self,
        ask: &Ask,
        reason: &str,
        notice: &str,
    ) -> Result<ArticleAuthority, NewsroomError> {
        let kind = IntentKind::Retract { reason: reason.to_owned(), notice: notice.to_owned() };
        let intent = ask.intent(kind);
        if let Some(answer) = self.answered(&intent).await? {
            return self.replay(ask, answer).await;
        }
        self.check_site().await?;
        loop {
            let record = self.0.storage.article(ask.article).await?;
            let decision = retraction(ask, &record, reason, notice);
            if self.record(ask, &intent, &record, decision).await? {
                return self.carry_out(ask).await;
            }
        }
    }

    /// Renders the page as it is asked to be published: its hash without the times that it gets, and its bytes with
    /// them.
    pub(crate) async fn page(
        &self,
        ask: &Ask,
        record: &ArticleRecord,
        content: &Content,
        note: Option<&CorrectionNote>,
    ) -> Result<RenderedPage, NewsroomError> {
        let (settings_version, settings) = self.settings().await?;
        let templates = self.templates();
        let corrections = self.0.storage.corrections(ask.article).await?;
        let authority = ArticleAuthority::of(ask.article, record.clone(), corrections, settings_version);
        let facts = stamped(facts(ask.article, content, &authority), ask.at);
        let newest = facts.corrections.iter().map(|correction| correction.at.0).max().unwrap_or_default();
        let at = Instant(ask.at.0.max(newest.saturating_add(1)));
        let undated = with_note(facts.clone(), note, UNDATED);
        let facts = with_note(facts, note, at);
        let block = templates.article(content, &facts, &settings)?;
        let hash = templates.page_hash_of(&block, content, &undated, &settings)?;
        let correction = note.and_then(|_| facts.corrections.last().cloned());
        Ok(RenderedPage { hash, facts, block, correction })
    }

    /// Runs what waits on the site for readers, and says how it stands.
    pub(crate) async fn carry_out(&self, ask: &Ask) -> Result<ArticleAuthority, NewsroomError> {
        let done = self.run_jobs(ask.at).await;
        let mut authority = self.authority(ask.article).await?;
        match done {
            Ok(()) => Ok(authority),
            Err(NewsroomError::CutOff) => Err(NewsroomError::CutOff),
            Err(error) => {
                // The page itself is as its record says; what shows it could not be written.
                tracing::warn!(%error, "the site could not be brought up to date");
                authority.failure.get_or_insert_with(|| error.failure());
                Ok(authority)
            }
        }
    }

    async fn answered(&self, intent: &Intent) -> Result<Option<Answer>, NewsroomError> {
        let answer = self.0.storage.answer(intent.id).await?;
        answer.map(|answer| same_question(answer, intent)).transpose()
    }

    /// The stored answer, as it was given.
    async fn replay(&self, ask: &Ask, answer: Answer) -> Result<ArticleAuthority, NewsroomError> {
        refusal(&answer.outcome)?;
        self.authority(ask.article).await
    }

    /// Records an answer with its effects. False when the article moved meanwhile: decide again.
    async fn record(
        &self,
        ask: &Ask,
        intent: &Intent,
        record: &ArticleRecord,
        decision: Decision,
    ) -> Result<bool, NewsroomError> {
        self.stop_at("decided")?;
        let answer = Answer {
            intent: intent.clone(),
            outcome: decision.outcome.clone(),
            person: ask.actor.person,
            name: ask.actor.name.clone(),
        };
        let commit = Commit {
            at: ask.at,
            article: Some((ask.article, record.wf_rev)),
            answer: Some(answer),
            effects: decision.effects,
        };
        let outcome = match self.commit(vec![commit]).await? {
            Committed::At(_) => decision.outcome,
            Committed::Answered(answer) => same_question(*answer, intent)?.outcome,
            Committed::Moved => return Ok(false),
        };
        self.stop_at("recorded")?;
        refusal(&outcome).map(|()| true)
    }
}

impl Ask {
    fn intent(&self, kind: IntentKind) -> Intent {
        Intent { id: self.intent, article: self.article, kind, policy: None, at: self.at }
    }
}

/// A page as it is asked to be published.
pub(crate) struct RenderedPage {
    pub(crate) hash: Sha256,
    facts: PageFacts,
    pub(crate) block: ArticleBlock,
    /// The note that this publication adds.
    correction: Option<Correction>,
}

/// Both times as this publication makes them.
fn stamped(mut facts: PageFacts, now: Instant) -> PageFacts {
    // 0 stands for none in records, and a clock may be that wrong.
    let now = Instant(now.0.max(1));
    match facts.published_at {
        None => facts.published_at = Some(now),
        Some(first) => facts.modified_at = Some(now.max(first)),
    }
    facts
}

pub(crate) fn publish_effects(
    ask: &Ask,
    record: &ArticleRecord,
    content: &Content,
    page: RenderedPage,
) -> Vec<Effect> {
    let revision = Revision {
        id: RevisionId(crate::new_id(ask.at)),
        article: ask.article,
        content: content.clone(),
        content_hash: content_hash(content),
        facts: page.facts,
        block: page.block.html(),
        photos: page.block.photos,
        page_hash: page.hash,
        made_at: ask.at,
    };
    let name = ask.actor.name.clone();
    let correction = page.correction.map(|correction| Effect::Correct(correction, ask.actor.person, name));
    let is_frozen = record.slug.as_ref().is_some_and(|(_, frozen)| *frozen);
    let slug = (!is_frozen).then(|| Effect::HoldSlug(slug_of(ask.article, content)));
    let publication = PublicationRecord { wanted: Some(revision.id), ..sending(record) };
    let work = Work::Page { revision: revision.id, article: ask.article };
    let sign_off = policy(&record.policy).is_solo().then(|| automatic_sign_off(ask, record, &revision));
    slug.into_iter()
        .chain([Effect::Revision(Box::new(revision))])
        .chain(sign_off.map(|record| Effect::SignOff(Box::new(record))))
        .chain(correction)
        .chain([
            Effect::Standing(Stage::Approved, record.item_status),
            Effect::Publication(publication),
            Effect::Void,
            Effect::Queue(work),
        ])
        .collect()
}

/// What stands in the way of the note.
pub(crate) fn note_findings(note: Option<&CorrectionNote>, record: &ArticleRecord) -> Vec<Finding> {
    note.map(|note| correction_findings(note, record.publication.live.is_some())).unwrap_or_default()
}

/// What the wish to retract comes to.
pub(crate) fn retraction(ask: &Ask, record: &ArticleRecord, reason: &str, notice: &str) -> Decision {
    let was_published = record.publication.published_at.is_some();
    let mut findings = retract_findings(was_published, record.item_status, reason, notice);
    if !may_retract(&ask.actor, &policy(&record.policy)) {
        findings.insert(0, hard(Reason::new(ReasonCode::NotPermitted)));
    }
    let retraction = || RetractionRecord {
        at: ask.at,
        reason: reason.trim().to_owned(),
        notice: notice.trim().to_owned(),
        person: ask.actor.person,
        name: ask.actor.name.clone(),
    };
    decide(findings, || {
        vec![
            Effect::Publication(sending(record)),
            Effect::Retract(Box::new(retraction())),
            Effect::Void,
            Effect::Queue(Work::Retract { article: ask.article }),
        ]
    })
}

/// Under *solo* publishing is the judgement; the record is the same as any other.
fn automatic_sign_off(ask: &Ask, record: &ArticleRecord, revision: &Revision) -> SignOff {
    SignOff {
        id: SignOffId(crate::new_id(ask.at)),
        article: ask.article,
        stage: record.stage,
        policy: record.policy.clone(),
        revision: revision.id,
        content_hash: revision.content_hash,
        page_hash: Some(revision.page_hash),
        verdict: Verdict::Adopt,
        comment: "solo: published by its writer".to_owned(),
        person: ask.actor.person,
        name: ask.actor.name.clone(),
        role: galley_model::workflow::Role::Reporter,
        on_behalf_of: None,
        method: Method::Automatic,
        outside_approver: None,
        evidence: None,
        device: String::new(),
        client_time: ask.at,
        server_time: ask.at,
        offline: false,
    }
}

/// On its way; what readers have stays until it arrives.
pub(crate) fn sending(record: &ArticleRecord) -> PublicationRecord {
    PublicationRecord { state: Publication::Sending, failure: None, ..record.publication.clone() }
}

pub(crate) fn hard(reason: Reason) -> Finding {
    Finding { reason, hard: true }
}

/// Adds a finding when the person may not ask this.
pub(crate) fn permitted(ask: &Ask, record: &ArticleRecord, mut findings: Vec<Finding>) -> Vec<Finding> {
    if !may_publish(&ask.actor, &policy(&record.policy)) {
        findings.insert(0, hard(Reason::new(ReasonCode::NotPermitted)));
    }
    findings
}

/// Refuses with every hard finding, or accepts with the effects. A page that changed under the reader's eyes is
/// stale rather than wrong, unless something else is wrong too.
pub(crate) fn decide(findings: Vec<Finding>, effects: impl FnOnce() -> Vec<Effect>) -> Decision {
    let reasons: Vec<Reason> =
        findings.into_iter().filter(|finding| finding.hard).map(|finding| finding.reason).collect();
    let moved = [ReasonCode::PageChanged, ReasonCode::ContentChanged];
    let is_stale = !reasons.is_empty() && reasons.iter().all(|reason| moved.contains(&reason.code));
    match (reasons.is_empty(), is_stale) {
        (true, _) => Decision { outcome: Outcome::Accepted, effects: effects() },
        (_, true) => Decision { outcome: Outcome::Stale { reasons }, effects: Vec::new() },
        (_, false) => Decision { outcome: Outcome::Rejected { reasons }, effects: Vec::new() },
    }
}

fn refusal(outcome: &Outcome) -> Result<(), NewsroomError> {
    match outcome.clone() {
        Outcome::Accepted => Ok(()),
        Outcome::Rejected { reasons } => Err(NewsroomError::Refused { reasons, stale: false }),
        Outcome::Stale { reasons } => Err(NewsroomError::Refused { reasons, stale: true }),
    }
}

/// An id stands for one question; the clock of a second try is not part of it.
fn same_question(answer: Answer, intent: &Intent) -> Result<Answer, NewsroomError> {
    let same = answer.intent.article == intent.article && answer.intent.kind == intent.kind;
    if same { Ok(answer) } else { Err(NewsroomError::IntentReused) }
}

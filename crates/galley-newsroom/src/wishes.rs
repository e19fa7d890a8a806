//! Wishes of devices: each device numbers its own without gaps, each is answered once, and what was answered is
//! answered the same for ever.

use galley_model::workflow::review::{Writing, may_begin};
use galley_model::workflow::{Intent, IntentKind, Outcome, PolicyRef, Reason, ReasonCode};
use galley_model::{ArticleId, Instant, PersonId};
use galley_sync::wire::{Have, IntentItem, IntentResult, IntentsAnswer, IntentsRequest, Person};
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::NewsroomError;
use crate::intents::{Ask, Decision};
use crate::newsroom::Newsroom;
use crate::storage::{Answer, Commit, Committed, DocumentEffect, Effect, Storage};
use crate::text::{Basis, person};

impl<S: Storage> Newsroom<S> {
    /// Decides wishes in the order of their numbers, up to the first that has to be sent again.
    ///
    /// # Errors
    /// `Storage`, `CutOff`; what was decided before stays decided.
    pub async fn intents(
        &self,
        caller: &Caller,
        request: IntentsRequest,
        now: Instant,
    ) -> Result<IntentsAnswer, NewsroomError> {
        let mut results = Vec::with_capacity(request.items.len());
        for item in &request.items {
            let result = match self.wish(caller, item, now).await {
                Ok(result) => result,
                Err(error) if results.is_empty() => return Err(error),
                // What was answered so far must not be lost with it.
                Err(error) => {
                    tracing::warn!(%error, "a wish could not be decided");
                    break;
                }
            };
            let goes_on = matches!(result, IntentResult::Done { .. });
            results.push(result);
            if !goes_on {
                break;
            }
        }
        Ok(IntentsAnswer { results })
    }

    /// The next number of a device's wishes.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn next_intent(&self, device: Uuid) -> Result<u64, NewsroomError> {
        Ok(self.0.storage.next_intent(device).await?)
    }

    /// What new articles pass.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn new_policy(&self) -> Result<PolicyRef, NewsroomError> {
        Ok(self.0.storage.new_policy().await?)
    }

    /// Has new articles pass other reviews from now on; those that were handed in keep theirs.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn set_new_policy(&self, policy: PolicyRef, now: Instant) -> Result<(), NewsroomError> {
        self.write(now, vec![Effect::Document(DocumentEffect::NewPolicy(policy))]).await
    }

    /// Makes a person known by their name, or says that they are not of the newsroom any more. To be told when
    /// an account is made, renamed or switched off.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn know_person(
        &self,
        id: PersonId,
        name: &str,
        is_active: bool,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let person = Person { id, name: name.to_owned() };
        self.write(now, vec![Effect::Document(DocumentEffect::Person(person, is_active))]).await
    }

    async fn wish(
        &self,
        caller: &Caller,
        item: &IntentItem,
        now: Instant,
    ) -> Result<IntentResult, NewsroomError> {
        let intent = &item.intent;
        let ask = Ask { intent: intent.id, article: intent.article, actor: caller.actor.clone(), at: now };
        loop {
            let next = self.0.storage.next_intent(caller.device).await?;
            if let Some(answer) = self.0.storage.answer(intent.id).await? {
                // Answered under another number, before this device was numbered anew.
                if item.no == next && !self.count(caller, item.no, now).await? {
                    continue;
                }
                return Ok(IntentResult::Done { outcome: outcome_for(answer, intent) });
            }
            if item.no != next {
                return Ok(IntentResult::Renumber { next });
            }
            if !self.has_arrived(caller, intent.article, &item.needs).await? {
                return Ok(IntentResult::Wait);
            }
            let (decision, wf_rev) = match self.decided(caller, &ask, item).await {
                Ok(decided) => decided,
                // Nothing was begun: the same wish may be sent again.
                Err(error @ (NewsroomError::NoSite | NewsroomError::Site(_) | NewsroomError::Page(_))) => {
                    tracing::warn!(%error, "a wish waits for the site");
                    return Ok(IntentResult::Wait);
                }
                Err(error) => return Err(error),
            };
            self.stop_at("wish decided")?;
            let outcome = decision.outcome.clone();
            if !self.answer(caller, item, decision, wf_rev, now).await? {
                continue;
            }
            let concerns_readers = matches!(
                intent.kind,
                IntentKind::Publish { .. }
                    | IntentKind::TakeDown { .. }
                    | IntentKind::PutBack
                    | IntentKind::Retract { .. }
            );
            if concerns_readers && outcome == Outcome::Accepted {
                self.carry_out(&ask).await?;
            }
            return Ok(IntentResult::Done { outcome });
        }
    }

    /// Records an answer with its effects. False when something it was decided on moved.
    async fn answer(
        &self,
        caller: &Caller,
        item: &IntentItem,
        decision: Decision,
        wf_rev: i64,
        now: Instant,
    ) -> Result<bool, NewsroomError> {
        let mut effects = decision.effects;
        // A refusal is not about the article's record, which need not even exist, unless it asks a contest anew.
        let concerns_article = decision.outcome == Outcome::Accepted || !effects.is_empty();
        effects.push(Effect::Document(DocumentEffect::Count(caller.device, item.no)));
        if !self.is_known(caller).await? {
            effects.push(Effect::Document(DocumentEffect::Person(person(&caller.actor), true)));
        }
        let answer = Answer {
            intent: item.intent.clone(),
            outcome: decision.outcome,
            person: caller.actor.person,
            name: caller.actor.name.clone(),
        };
        let article = concerns_article.then_some((item.intent.article, wf_rev));
        let commit = Commit { at: now, article, answer: Some(answer), effects };
        Ok(matches!(self.commit(vec![commit]).await?, Committed::At(_)))
    }

    async fn count(&self, caller: &Caller, no: u64, now: Instant) -> Result<bool, NewsroomError> {
        let effects = vec![Effect::Document(DocumentEffect::Count(caller.device, no))];
        let commit = Commit { at: now, article: None, answer: None, effects };
        Ok(matches!(self.commit(vec![commit]).await?, Committed::At(_)))
    }

    /// Whether everything that a wish talks about is here. What was kept as late or refused has arrived too, and
    /// of an article that this person may not write nothing will: to wait for it would be to wait for ever.
    async fn has_arrived(
        &self,
        caller: &Caller,
        article: ArticleId,
        needs: &Have,
    ) -> Result<bool, NewsroomError> {
        let will_come = match self.0.storage.file(article).await? {
            None => may_begin(&caller.actor),
            Some(file) => {
                let writing = Basis::of(&file).case(&caller.actor, &file).writing();
                !file.document.is_deleted && writing != Writing::Hidden
            }
        };
        if !will_come {
            return Ok(true);
        }
        for (peer, end) in needs {
            if self.0.storage.arrived(article, peer.0).await? < *end {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The stored answer; an id that stands for another question is refused.
fn outcome_for(answer: Answer, intent: &Intent) -> Outcome {
    if answer.intent.article == intent.article && answer.intent.kind == intent.kind {
        return answer.outcome;
    }
    Outcome::Rejected { reasons: vec![Reason::new(ReasonCode::NotPermitted)] }
}

//! What each wish comes to, from what is on record: the guards say, the effects follow.

use galley_model::workflow::review::{self, Judgement, ReviewCase};
use galley_model::workflow::{
    CorrectionNote, Finding, Intent, IntentKind, Outcome, Reason, ReasonCode, Stage, put_back_findings,
    responsible_editor_findings, take_down_findings,
};
use galley_model::{Content, Sha256};
use galley_sync::wire::{Bytes, Contest, ContestPlace, Have, IntentItem, Peer, Person};
use uuid::Uuid;

use crate::caller::Caller;
use crate::content::{MAX_CONTESTS, have_of};
use crate::decoder::{Run, Step, Stepped, Taken, Written};
use crate::error::NewsroomError;
use crate::intents::{
    Ask, Decision, decide, hard, note_findings, permitted, publish_effects, retraction, sending,
};
use crate::newsroom::{Newsroom, policy, slug_of};
use crate::storage::{ArticleFile, DocumentEffect, Effect, LateRecord, Sent, Storage, Work};
use crate::text::{Basis, Looked, Wanted, asked, contests, head, person};

/// A question about an article that can be decided.
pub(crate) struct Question<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) ask: &'a Ask,
    pub(crate) intent: &'a Intent,
    /// The version of the text that was judged.
    pub(crate) seen: &'a Have,
    /// What of the text the wish builds on; it was taken, kept as late or refused.
    pub(crate) needs: &'a Have,
    pub(crate) file: &'a ArticleFile,
    pub(crate) case: ReviewCase<'a>,
}

/// Why a step led to no text.
pub(crate) enum NotWritten {
    Refused(Reason),
    /// Something else stands at the place than was seen.
    Moved(String),
}

impl<S: Storage> Newsroom<S> {
    /// What a wish comes to now, and the revision of the record it was decided on.
    pub(crate) async fn decided(
        &self,
        caller: &Caller,
        ask: &Ask,
        item: &IntentItem,
    ) -> Result<(Decision, i64), NewsroomError> {
        let intent = &item.intent;
        let file = self.0.storage.file(intent.article).await?.filter(|file| !file.document.is_deleted);
        let Some(file) = file else { return Ok((no_such_article(), 0)) };
        let basis = Basis::of(&file);
        let case = basis.case(&caller.actor, &file);
        let (seen, needs) = (&item.seen, &item.needs);
        let question = Question { caller, ask, intent, seen, needs, file: &file, case };
        let judges = matches!(intent.kind, IntentKind::SignOff { .. });
        let decision = match case.may_read() {
            true => self.decide(&question).await?,
            // What its author took back while somebody judged it: the opinion is kept, and nothing else is told.
            false if judges && case.may_have_read() => {
                Decision { effects: self.decide(&question).await?.effects, ..no_such_article() }
            }
            false => no_such_article(),
        };
        Ok((decision, file.record.wf_rev))
    }

    async fn decide(&self, question: &Question<'_>) -> Result<Decision, NewsroomError> {
        let Question { caller, ask, file, case, .. } = *question;
        let record = &file.record;
        let standing = |stage| Effect::Standing(stage, record.item_status);
        let document = Effect::Document;
        Ok(match &question.intent.kind {
            IntentKind::AssignResponsibleEditor { name } => {
                let name = name.trim();
                let mut findings = responsible_editor_findings(name);
                if case.policy.is_solo() {
                    findings = permitted(ask, record, findings);
                } else {
                    findings.extend(review::assign_findings(&case));
                }
                decide(findings, || vec![Effect::ResponsibleEditor(name.to_owned())])
            }
            IntentKind::Submit { .. } => self.submit(question).await?,
            IntentKind::Withdraw => decide(review::withdraw_findings(&case), || vec![standing(Stage::Draft)]),
            IntentKind::Claim => decide(review::claim_findings(&case), || {
                let begins = (case.stage == Stage::Submitted).then(|| standing(Stage::Review(1)));
                let claim = document(DocumentEffect::Claim(Some(person(&caller.actor))));
                begins.into_iter().chain([claim]).collect()
            }),
            IntentKind::Release => {
                decide(review::release_findings(&case), || vec![document(DocumentEffect::Claim(None))])
            }
            IntentKind::SignOff { content_hash, page_hash, verdict, comment, stage, offline } => {
                let judged = Judgement {
                    content_hash: *content_hash,
                    page_hash: *page_hash,
                    verdict: *verdict,
                    comment,
                    stage: *stage,
                };
                self.sign_off(question, &judged, *offline).await?
            }
            IntentKind::Resume => {
                decide(review::resume_findings(&case), || vec![standing(review::stage_after_resume(&case))])
            }
            IntentKind::ResolveContest { contest, text } => self.resolve(question, *contest, text).await?,
            IntentKind::AddCoAuthor { person } => {
                let known = self.0.storage.known_person(*person).await?;
                let name = known.filter(|(_, is_active)| *is_active).map(|(name, _)| name);
                decide(review::co_author_findings(&case, name.is_some()), || {
                    let person = Person { id: *person, name: name.unwrap_or_default() };
                    vec![document(DocumentEffect::CoAuthor(person))]
                })
            }
            IntentKind::RemoveCoAuthor { person } => {
                let is_one = file.document.co_authors.iter().any(|writer| writer.id == *person);
                decide(review::co_author_findings(&case, is_one), || {
                    vec![document(DocumentEffect::NoCoAuthor(*person))]
                })
            }
            IntentKind::AcceptLate { late } => self.accept_late(question, *late).await?,
            IntentKind::RefuseLate { late } => {
                let is_open = file.late.iter().any(|open| open.id == *late);
                decide(review::settle_findings(&case, is_open, ReasonCode::LateSettled), || {
                    vec![document(DocumentEffect::CloseLate(*late, "refused"))]
                })
            }
            IntentKind::Delete => {
                decide(review::delete_findings(&case), || vec![document(DocumentEffect::Delete)])
            }
            IntentKind::Publish { content_hash, page_hash, correction } => {
                self.publish_own(question, *content_hash, *page_hash, correction.as_ref()).await?
            }
            IntentKind::Retract { reason, notice } => {
                self.check_site().await?;
                retraction(ask, record, reason, notice)
            }
            IntentKind::TakeDown { reason } => {
                self.check_site().await?;
                let findings = take_down_findings(case.is_live, reason);
                decide(permitted(ask, record, findings), || {
                    vec![
                        Effect::Publication(sending(record)),
                        Effect::Void,
                        Effect::Queue(Work::TakeDown { article: ask.article }),
                    ]
                })
            }
            IntentKind::PutBack => {
                self.check_site().await?;
                let findings = put_back_findings(record.publication.state, record.item_status);
                decide(permitted(ask, record, findings), || {
                    let wanted = record.publication.wanted;
                    let page = wanted.map(|revision| Work::Page { revision, article: ask.article });
                    let begin = [Effect::Publication(sending(record)), Effect::Void];
                    begin.into_iter().chain(page.map(Effect::Queue)).collect()
                })
            }
        })
    }

    async fn submit(&self, question: &Question<'_>) -> Result<Decision, NewsroomError> {
        let record = &question.file.record;
        // Fixed the first time that it is handed in.
        let passes = match question.case.was_handed_in {
            true => record.policy.clone(),
            false => self.0.storage.new_policy().await?,
        };
        let rules = policy(&passes);
        let content = self.text_of(question.file.article).await?;
        let problems = self.problems(record, &rules, &content, question.ask.at).await?;
        let case = ReviewCase { policy: &rules, ..question.case };
        let mut findings = review::submit_findings(&case, &problems);
        // What was typed since goes with it; what its author saw and the newsroom did not take is missing in it.
        let have = have_of(question.file);
        if question.needs.iter().any(|(peer, end)| have.get(peer).is_none_or(|has| has < end)) {
            findings.push(hard(Reason::new(ReasonCode::ContentChanged)));
        }
        Ok(decide(findings, || {
            vec![
                Effect::Standing(Stage::Submitted, record.item_status),
                Effect::Document(DocumentEffect::HandedIn(passes.clone())),
                Effect::ShownAt(slug_of(question.file.article, &content)),
                Effect::Document(DocumentEffect::Claim(None)),
            ]
        }))
    }

    /// Writes the chosen text as a peer of the newsroom's own, in the transaction that settles the contest. When
    /// something was written at the place that nobody who chose has seen, nothing of it is taken away: the contest
    /// is asked anew, with what stands there.
    async fn resolve(
        &self,
        question: &Question<'_>,
        id: Uuid,
        text: &str,
    ) -> Result<Decision, NewsroomError> {
        let file = question.file;
        let contest = file.contests.iter().find(|contest| contest.id == id);
        let findings = review::settle_findings(&question.case, contest.is_some(), ReasonCode::ContestSettled);
        let Some(contest) = contest.filter(|_| findings.is_empty()) else {
            return Ok(decide(findings, Vec::new));
        };
        let (peer, seen, text) = (Peer(fresh_peer()), contest.result.clone(), text.to_owned());
        let step = match contest.place.clone() {
            ContestPlace::Body { from, to } => Step::WriteBody { peer, from, to, seen, text },
            ContestPlace::Field { key } => Step::WriteField { peer, key, seen, text },
        };
        let taken = match self.look_at(file, None, step).await? {
            Ok(taken) => taken,
            Err(NotWritten::Refused(reason)) => return Ok(decide(vec![hard(reason)], Vec::new)),
            Err(NotWritten::Moved(now)) => {
                let asked_anew = Contest {
                    id: crate::new_id(question.ask.at),
                    result: now,
                    suggestion: None,
                    ..contest.clone()
                };
                let refused = decide(vec![hard(Reason::new(ReasonCode::ContentChanged))], Vec::new);
                let effects = vec![Effect::Document(DocumentEffect::AskAnew(id, Box::new(asked_anew)))];
                return Ok(Decision { effects, ..refused });
            }
        };
        let mut effects = vec![Effect::Document(DocumentEffect::SettleContest(id))];
        if taken.end > 0 {
            let sent = Sent {
                peer: peer.0,
                start: 0,
                end: taken.end,
                sha_in: Sha256::of(&taken.bytes.0),
                bytes: taken.bytes.0.clone(),
                device: None,
                person: person(&question.caller.actor),
                at: question.intent.at,
                recovered: false,
            };
            effects.extend(stored(file, sent, None, &taken));
        }
        Ok(Decision { outcome: Outcome::Accepted, effects })
    }

    /// Takes a late update in as if it had come in time.
    async fn accept_late(&self, question: &Question<'_>, id: Uuid) -> Result<Decision, NewsroomError> {
        let file = question.file;
        let late = self.0.storage.late(id).await?.filter(|late| late.is_open && late.article == file.article);
        let mut findings = review::settle_findings(&question.case, late.is_some(), ReasonCode::LateSettled);
        if findings.is_empty() && file.contests.len() >= MAX_CONTESTS {
            findings.push(hard(Reason::new(ReasonCode::ContestOpen)));
        }
        let Some(LateRecord { sent, .. }) = late.filter(|_| findings.is_empty()) else {
            return Ok(decide(findings, Vec::new));
        };
        let step = Step::Take(Written {
            peer: Peer(sent.peer),
            start: sent.start,
            end: sent.end,
            bytes: Bytes(sent.bytes.clone()),
        });
        let before = self.0.storage.run(file.article, sent.peer, sent.start).await?;
        let goes_on = before.as_ref().map(|record| record.run);
        let taken = match self.look_at(file, goes_on, step).await? {
            Ok(taken) => taken,
            Err(NotWritten::Refused(reason)) => return Ok(decide(vec![hard(reason)], Vec::new)),
            Err(NotWritten::Moved(_)) => {
                let moved = hard(Reason::new(ReasonCode::ContentChanged));
                return Ok(decide(vec![moved], Vec::new));
            }
        };
        let by = sent.person.name.clone();
        let mut effects = vec![Effect::Document(DocumentEffect::CloseLate(id, "accepted"))];
        let run = taken.run(Peer(sent.peer));
        effects.extend(asked(run, contests(file, &taken, &by, question.ask.at), before.as_ref()));
        effects.extend(stored(file, Sent { bytes: taken.bytes.0.clone(), ..sent }, run, &taken));
        Ok(Decision { outcome: Outcome::Accepted, effects })
    }

    /// Publishes the newsroom's own text, rendered here.
    async fn publish_own(
        &self,
        question: &Question<'_>,
        seen: Sha256,
        page_seen: Sha256,
        note: Option<&CorrectionNote>,
    ) -> Result<Decision, NewsroomError> {
        self.check_site().await?;
        let (ask, file) = (question.ask, question.file);
        let content: Content = self.text_of(file.article).await?;
        let page = self.page(ask, &file.record, &content, note).await?;
        // Whoever signed judged the page without the note, which whoever publishes answers for.
        let signed = match note {
            Some(_) => self.page(ask, &file.record, &content, None).await?.hash,
            None => page.hash,
        };
        let missing = self.missing_photos(&content, &page.block).await;
        let photos = (missing.as_slice(), page.block.n_missing_photos);
        let mut findings = self.findings_of(file.article, &file.record, &content, photos, ask.at).await?;
        findings.extend(review::review_publish_findings(&question.case, seen, signed));
        let is_told = |found: &Finding| found.reason.code == ReasonCode::PageChanged;
        if page.hash != page_seen && !findings.iter().any(is_told) {
            findings.push(hard(Reason::new(ReasonCode::PageChanged)));
        }
        findings.extend(note_findings(note, &file.record));
        let findings = permitted(ask, &file.record, findings);
        Ok(decide(findings, || publish_effects(ask, &file.record, &content, page)))
    }

    /// Has one step looked at, which goes on with this run; a refusal is a reason for the person who asked.
    pub(crate) async fn look_at(
        &self,
        file: &ArticleFile,
        run: Option<Run>,
        step: Step,
    ) -> Result<Result<Taken, NotWritten>, NewsroomError> {
        let (article, is_empty) = (file.article, file.document.last_seq == 0);
        let wanted = Wanted { article, run, steps: vec![step], wants_snapshot: false, is_empty };
        let mut looked = self.look(vec![wanted]).await?;
        Ok(match looked.pop().and_then(|(mut steps, _)| steps.pop()) {
            Some(Looked::Stepped(Stepped::Taken(taken))) => Ok(*taken),
            Some(Looked::Stepped(Stepped::Moved { now })) => Err(NotWritten::Moved(now)),
            Some(Looked::Stepped(Stepped::Refused { reason })) if reason == "too_long" => {
                let max = galley_text::foreign::MAX_BODY_CHARS;
                Err(NotWritten::Refused(Reason::new(ReasonCode::TooLong).at("body").with("max", max)))
            }
            // The place or the ground it builds on is not what it was.
            _ => Err(NotWritten::Refused(Reason::new(ReasonCode::ContentChanged))),
        })
    }
}

fn stored(file: &ArticleFile, sent: Sent, run: Option<Run>, taken: &Taken) -> Vec<Effect> {
    let since = run.map(|run| run.since);
    let update = DocumentEffect::Update(file.document.last_seq + 1, Box::new(sent), since);
    [Effect::Document(update)].into_iter().chain(head(file, &taken.body, &taken.meta)).collect()
}

/// A peer that nobody else draws; 0 and the engine's own are left out.
fn fresh_peer() -> u64 {
    let (high, _) = Uuid::new_v4().as_u64_pair();
    high.clamp(1, u64::MAX - 1)
}

fn no_such_article() -> Decision {
    decide(vec![hard(Reason::new(ReasonCode::NoSuchArticle))], Vec::new)
}

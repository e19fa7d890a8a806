//! Signing in to a newsroom's server and out of it, and what the person sees of the sync.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use galley_model::workflow::{Intent, Outcome, Role};
use galley_model::{ArticleId, PersonId};
use galley_store::{Account, List, OutboxItem, OutboxKind, Publication, Reconcile};
use galley_sync::engine::{Event as Happening, Fault, Problem, Status};
use galley_sync::wire::{Hello, Member, PeopleAnswer, Secret, SignInRequest, SignedIn, You, code};
use uuid::Uuid;

use crate::Galley;
use crate::api::{
    AccountState, ApiError, ArticleStanding, Colleague, ErrorCode, Notice, OpenArticle, OutboxRow, SignIn,
    SyncState,
};
use crate::clock;
use crate::error::fail;
use crate::events::Event;
use crate::sync::{self, Driver, Method, Secrets, SystemSecrets, Talk, TransportError};

/// The setting that holds who is of the newsroom, as the server said last.
const COLLEAGUES: &str = "colleagues";

impl Galley {
    /// Who is signed in, or was last; none for a library that never was.
    pub fn account(&self) -> Result<Option<AccountState>, ApiError> {
        let account = self.library().account()?;
        Ok(account.map(|account| AccountState {
            signed_in: account.is_signed_in(),
            server: account.server,
            newsroom: account.newsroom_name,
            name: account.name,
            roles: account.roles.iter().map(word).collect(),
            token_in: account.token_in,
            sync: self.sync_state(),
        }))
    }

    /// Signs in and begins to sync. Only the drafts that were ticked go up; what was published on this computer
    /// stays here, whatever was ticked.
    ///
    /// # Errors
    /// `other_newsroom` when the library belongs to another one (a new library can be made), `wrong_secret`,
    /// `slow_down`, `offline`, `too_old`, `server`. Nothing was changed then.
    pub async fn sign_in(&self, request: SignIn) -> Result<AccountState, ApiError> {
        let before = self.library().account()?;
        let server = request.server.trim().trim_end_matches('/').to_owned();
        let transport = (self.inner().wiring.connect)(&server).map_err(|error| match error {
            TransportError::Address => fail(ErrorCode::InvalidSetting).with("field", "server"),
            _ => fail(ErrorCode::Offline),
        })?;
        let mut talk = Talk { transport, token: None };
        let hello: Hello = talk.get("/hello").await.map_err(fault)?;
        if let Some(before) = before.as_ref().filter(|before| before.newsroom != hello.newsroom) {
            let error = fail(ErrorCode::OtherNewsroom).with("newsroom", &before.newsroom_name);
            return Err(error.with("other", &hello.name));
        }
        let secrets = self.secrets();
        let old_token = match &before {
            Some(before) => find_token(&secrets, before).await,
            None => None,
        };
        let password = request.password;
        let secret = if request.code.is_empty() {
            Secret::Password { password }
        } else {
            Secret::Code { code: request.code, password }
        };
        let asked = SignInRequest {
            name: request.name,
            secret,
            device_name: request.device_name,
            device: before.as_ref().map(|before| before.device).filter(|_| old_token.is_some()),
            token: old_token,
        };
        let signed: SignedIn = talk.post("/sign-in", &asked).await.map_err(fault)?;
        let mut account = Account {
            server,
            newsroom: signed.me.newsroom,
            newsroom_name: signed.me.newsroom_name,
            epoch: signed.me.epoch,
            device: signed.device,
            person: signed.me.person,
            name: signed.me.name,
            roles: signed.me.roles,
            policy: Some(signed.me.policy),
            cursor: 0,
            next_intent: signed.me.next_intent,
            token_in: String::new(),
            reconcile: Reconcile::No,
        };
        account.token_in = keep_token(&secrets, &account, &signed.token).await?;
        let account = self.library().sign_in(account).await?;
        if let Some(former) = before.as_ref().map(account_name).filter(|name| *name != account_name(&account))
        {
            // Nobody asks for it any more; what cannot be forgotten harms nothing.
            drop(tokio::task::spawn_blocking(move || secrets.forget(&former)).await);
        }
        self.lists_for_reader().await?;
        self.let_drafts_up(request.drafts).await?;
        if account.token_in == "file" {
            self.tell(Notice::new("token_in_file"));
        }
        talk.token = Some(signed.token);
        self.start_sync(talk);
        self.account()?.ok_or_else(|| fail(ErrorCode::SignedOut))
    }

    /// Signs out: the token is revoked when the server is reached, and forgotten here in any case. All text stays.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        drop(self.running().take());
        let Some(account) = self.library().account()?.filter(Account::is_signed_in) else { return Ok(()) };
        let secrets = self.secrets();
        let token = find_token(&secrets, &account).await;
        self.library().sign_out().await?;
        let name = account_name(&account);
        let _ = tokio::task::spawn_blocking(move || secrets.forget(&name)).await;
        if let (Ok(transport), Some(token)) = ((self.inner().wiring.connect)(&account.server), token) {
            // Not reached: the newsroom can revoke the device from its side.
            let talk = Talk { transport, token: Some(token) };
            let _ = talk.raw(Method::Delete, "/sign-in", None, Vec::new()).await;
        }
        self.note_status(Status::SignedOut);
        Ok(())
    }

    /// Sends drafts of this computer up from now on; what was published here is left out.
    pub async fn let_drafts_up(&self, drafts: Vec<ArticleId>) -> Result<(), ApiError> {
        let mut going = Vec::new();
        for draft in drafts {
            let row = self.library().list_row(draft)?;
            if row.list == List::Drafts && row.publication == Publication::None {
                going.push(draft);
            }
        }
        self.library().let_up(going.clone()).await?;
        for article in going {
            // From now on it is the server's: its settings, its policy, its site.
            self.authority_moved(article);
        }
        self.sync_soon();
        Ok(())
    }

    /// A new private draft with the text of an article, such as one that was published on this computer.
    pub async fn copy_as_draft(&self, article: ArticleId) -> Result<OpenArticle, ApiError> {
        let (body, meta) = {
            let session = self.open_session(article).await?;
            let mut state = session.state();
            session.text(&mut state)?
        };
        let id = ArticleId(Uuid::now_v7());
        self.library().create_article(id, clock::now()).await?;
        let session = self.open_session(id).await?;
        session.change(|document| document.replace_body(&body)).await?;
        // The address is the other article's.
        let facts: BTreeMap<_, _> =
            meta.into_iter().filter(|(key, _)| key != galley_model::meta::field::SLUG).collect();
        session.set_fields(facts).await?;
        self.emit(Event::Changed { article: Some(id), lists: true });
        self.open_article(id).await
    }

    /// Syncs at once.
    pub fn sync_now(&self) {
        self.happened(Happening::SyncNow);
    }

    /// The computer woke up.
    pub fn woke_up(&self) {
        self.happened(Happening::WokeUp);
    }

    /// A network returned.
    pub fn network_returned(&self) {
        self.store_reachable();
        self.happened(Happening::NetworkBack);
    }

    /// The status line.
    pub fn sync_state(&self) -> SyncState {
        self.inner().sync_state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What waits, what went, what was refused and why, newest first.
    pub fn outbox(&self, offset: u32, limit: u32) -> Result<Vec<OutboxRow>, ApiError> {
        let rows = self.library().outbox(offset, limit.min(200))?;
        Ok(rows.into_iter().map(|row| self.outbox_row(row)).collect())
    }

    /// Tries an article again whose text or photos were refused.
    pub async fn retry(&self, article: ArticleId) -> Result<(), ApiError> {
        self.library().settle(vec![galley_store::Settle::Retry { article }], clock::now()).await?;
        self.sync_now();
        Ok(())
    }

    /// How an article stands with the newsroom.
    pub fn standing(&self, article: ArticleId) -> Result<ArticleStanding, ApiError> {
        let sync = self.library().article_sync(article)?;
        let upload = match sync.access.as_str() {
            "" if !sync.goes_up => "private",
            "" if !sync.stuck.is_empty() => "stuck",
            "" if sync.unsent => "waiting",
            "" => "sent",
            access => access,
        };
        Ok(ArticleStanding {
            upload: upload.to_owned(),
            reason: sync.stuck,
            standing: Some(sync.standing).filter(|standing| !standing.is_empty()),
            copy_of: sync.copy_of,
            word: None,
            first_step: String::new(),
            wishes: Vec::new(),
        })
    }

    /// Who else is of the newsroom, by name: as the server says now, or said last while it is not reached.
    ///
    /// # Errors
    /// `signed_out`; `offline` when it never said.
    pub async fn colleagues(&self) -> Result<Vec<Colleague>, ApiError> {
        let Some(talk) = self.talk().await? else { return Err(fail(ErrorCode::SignedOut)) };
        let kept = || -> Option<Vec<Colleague>> {
            serde_json::from_str(&self.library().setting(COLLEAGUES).ok()??).ok()
        };
        let answer: PeopleAnswer = match talk.get("/people").await {
            Ok(answer) => answer,
            Err(error) => return kept().ok_or_else(|| fault(error)),
        };
        let person = |one: Member| {
            let roles = one.roles.iter().map(word).filter(|word| !word.is_empty()).collect();
            Colleague { id: one.id, name: one.name, roles }
        };
        let people: Vec<_> = answer.people.into_iter().map(person).collect();
        let json = serde_json::to_string(&people).unwrap_or_default();
        self.library().set_setting(COLLEAGUES, &json).await?;
        Ok(people)
    }

    /// Takes what the newsroom says of who is signed in: another name, other roles, another policy. What the window
    /// offers follows at once; what was typed and asked for stays as it is. It names nobody: it is about `person`, for
    /// whom it was asked, and passed over once somebody else is signed in.
    pub(crate) async fn take_word_on_person(
        &self,
        person: Option<PersonId>,
        said: You,
    ) -> Result<(), ApiError> {
        let account = self.library().account()?;
        let Some(before) = account.filter(|account| Some(account.person) == person) else { return Ok(()) };
        let You { name, mut roles, policy, newsroom_name } = said;
        let mut had = before.roles.clone();
        roles.sort();
        had.sort();
        let policy = Some(policy);
        let is_same = (&before.name, &had, &before.policy, &before.newsroom_name)
            == (&name, &roles, &policy, &newsroom_name);
        if is_same {
            return Ok(());
        }
        let words = |roles: &[Role], but: &[Role]| -> String {
            let others = roles.iter().filter(|role| !but.contains(role));
            others.map(word).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let (taken, given) = (words(&had, &roles), words(&roles, &had));
        let now = Account { name, roles, policy, newsroom_name, ..before };
        let newsroom = now.newsroom_name.clone();
        self.library().note_person(now).await?;
        self.lists_for_reader().await?;
        // What a page and a step depend on may be another now.
        self.frame_moved();
        if let Some(account) = self.account()? {
            self.emit(Event::Account(account));
        }
        for (code, roles) in [("roles_taken", taken), ("roles_given", given)] {
            if !roles.is_empty() {
                self.tell(Notice::new(code).with("newsroom", &newsroom).with("roles", &roles));
            }
        }
        Ok(())
    }

    /// A driver for a test that plays step by step; none when nobody is signed in.
    pub async fn driver(&self) -> Result<Option<Driver>, ApiError> {
        Ok(self.talk().await?.map(|talk| Driver::new(self, talk, &self.inner().wiring)))
    }

    /// The way to the server with the token for it; none when nobody is signed in or the token is not given.
    pub(crate) async fn talk(&self) -> Result<Option<Talk>, ApiError> {
        let Some(account) = self.library().account()?.filter(Account::is_signed_in) else { return Ok(None) };
        let token = find_token(&self.secrets(), &account).await;
        let (Ok(transport), Some(token)) = ((self.inner().wiring.connect)(&account.server), token) else {
            return Ok(None);
        };
        Ok(Some(Talk { transport, token: Some(token) }))
    }

    /// Goes on syncing where the last run of the app stopped.
    pub(crate) async fn resume_sync(&self) {
        if let Err(error) = self.lists_for_reader().await {
            tracing::warn!(?error, "the lists could not be made for who is signed in");
        }
        if let Err(error) = self.list_own_retractions().await {
            tracing::warn!(?error, "what was retracted could not be listed as that");
        }
        if !self.library().account().ok().flatten().is_some_and(|account| account.is_signed_in()) {
            return self.note_status(Status::SignedOut);
        }
        match self.driver().await {
            Ok(Some(driver)) if self.inner().wiring.runs_by_itself => {
                *self.running() = Some(sync::run(driver));
            }
            Ok(Some(_)) => {}
            // The keychain does not give the token: signing in again helps, and nothing is lost.
            Ok(None) | Err(_) => self.tell(Notice::new("sign_in_again")),
        }
    }

    fn start_sync(&self, talk: Talk) {
        if self.inner().wiring.runs_by_itself {
            let driver = Driver::new(self, talk, &self.inner().wiring);
            *self.running() = Some(sync::run(driver));
        }
    }

    /// Something was committed that may have to go up.
    pub(crate) fn sync_soon(&self) {
        self.happened(Happening::Changed);
    }

    fn happened(&self, event: Happening) {
        if let Some(running) = self.running().as_ref() {
            running.tell(event);
        }
    }

    pub(crate) fn note_status(&self, status: Status) {
        let (state, reason) = match status {
            Status::SignedOut => ("signed_out", ""),
            Status::Offline => ("offline", ""),
            Status::Waiting => ("waiting", ""),
            Status::Syncing => ("syncing", ""),
            Status::UpToDate => ("up_to_date", ""),
            Status::Stopped(problem) => ("stopped", problem_word(problem)),
        };
        let state = SyncState { state: state.to_owned(), reason: reason.to_owned() };
        *self.inner().sync_state.lock().unwrap_or_else(PoisonError::into_inner) = state.clone();
        self.emit(Event::Sync(state));
    }

    /// Where tokens and the secret of the site's bucket lie.
    pub(crate) fn secrets(&self) -> Arc<dyn Secrets> {
        let folder = || self.library().folder().to_owned();
        self.inner().wiring.secrets.clone().unwrap_or_else(|| Arc::new(SystemSecrets { folder: folder() }))
    }

    pub(crate) fn outbox_row(&self, row: OutboxItem) -> OutboxRow {
        let intent =
            serde_json::from_slice::<Intent>(&row.payload).ok().filter(|_| row.kind == OutboxKind::Intent);
        let kind = intent.and_then(|intent| serde_json::to_value(intent.kind).ok());
        let reasons = match serde_json::from_str(&row.answer) {
            Ok(Outcome::Rejected { reasons } | Outcome::Stale { reasons }) => {
                reasons.iter().map(|reason| reason.code.word()).collect::<Vec<_>>().join(" ")
            }
            _ => row.last_error.clone(),
        };
        let advice = match (row.state.name(), row.kind, row.last_error.as_str()) {
            ("waiting", _, _) => "wait",
            ("sent", _, _) => "nothing",
            (_, OutboxKind::Intent, _) => "look_again",
            (_, _, "late" | "gone") => "see_copy",
            (_, _, _) => "retry",
        };
        OutboxRow {
            id: row.id,
            kind: row.kind.name().to_owned(),
            intent: kind.and_then(|kind| Some(kind.get("kind")?.as_str()?.to_owned())).unwrap_or_default(),
            article: row.article,
            headline: self.library().list_row(row.article).map(|row| row.headline).unwrap_or_default(),
            state: row.state.name().to_owned(),
            reason: reasons,
            advice: advice.to_owned(),
            attempts: row.attempts,
            created: row.created,
        }
    }
}

/// The word for a reason to stop.
pub(crate) fn problem_word(problem: Problem) -> &'static str {
    match problem {
        Problem::SignedOut => "signed_out",
        Problem::OtherNewsroom => "other_newsroom",
        Problem::TooOld => "too_old",
        Problem::Refused => "not_permitted",
    }
}

fn word(role: &Role) -> String {
    let word = serde_json::to_value(role).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Under which name a token is kept.
fn account_name(account: &Account) -> String {
    format!("{}/{}", account.newsroom, account.device)
}

async fn keep_token(secrets: &Arc<dyn Secrets>, account: &Account, token: &str) -> Result<String, ApiError> {
    let (secrets, name, token) = (Arc::clone(secrets), account_name(account), token.to_owned());
    let kept = tokio::task::spawn_blocking(move || secrets.keep(&name, &token)).await;
    let kept = kept.map_err(|error| crate::error::internal("keeping the token", error))?;
    kept.map_err(|error| crate::error::internal("keeping the token", error))
}

async fn find_token(secrets: &Arc<dyn Secrets>, account: &Account) -> Option<String> {
    let (secrets, name, place) = (Arc::clone(secrets), account_name(account), account.token_in.clone());
    tokio::task::spawn_blocking(move || secrets.find(&name, &place)).await.ok().flatten()
}

/// What a fault means to somebody who waits for the answer.
pub(crate) fn fault(fault: Fault) -> ApiError {
    let Fault::Refused { status, code, retry_after_ms } = fault else {
        return match fault {
            Fault::Unreadable => fail(ErrorCode::Server).with("detail", "unreadable"),
            _ => ApiError { retry: true, ..fail(ErrorCode::Offline) },
        };
    };
    match (status, code.as_str()) {
        (_, code::WRONG_SECRET) => fail(ErrorCode::WrongSecret),
        (_, code::SLOW_DOWN) | (429, _) => {
            let seconds = retry_after_ms.unwrap_or_default().div_ceil(1_000);
            ApiError { retry: true, ..fail(ErrorCode::SlowDown) }.with("seconds", seconds)
        }
        (401, _) => fail(ErrorCode::SignedOut),
        (403, _) => fail(ErrorCode::NotPermitted),
        (426, _) => fail(ErrorCode::TooOld),
        (500.., _) => ApiError { retry: true, ..fail(ErrorCode::Offline) },
        _ => fail(ErrorCode::Server).with("detail", code),
    }
}

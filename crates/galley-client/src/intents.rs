//! What a person asks the newsroom for. With a server it goes to the outbox and is answered when the server is
//! reached; without one the newsroom inside the app answers at once (`publishing.rs`).

use galley_model::workflow::{Intent, IntentId, IntentKind, Stage, Verdict};
use galley_model::{ArticleId, PersonId, Sha256, content_hash};
use galley_sync::wire::{Have, Peer, Standing};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Galley;
use crate::api::{ApiError, ErrorCode};
use crate::clock;
use crate::error::fail;
use crate::history::AsItStands;

/// A wish as it lies in the outbox.
#[derive(Serialize, Deserialize)]
pub(crate) struct Wish {
    #[serde(flatten)]
    pub(crate) intent: Intent,
    /// The version of the text that it is about; none where that does not matter.
    #[serde(default, skip_serializing_if = "Have::is_empty")]
    pub(crate) seen: Have,
}

impl Galley {
    /// Whether the article's workflow is a server's: it goes up, or came from there.
    pub(crate) fn is_the_servers(&self, article: ArticleId) -> Result<bool, ApiError> {
        let signed_in = self.library().account()?.is_some();
        Ok(signed_in && self.library().article_sync(article)?.goes_up)
    }

    /// 提交. Answers the outbox row, as the functions below do.
    ///
    /// # Errors
    /// `signed_out` when the article is no server's, here and below.
    pub async fn submit(&self, article: ArticleId) -> Result<i64, ApiError> {
        let content_hash = self.seen(article).await?;
        self.ask_server(article, IntentKind::Submit { content_hash }, Uuid::now_v7()).await
    }

    /// 撤回
    pub async fn withdraw(&self, article: ArticleId) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::Withdraw, Uuid::now_v7()).await
    }

    /// 认领
    pub async fn claim(&self, article: ArticleId) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::Claim, Uuid::now_v7()).await
    }

    /// 放回
    pub async fn release(&self, article: ArticleId) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::Release, Uuid::now_v7()).await
    }

    /// Ends 待用.
    pub async fn resume(&self, article: ArticleId) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::Resume, Uuid::now_v7()).await
    }

    /// Lets another person write with the author.
    pub async fn add_co_author(&self, article: ArticleId, person: PersonId) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::AddCoAuthor { person }, Uuid::now_v7()).await
    }

    /// Ends that.
    pub async fn remove_co_author(&self, article: ArticleId, person: PersonId) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::RemoveCoAuthor { person }, Uuid::now_v7()).await
    }

    /// A judgement on the text as it stands here, and on the page where the stage sees it. The text is kept here as a
    /// version, so that what is changed afterwards can be shown. `shown` is the text that the person was shown, where
    /// they were shown one apart from the editor.
    ///
    /// # Errors
    /// `text_moved` when the text is not the one that was shown any more; nothing is signed.
    pub async fn sign_off(
        &self,
        article: ArticleId,
        verdict: Verdict,
        comment: String,
        page_hash: Option<Sha256>,
        shown: Option<Sha256>,
    ) -> Result<i64, ApiError> {
        let session = self.open_session(article).await?;
        session.settle().await?;
        let AsItStands { revision, content, have } = self.revision_now(&session, "signed", "").await?;
        let content_hash = content_hash(&content);
        if shown.is_some_and(|shown| shown != content_hash) {
            return Err(fail(ErrorCode::TextMoved));
        }
        let said = serde_json::from_str::<Standing>(&self.library().article_sync(article)?.standing).ok();
        // What was not yet in review for this device is judged as it will be.
        let was_judged = |stage: &Stage| matches!(stage, Stage::Review(_) | Stage::Approved | Stage::Held);
        let stage = said.map(|said| said.stage).filter(was_judged);
        let offline = self.sync_state().state == "offline";
        let kind = IntentKind::SignOff { content_hash, page_hash, verdict, comment, stage, offline };
        let seen = have.into_iter().map(|(peer, end)| (Peer(peer), end)).collect();
        // Before the wish: were it kept and this failed, the person would ask a second time.
        if self.judged_version(article, content_hash)?.is_none() {
            self.keep_revision(&session, revision).await?;
        }
        self.ask_server_seeing(article, kind, Uuid::now_v7(), seen).await
    }

    /// Settles a contest with the text that shall stand.
    pub async fn resolve_contest(
        &self,
        article: ArticleId,
        contest: Uuid,
        text: String,
    ) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::ResolveContest { contest, text }, Uuid::now_v7()).await
    }

    /// Takes a late update into the article.
    pub async fn accept_late(&self, article: ArticleId, late: Uuid) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::AcceptLate { late }, Uuid::now_v7()).await
    }

    /// Leaves a late update out; its writer keeps the text.
    pub async fn refuse_late(&self, article: ArticleId, late: Uuid) -> Result<i64, ApiError> {
        self.ask_server(article, IntentKind::RefuseLate { late }, Uuid::now_v7()).await
    }

    /// Puts a wish into the outbox, under an id that stays the same when the button is pressed once.
    pub(crate) async fn ask_server(
        &self,
        article: ArticleId,
        kind: IntentKind,
        id: Uuid,
    ) -> Result<i64, ApiError> {
        self.ask_server_seeing(article, kind, id, Have::new()).await
    }

    /// The same about a version of the text.
    async fn ask_server_seeing(
        &self,
        article: ArticleId,
        kind: IntentKind,
        id: Uuid,
        seen: Have,
    ) -> Result<i64, ApiError> {
        if !self.is_the_servers(article)? {
            return Err(fail(ErrorCode::SignedOut));
        }
        if let Some(session) = self.open_already(article) {
            // What the wish is about is on the disk before it, and goes up before it.
            session.settle().await?;
        }
        let policy = self.library().account()?.and_then(|account| account.policy);
        let intent = Intent { id: IntentId(id), article, kind, policy, at: clock::now() };
        let at = intent.at;
        let json = serde_json::to_string(&Wish { intent, seen })
            .map_err(|error| crate::error::internal("writing down a wish", error))?;
        let row = self.library().queue_intent(id, article, &json, at).await?;
        self.sync_soon();
        Ok(row)
    }

    /// The hash of the text that the person sees.
    pub(crate) async fn seen(&self, article: ArticleId) -> Result<Sha256, ApiError> {
        let session = self.open_session(article).await?;
        session.settle().await?;
        Ok(content_hash(&session.content()?))
    }
}

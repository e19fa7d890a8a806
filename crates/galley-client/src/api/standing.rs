//! How an article stands with the newsroom, and what a person may do about it.

use galley_model::{ArticleId, Instant, PersonId, Sha256};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Comparison, OutboxRow};

/// How an article stands with the newsroom, beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ArticleStanding {
    /// `private`, `sent`, `waiting`, `stuck`, `withdrawn` or `deleted`.
    pub upload: String,
    /// Why it is stuck.
    pub reason: String,
    /// The newsroom's word (`Standing` of the protocol) as JSON; none before the first.
    pub standing: Option<String>,
    /// The article that this one is a private copy of.
    pub copy_of: Option<ArticleId>,
    /// The same word as the window shows it.
    pub word: Option<NewsroomWord>,
    /// `submit` or `publish` for a draft of which the newsroom does not know yet; empty otherwise.
    pub first_step: String,
    /// What was asked for and not answered yet, or refused as the last thing, newest first.
    pub wishes: Vec<OutboxRow>,
}

/// What the newsroom said last of an article, and what this person may do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NewsroomWord {
    /// `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`.
    pub stage: String,
    /// How many reviews the article passes.
    pub reviews: u32,
    /// Whose it is.
    pub author: String,
    /// 合作者
    pub co_authors: Vec<Colleague>,
    /// Whether this person may say who else writes.
    pub may_name_co_authors: bool,
    /// Who reviews it now, empty for nobody.
    pub claimed_by: String,
    /// That is this person.
    pub is_claimed_here: bool,
    /// This person writes it.
    pub is_own: bool,
    /// Judgements, oldest first.
    pub sign_offs: Vec<SignOffRow>,
    /// Judgements that came too late to have an effect, oldest first.
    pub opinions: Vec<SignOffRow>,
    /// Places where somebody has to choose.
    pub contests: Vec<ContestRow>,
    /// What came too late to merge by itself.
    pub late: Vec<LateRow>,
    /// Whether this person may choose and decide about the two above.
    pub may_settle: bool,
    /// What this person may do next, the step that leads on first.
    pub steps: Vec<NextStep>,
}

/// Somebody of the newsroom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Colleague {
    /// Who.
    pub id: PersonId,
    /// By name.
    pub name: String,
    /// What they may do, by the words of the model; of a co-author nothing is said.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// A judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SignOffRow {
    /// The stage it was given at.
    pub stage: String,
    /// `advance`, `adopt`, `hold`, `return` or `reject`.
    pub verdict: String,
    /// Who, as shown then.
    pub name: String,
    /// In the signer's words.
    pub comment: String,
    /// By the newsroom's clock.
    pub at: Instant,
    /// The text says something else now.
    pub is_stale: bool,
    /// Of the text that was judged; what was changed since is asked for by it.
    pub content_hash: Sha256,
    /// It is this person's.
    pub is_mine: bool,
    /// Given without the newsroom in reach.
    pub offline: bool,
    /// Why it has no effect: `content_changed`, `page_changed`, `passed`, `returned`, `spiked`, `retracted`, `other`;
    /// empty for one that counts.
    pub no_effect: String,
    /// It is this person's newest, and can be given anew for the text as it stands.
    pub may_sign_again: bool,
}

/// A place where a person has to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ContestRow {
    /// Which.
    pub id: uuid::Uuid,
    /// The fact's key; empty for the body.
    pub field: String,
    /// Where it begins in the body, UTF-16, as far as the text here has it.
    pub from: Option<u32>,
    /// What stood there when both began.
    pub base: String,
    /// What the writer made of it whose text arrived later.
    pub mine: String,
    /// What the text said that the server had.
    pub theirs: String,
    /// What the document says.
    pub result: String,
    /// What it should probably say.
    pub suggestion: Option<String>,
    /// Who wrote `mine`.
    pub mine_by: String,
    /// Who wrote `theirs`.
    pub theirs_by: String,
}

/// An edit that came too late to merge by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LateRow {
    /// Which.
    pub id: uuid::Uuid,
    /// Who wrote it.
    pub by: String,
    /// When it arrived, by the server's clock.
    pub at: Instant,
    /// How the text with it differs from the text as it stands here.
    pub comparison: Comparison,
}

/// Something a person may do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NextStep {
    /// `publish`, `submit`, `claim`, `resume`, `adopt`, `advance`, `return`, `hold`, `reject`, `release` or
    /// `withdraw`.
    pub step: String,
    /// Why it has to wait, by the words of the model; empty when it may be done now.
    pub waits_for: Vec<String>,
}

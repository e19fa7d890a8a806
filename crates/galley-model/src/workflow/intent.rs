//! What a device asks the newsroom for, and what the newsroom answers: exactly once per id.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CorrectionNote, PolicyRef, Role, Stage, Verdict};
use crate::hash::Sha256;
use crate::id::{ArticleId, PersonId};
use crate::time::Instant;

/// A wish that takes effect when the newsroom accepts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Intent {
    /// Made once per press of a button, the same when it is sent again.
    pub id: IntentId,
    /// About what.
    pub article: ArticleId,
    /// What is wished.
    #[serde(flatten)]
    pub kind: IntentKind,
    /// The policy the device knew, when it knew one.
    #[serde(default)]
    pub policy: Option<PolicyRef>,
    /// The device's clock: a label, decides nothing.
    pub at: Instant,
}

/// What is wished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IntentKind {
    /// Sets the responsible editor; empty takes the name away.
    AssignResponsibleEditor {
        /// A real name.
        name: String,
    },
    /// 提交: hands the article in for review; its policy is fixed from here on.
    Submit {
        /// Of what the person saw, for the record: what its writers typed since goes with it.
        content_hash: Sha256,
    },
    /// 撤回: takes it back while nobody has claimed it.
    Withdraw,
    /// 认领: begins the review, or renews an advisory lease.
    Claim,
    /// 放回: gives the review up.
    Release,
    /// A judgement: 通过 or 签发, 退回修改, 不采用, 待用.
    SignOff {
        /// Of what the person judged.
        content_hash: Sha256,
        /// Of the page that was seen, where the stage sees it.
        #[serde(default)]
        page_hash: Option<Sha256>,
        /// What was decided.
        verdict: Verdict,
        /// Why; demanded for a return and a rejection.
        #[serde(default)]
        comment: String,
        /// The stage that was judged, where the device knew one: a review, or what is approved or held. Another by now
        /// is not judged with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stage: Option<Stage>,
        /// Given without the newsroom in reach.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        offline: bool,
    },
    /// Ends 待用: back to the stage it was held at.
    Resume,
    /// Settles a contest with the text that shall stand.
    ResolveContest {
        /// Which.
        contest: Uuid,
        /// What shall stand there.
        text: String,
    },
    /// Lets another person write with the author.
    AddCoAuthor {
        /// Who.
        person: PersonId,
    },
    /// Ends that.
    RemoveCoAuthor {
        /// Who.
        person: PersonId,
    },
    /// Takes a late update into the article.
    AcceptLate {
        /// Which.
        late: Uuid,
    },
    /// Leaves a late update out for good; its writer keeps the text.
    RefuseLate {
        /// Which.
        late: Uuid,
    },
    /// Deletes a draft of one's own that was never handed in, for good.
    Delete,
    /// 发布, and publishing again.
    Publish {
        /// Of what the device saw.
        content_hash: Sha256,
        /// Of the preview the person saw, with the note.
        page_hash: Sha256,
        /// 更正: a note that stands with the article from this publication on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correction: Option<CorrectionNote>,
    },
    /// 撤稿
    TakeDown {
        /// Private.
        reason: String,
    },
    /// 恢复上线: the bytes that were live.
    PutBack,
    /// 声明撤稿: a public notice stands at the address from now on. For good.
    Retract {
        /// Private.
        reason: String,
        /// For readers.
        notice: String,
    },
}

/// Who asks, as the newsroom knows them; never taken from the intent itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Their name as shown now.
    pub name: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
}

impl Actor {
    /// Whether they hold one of these roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

/// The newsroom's answer, stored with the effect in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// Done, or set going.
    Accepted,
    /// Not done; every reason at once.
    Rejected {
        /// In the order of the fields.
        reasons: Vec<Reason>,
    },
    /// What the person saw is not what stands now: look again.
    Stale {
        /// Why.
        reasons: Vec<Reason>,
    },
}

/// Why something cannot be: a closed code, and values for the window's sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// Which.
    pub code: ReasonCode,
    /// The field or photo it points at, empty for the whole article.
    #[serde(default)]
    pub field: String,
    /// For the sentence.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// A code exists only if someone acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReasonCode {
    /// The headline is empty.
    HeadlineMissing,
    /// The slug cannot stand in an address (`slug`, `proposal`).
    SlugInvalid,
    /// Another article has this address (`slug`, `proposal`).
    SlugTaken,
    /// The policy demands a responsible editor.
    ResponsibleEditorMissing,
    /// The name is no name of a person (`max`).
    NameInvalid,
    /// The bytes of a photo are not there (`sha256`).
    PhotoMissing,
    /// Pictures in the body are no photos of the article (`n`).
    PhotoUnknown,
    /// Not before an instant (`until`, milliseconds since the epoch).
    Embargoed,
    /// The page is not the one that was previewed.
    PageChanged,
    /// The policy demands reviews that have not been signed (`stage`).
    NotApproved,
    /// The person may not do this.
    NotPermitted,
    /// Retracted for good.
    Canceled,
    /// Not live, so there is nothing to take down.
    NotLive,
    /// Not taken down, so there is nothing to put back.
    NotTakenDown,
    /// A take-down needs a reason on record.
    ReasonMissing,
    /// The stage allows no such step (`stage`).
    WrongStage,
    /// The text is not the one that was seen.
    ContentChanged,
    /// A merge waits for somebody's choice (`n`).
    ContestOpen,
    /// Somebody has chosen already.
    ContestSettled,
    /// Somebody has decided about the late update already.
    LateSettled,
    /// A return or a rejection needs a comment.
    CommentMissing,
    /// The policy demands somebody other than the author.
    OwnArticle,
    /// Somebody has claimed the review already (`name`).
    Claimed,
    /// Not a person of this newsroom, or not active any more.
    NoSuchPerson,
    /// Not an article of this newsroom, or not for this person's eyes.
    NoSuchArticle,
    /// A field is longer than it may be (`max`).
    TooLong,
    /// There is no text.
    BodyMissing,
    /// A correction that says nothing.
    CorrectionMissing,
    /// A retraction needs a public notice.
    NoticeMissing,
}

impl ReasonCode {
    /// The word that records and windows hold.
    pub fn word(self) -> &'static str {
        match self {
            Self::HeadlineMissing => "headline_missing",
            Self::SlugInvalid => "slug_invalid",
            Self::SlugTaken => "slug_taken",
            Self::ResponsibleEditorMissing => "responsible_editor_missing",
            Self::NameInvalid => "name_invalid",
            Self::PhotoMissing => "photo_missing",
            Self::PhotoUnknown => "photo_unknown",
            Self::Embargoed => "embargoed",
            Self::PageChanged => "page_changed",
            Self::NotApproved => "not_approved",
            Self::NotPermitted => "not_permitted",
            Self::Canceled => "canceled",
            Self::NotLive => "not_live",
            Self::NotTakenDown => "not_taken_down",
            Self::ReasonMissing => "reason_missing",
            Self::WrongStage => "wrong_stage",
            Self::ContentChanged => "content_changed",
            Self::ContestOpen => "contest_open",
            Self::ContestSettled => "contest_settled",
            Self::LateSettled => "late_settled",
            Self::CommentMissing => "comment_missing",
            Self::OwnArticle => "own_article",
            Self::Claimed => "claimed",
            Self::NoSuchPerson => "no_such_person",
            Self::NoSuchArticle => "no_such_article",
            Self::TooLong => "too_long",
            Self::BodyMissing => "body_missing",
            Self::CorrectionMissing => "correction_missing",
            Self::NoticeMissing => "notice_missing",
        }
    }
}

impl Reason {
    /// A reason about the whole article.
    pub fn new(code: ReasonCode) -> Self {
        Self { code, field: String::new(), values: BTreeMap::new() }
    }

    /// Points at a field or a photo.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Adds a value for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

/// An intent: a UUIDv7 made on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentId(pub Uuid);

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for IntentId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::CorrectionKind;

    #[test]
    fn the_frozen_form_of_every_intent_is_read() {
        let of = |kind| Intent {
            id: IntentId(Uuid::from_u128(1)),
            article: ArticleId(Uuid::from_u128(2)),
            kind,
            policy: Some(PolicyRef { id: "solo".to_owned(), version: 1 }),
            at: Instant(3),
        };
        let expected = [
            of(IntentKind::AssignResponsibleEditor { name: "李编辑".to_owned() }),
            of(IntentKind::Publish {
                content_hash: Sha256::of(b"content"),
                page_hash: Sha256::of(b"page"),
                correction: None,
            }),
            of(IntentKind::TakeDown { reason: "失实".to_owned() }),
            of(IntentKind::PutBack),
            of(IntentKind::Submit { content_hash: Sha256::of(b"content") }),
            of(IntentKind::Withdraw),
            of(IntentKind::Claim),
            of(IntentKind::Release),
            of(IntentKind::SignOff {
                content_hash: Sha256::of(b"content"),
                page_hash: Some(Sha256::of(b"page")),
                verdict: Verdict::Adopt,
                comment: "导语有力".to_owned(),
                stage: None,
                offline: false,
            }),
            of(IntentKind::ResolveContest { contest: Uuid::from_u128(4), text: "五十厘米".to_owned() }),
            of(IntentKind::AddCoAuthor { person: PersonId(Uuid::from_u128(5)) }),
            of(IntentKind::RemoveCoAuthor { person: PersonId(Uuid::from_u128(5)) }),
            of(IntentKind::AcceptLate { late: Uuid::from_u128(6) }),
            of(IntentKind::RefuseLate { late: Uuid::from_u128(6) }),
            of(IntentKind::Delete),
            of(IntentKind::Publish {
                content_hash: Sha256::of(b"content"),
                page_hash: Sha256::of(b"page"),
                correction: Some(CorrectionNote {
                    kind: CorrectionKind::Correction,
                    text: "水位应为 27.4 米。".to_owned(),
                }),
            }),
            of(IntentKind::Retract {
                reason: "失实".to_owned(),
                notice: "本文内容失实，现予撤回。".to_owned(),
            }),
            of(IntentKind::Resume),
            of(IntentKind::SignOff {
                content_hash: Sha256::of(b"content"),
                page_hash: None,
                verdict: Verdict::Advance,
                comment: String::new(),
                stage: Some(Stage::Review(1)),
                offline: true,
            }),
        ];
        let frozen: Vec<Intent> =
            serde_json::from_str(include_str!("../../tests/fixtures/workflow_intents.json")).unwrap();
        assert_eq!(frozen, expected);
    }

    #[test]
    fn the_frozen_form_of_every_outcome_is_read() {
        let expected = [
            Outcome::Accepted,
            Outcome::Rejected {
                reasons: vec![
                    Reason::new(ReasonCode::SlugTaken).at("slug").with("slug", "a").with("proposal", "a-2"),
                ],
            },
            Outcome::Stale { reasons: vec![Reason::new(ReasonCode::PageChanged)] },
        ];
        let frozen: Vec<Outcome> =
            serde_json::from_str(include_str!("../../tests/fixtures/workflow_outcomes.json")).unwrap();
        assert_eq!(frozen, expected);
    }

    #[test]
    fn a_code_has_one_word_in_records_and_on_the_wire() {
        for code in [
            ReasonCode::HeadlineMissing,
            ReasonCode::SlugInvalid,
            ReasonCode::SlugTaken,
            ReasonCode::ResponsibleEditorMissing,
            ReasonCode::NameInvalid,
            ReasonCode::PhotoMissing,
            ReasonCode::PhotoUnknown,
            ReasonCode::Embargoed,
            ReasonCode::PageChanged,
            ReasonCode::NotApproved,
            ReasonCode::NotPermitted,
            ReasonCode::Canceled,
            ReasonCode::NotLive,
            ReasonCode::NotTakenDown,
            ReasonCode::ReasonMissing,
            ReasonCode::WrongStage,
            ReasonCode::ContentChanged,
            ReasonCode::ContestOpen,
            ReasonCode::ContestSettled,
            ReasonCode::LateSettled,
            ReasonCode::CommentMissing,
            ReasonCode::OwnArticle,
            ReasonCode::Claimed,
            ReasonCode::NoSuchPerson,
            ReasonCode::NoSuchArticle,
            ReasonCode::TooLong,
            ReasonCode::BodyMissing,
            ReasonCode::CorrectionMissing,
            ReasonCode::NoticeMissing,
        ] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.word());
        }
    }
}

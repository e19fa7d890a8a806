//! The sign-off record: who judged exactly which content, and how. Valid only for its `content_hash`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PolicyRef, Role, Stage};
use crate::hash::Sha256;
use crate::id::{ArticleId, PersonId, RevisionId};
use crate::time::Instant;

/// One judgement of one version. Append-only: nothing of it is ever changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignOff {
    /// Which.
    pub id: SignOffId,
    /// Of what.
    pub article: ArticleId,
    /// The stage it was given at.
    pub stage: Stage,
    /// Under which rules.
    pub policy: PolicyRef,
    /// The version that was judged.
    pub revision: RevisionId,
    /// What it is bound to.
    pub content_hash: Sha256,
    /// The page that was seen, at the last stage.
    pub page_hash: Option<Sha256>,
    /// What was decided.
    pub verdict: Verdict,
    /// Why, in the signer's words.
    #[serde(default)]
    pub comment: String,
    /// Who.
    pub person: PersonId,
    /// Their name as shown then.
    pub name: String,
    /// The role they signed in.
    pub role: Role,
    /// For whom, when standing in.
    #[serde(default)]
    pub on_behalf_of: Option<PersonId>,
    /// How it was given.
    pub method: Method,
    /// A body outside the newsroom.
    #[serde(default)]
    pub outside_approver: Option<OutsideApprover>,
    /// The private photo or PDF that shows it.
    #[serde(default)]
    pub evidence: Option<Sha256>,
    /// The device it was given on.
    #[serde(default)]
    pub device: String,
    /// The device's clock.
    pub client_time: Instant,
    /// The newsroom's clock.
    pub server_time: Instant,
    /// Given without the newsroom in reach.
    pub offline: bool,
}

/// What a sign-off decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Verdict {
    /// 通过
    Advance,
    /// 签发
    Adopt,
    /// 待用
    Hold,
    /// 退回修改
    Return,
    /// 不采用
    Reject,
}

/// How a sign-off was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Method {
    /// In Galley.
    App,
    /// By telephone, recorded by another.
    Phone,
    /// On paper.
    Paper,
    /// By WeChat message.
    Wechat,
    /// By word of mouth.
    Oral,
    /// By the policy itself: the writer published under *solo*.
    Automatic,
}

/// Someone outside the newsroom who approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutsideApprover {
    /// The body.
    pub unit: String,
    /// The person.
    pub name: String,
    /// Their title.
    pub title: String,
}

/// A sign-off: a UUIDv7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignOffId(pub Uuid);

impl fmt::Display for SignOffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SignOffId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(Self)
    }
}

impl SignOff {
    /// Whether it still speaks for this content, and for this page where it saw one.
    pub fn is_valid_for(&self, content_hash: Sha256, page_hash: Sha256) -> bool {
        self.content_hash == content_hash && self.page_hash.is_none_or(|seen| seen == page_hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(page_hash: Option<Sha256>) -> SignOff {
        SignOff {
            id: SignOffId(Uuid::from_u128(1)),
            article: ArticleId(Uuid::from_u128(2)),
            stage: Stage::Review(3),
            policy: PolicyRef { id: "three_reviews".to_owned(), version: 1 },
            revision: RevisionId(Uuid::from_u128(3)),
            content_hash: Sha256::of(b"content"),
            page_hash,
            verdict: Verdict::Adopt,
            comment: String::new(),
            person: PersonId(Uuid::from_u128(4)),
            name: "陈总编".to_owned(),
            role: Role::EditorInChief,
            on_behalf_of: None,
            method: Method::App,
            outside_approver: None,
            evidence: None,
            device: String::new(),
            client_time: Instant(1),
            server_time: Instant(2),
            offline: true,
        }
    }

    #[test]
    fn a_sign_off_speaks_for_its_own_content_and_page_only() {
        let (content, page, other) = (Sha256::of(b"content"), Sha256::of(b"page"), Sha256::of(b"other"));
        for (page_seen, content_now, page_now, valid) in [
            (None, content, page, true),
            (None, content, other, true),
            (None, other, page, false),
            (Some(page), content, page, true),
            (Some(page), content, other, false),
            (Some(page), other, page, false),
        ] {
            assert_eq!(signed(page_seen).is_valid_for(content_now, page_now), valid);
        }
    }

    #[test]
    fn the_frozen_form_of_a_sign_off_is_read() {
        let frozen = include_str!("../../tests/fixtures/workflow_sign_off.json");
        assert_eq!(serde_json::from_str::<SignOff>(frozen).unwrap(), signed(Some(Sha256::of(b"page"))));
    }
}

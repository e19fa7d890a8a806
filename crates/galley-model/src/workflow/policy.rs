//! A policy 审核流程: which reviews an article passes, as data, versioned, fixed for an article at submission.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which reviews an article passes and what they demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name in records.
    pub id: String,
    /// Grows with each change; a record names both.
    pub version: u32,
    /// In order, stage 1 first; none under *solo*.
    pub reviews: Vec<Review>,
    /// A different person at each stage, none of them the author.
    pub distinct_people: bool,
    /// Whether a page may go out without a responsible editor.
    pub responsible_editor: ResponsibleEditorRule,
    /// What an edit after a sign-off does.
    pub after_sign_off: AfterSignOff,
}

/// One review stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Name of the stage by language, such as 一审.
    pub names: BTreeMap<String, String>,
    /// Who may sign it; none for anyone but the author.
    pub role: Option<Role>,
    /// The reviewer judges the finished page, and the sign-off carries its `page_hash`.
    pub sees_page: bool,
}

/// Whether a page may go out without a responsible editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponsibleEditorRule {
    /// Told, and the writer decides.
    Optional,
    /// Refused.
    Required,
}

/// What an edit after a sign-off does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum AfterSignOff {
    /// A small change without a number, name or date: the reviewer signs the shown difference again.
    MinorWithResign {
        /// Changed characters at most.
        max_changed: u32,
    },
    /// Back to the stage of the sign-off or a higher one.
    SameOrHigherStage,
    /// Back to the first stage.
    Restart,
}

/// What a person of the newsroom may do; a grant is a role for a desk or section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// 记者
    Reporter,
    /// 通讯员
    Contributor,
    /// 责任编辑
    ResponsibleEditor,
    /// 部门主任
    DeskEditor,
    /// 总编辑
    EditorInChief,
    /// 校对
    Proofreader,
    /// 发布员
    Publisher,
    /// 管理员
    Admin,
    /// 监督（只读）
    Observer,
}

/// A policy as a record names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyRef {
    /// [`Policy::id`].
    pub id: String,
    /// [`Policy::version`].
    pub version: u32,
}

impl Policy {
    /// No review: the writer publishes, with a reason on record.
    pub fn solo() -> Self {
        Self {
            id: "solo".to_owned(),
            version: 1,
            reviews: Vec::new(),
            distinct_people: false,
            responsible_editor: ResponsibleEditorRule::Optional,
            after_sign_off: AfterSignOff::Restart,
        }
    }

    /// One review by anyone but the author: the English default.
    pub fn two_eyes() -> Self {
        Self {
            id: "two_eyes".to_owned(),
            version: 1,
            reviews: vec![review("审核", "Review", None, true)],
            distinct_people: true,
            responsible_editor: ResponsibleEditorRule::Optional,
            after_sign_off: AfterSignOff::MinorWithResign { max_changed: 20 },
        }
    }

    /// 三审三校: responsible editor, desk editor, editor-in-chief, who sees the finished page. The Chinese default.
    pub fn three_reviews() -> Self {
        Self {
            id: "three_reviews".to_owned(),
            version: 1,
            reviews: vec![
                review("一审", "First review", Some(Role::ResponsibleEditor), false),
                review("二审", "Second review", Some(Role::DeskEditor), false),
                review("三审", "Third review", Some(Role::EditorInChief), true),
            ],
            distinct_people: true,
            responsible_editor: ResponsibleEditorRule::Required,
            after_sign_off: AfterSignOff::MinorWithResign { max_changed: 20 },
        }
    }

    /// As a record names it.
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { id: self.id.clone(), version: self.version }
    }

    /// Whether the writer publishes without anyone's review.
    pub fn is_solo(&self) -> bool {
        self.reviews.is_empty()
    }
}

fn review(zh: &str, en: &str, role: Option<Role>, sees_page: bool) -> Review {
    let names = [("zh-Hans", zh), ("en", en)].map(|(language, name)| (language.to_owned(), name.to_owned()));
    Review { names: names.into(), role, sees_page }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_survives_its_record() {
        for policy in [Policy::solo(), Policy::two_eyes(), Policy::three_reviews()] {
            let json = serde_json::to_string(&policy).unwrap();
            assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
        }
    }

    #[test]
    fn only_solo_has_no_review_and_only_the_last_stage_sees_the_page() {
        assert!(Policy::solo().is_solo());
        for policy in [Policy::two_eyes(), Policy::three_reviews()] {
            assert!(!policy.is_solo());
            let seen: Vec<bool> = policy.reviews.iter().map(|review| review.sees_page).collect();
            assert_eq!(seen.iter().filter(|sees| **sees).count(), 1);
            assert_eq!(seen.last(), Some(&true));
        }
    }
}

//! The guards of each transition. Each gathers every finding at once, in the order of the fields, so that the
//! window's list of problems and the newsroom's refusal are the same words.

use super::{Actor, ItemStatus, Policy, Publication, Reason, ReasonCode, ResponsibleEditorRule, Role, Stage};
use crate::Sha256;
use crate::address::{MAX_SLUG, check_slug, slug_or_default};
use crate::content::Content;
use crate::id::{ArticleId, PhotoId};
use crate::meta::field;
use crate::time::Instant;

/// Longest name of a responsible editor, in characters.
const NAME_MAX_CHARS: usize = 60;

/// Something that stands in the way (`hard`), or that the writer should know and may pass over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub reason: Reason,
    /// Whether it refuses.
    pub hard: bool,
}

/// Everything that decides whether an article may be published.
#[derive(Clone, Copy, Debug)]
pub struct PublishCase<'a> {
    /// Which article.
    pub article: ArticleId,
    /// As it stands.
    pub content: &'a Content,
    /// 责任编辑
    pub responsible_editor: &'a str,
    /// The article's policy.
    pub policy: &'a Policy,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it may be used at all.
    pub item_status: ItemStatus,
    /// The slug of the first publication, which stays.
    pub frozen_slug: Option<&'a str>,
    /// Another article at the address this one asks for, and a free slug to propose.
    pub slug_taken: Option<&'a str>,
    /// Photos of the page whose bytes are not there.
    pub missing_photos: &'a [(PhotoId, Sha256)],
    /// Pictures of the body that are no photo of the article and stand on the page as a visible note.
    pub n_unknown_photos: usize,
    /// The newsroom's clock.
    pub now: Instant,
}

/// What stands in the way of publishing, and what the writer should know.
pub fn publish_findings(case: &PublishCase<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut hard = |reason: Reason| findings.push(Finding { reason, hard: true });
    if case.item_status == ItemStatus::Canceled {
        hard(Reason::new(ReasonCode::Canceled));
    }
    if case.content.headline.trim().is_empty() {
        hard(Reason::new(ReasonCode::HeadlineMissing).at(field::HEADLINE));
    }
    if let Some(reason) = slug_reason(case) {
        hard(reason);
    }
    for (photo, sha256) in case.missing_photos {
        hard(
            Reason::new(ReasonCode::PhotoMissing)
                .at(crate::meta::photo_key(*photo, "sha"))
                .with("sha256", sha256),
        );
    }
    if case.n_unknown_photos > 0 {
        hard(Reason::new(ReasonCode::PhotoUnknown).at("body").with("n", case.n_unknown_photos));
    }
    if let Some(until) = case.content.embargo.filter(|until| case.now < *until) {
        hard(Reason::new(ReasonCode::Embargoed).at(field::EMBARGO).with("until", until.0));
    }
    if !case.policy.is_solo() && case.stage != Stage::Approved {
        hard(Reason::new(ReasonCode::NotApproved).with("stage", case.stage));
    }
    if case.responsible_editor.trim().is_empty() {
        findings.push(Finding {
            reason: Reason::new(ReasonCode::ResponsibleEditorMissing).at("responsible_editor"),
            hard: case.policy.responsible_editor == ResponsibleEditorRule::Required,
        });
    }
    findings
}

fn slug_reason(case: &PublishCase<'_>) -> Option<Reason> {
    if case.frozen_slug.is_some() {
        return None;
    }
    let typed = case.content.slug.trim();
    if !is_valid_slug(typed) {
        let proposal = proposed_slug(typed, case.article);
        let reason = Reason::new(ReasonCode::SlugInvalid).at(field::SLUG);
        return Some(reason.with("slug", typed).with("proposal", proposal));
    }
    let proposal = case.slug_taken?;
    let slug = slug_or_default(typed, case.article);
    Some(Reason::new(ReasonCode::SlugTaken).at(field::SLUG).with("slug", slug).with("proposal", proposal))
}

/// Whether this slug can stand in an address; an empty one stands for the article's own.
pub fn is_valid_slug(slug: &str) -> bool {
    slug.is_empty() || check_slug(slug).is_ok()
}

/// The valid slug nearest to what was typed; the article's own when nothing of it can stand.
pub fn proposed_slug(typed: &str, article: ArticleId) -> String {
    let mut slug = String::new();
    for c in typed.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == MAX_SLUG {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if check_slug(slug).is_ok() { slug.to_owned() } else { article.default_slug() }
}

/// Whether this name may be set as responsible editor; empty takes the name away.
pub fn responsible_editor_findings(name: &str) -> Vec<Finding> {
    let wrong = name.chars().count() > NAME_MAX_CHARS || name.chars().any(char::is_control);
    let reason = || Reason::new(ReasonCode::NameInvalid).at("responsible_editor").with("max", NAME_MAX_CHARS);
    if wrong { vec![Finding { reason: reason(), hard: true }] } else { Vec::new() }
}

/// Whether an article in this state may be taken down for this reason.
pub fn take_down_findings(is_live: bool, reason: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !is_live {
        findings.push(Finding { reason: Reason::new(ReasonCode::NotLive), hard: true });
    }
    if reason.trim().is_empty() {
        findings.push(Finding { reason: Reason::new(ReasonCode::ReasonMissing).at("reason"), hard: true });
    }
    findings
}

/// Whether an article in this state may be put back.
pub fn put_back_findings(publication: Publication, item_status: ItemStatus) -> Vec<Finding> {
    let code = match (item_status, publication) {
        (ItemStatus::Canceled, _) => ReasonCode::Canceled,
        (_, Publication::TakenDown) => return Vec::new(),
        _ => ReasonCode::NotTakenDown,
    };
    vec![Finding { reason: Reason::new(code), hard: true }]
}

/// Whether this person may ask for anything at all under this policy. Under *solo* whoever writes may publish;
/// with reviews, publishing is the publisher's and the final role's.
pub fn may_publish(actor: &Actor, policy: &Policy) -> bool {
    let needed: &[Role] = if policy.is_solo() {
        &[Role::Reporter, Role::ResponsibleEditor, Role::DeskEditor, Role::EditorInChief, Role::Publisher]
    } else {
        &[Role::EditorInChief, Role::Publisher]
    };
    needed.iter().any(|role| actor.roles.contains(role))
}

pub(super) fn hard(reason: Reason) -> Finding {
    Finding { reason, hard: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn article() -> ArticleId {
        ArticleId(Uuid::from_u128(7))
    }

    fn ready() -> Content {
        Content { headline: "汛期通报".to_owned(), ..Content::default() }
    }

    fn case<'a>(content: &'a Content, policy: &'a Policy) -> PublishCase<'a> {
        PublishCase {
            article: article(),
            content,
            responsible_editor: "李编辑",
            policy,
            stage: Stage::Draft,
            item_status: ItemStatus::Usable,
            frozen_slug: None,
            slug_taken: None,
            missing_photos: &[],
            n_unknown_photos: 0,
            now: Instant(1_000),
        }
    }

    #[track_caller]
    fn check(case: &PublishCase<'_>, expected: &[(ReasonCode, bool)]) {
        let found: Vec<_> =
            publish_findings(case).into_iter().map(|finding| (finding.reason.code, finding.hard)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_whole_article_may_be_published_by_its_writer() {
        check(&case(&ready(), &Policy::solo()), &[]);
    }

    #[test]
    fn a_headline_of_spaces_is_no_headline() {
        let content = Content { headline: " \u{3000} ".to_owned(), ..Content::default() };
        check(&case(&content, &Policy::solo()), &[(ReasonCode::HeadlineMissing, true)]);
    }

    #[test]
    fn a_missing_responsible_editor_refuses_only_where_the_policy_demands_one() {
        let content = ready();
        for (policy, stage, hard) in
            [(Policy::solo(), Stage::Draft, false), (Policy::three_reviews(), Stage::Approved, true)]
        {
            let case = PublishCase { responsible_editor: " ", stage, ..case(&content, &policy) };
            check(&case, &[(ReasonCode::ResponsibleEditorMissing, hard)]);
        }
    }

    #[test]
    fn an_embargo_holds_until_its_instant_and_not_after() {
        let policy = Policy::solo();
        for (until, expected) in [(1_001, &[(ReasonCode::Embargoed, true)][..]), (1_000, &[]), (999, &[])] {
            let content = Content { embargo: Some(Instant(until)), ..ready() };
            check(&case(&content, &policy), expected);
        }
    }

    #[test]
    fn a_slug_that_cannot_stand_is_refused_with_one_that_can() {
        let content = Content { slug: "Flood 2026".to_owned(), ..ready() };
        let policy = Policy::solo();
        let findings = publish_findings(&case(&content, &policy));
        let reason = &findings.first().unwrap().reason;
        assert_eq!(
            (reason.code, reason.values["proposal"].as_str()),
            (ReasonCode::SlugInvalid, "flood-2026")
        );
        check(&PublishCase { frozen_slug: Some("old"), ..case(&content, &policy) }, &[]);
    }

    #[test]
    fn every_proposal_can_stand_in_an_address() {
        let own = article().default_slug();
        for (typed, expected) in [
            ("Flood Warning!", "flood-warning"),
            ("  2026--汛期  通报 ", "2026"),
            ("洪水", &own),
            ("nul", &own),
            ("../../etc/passwd", "etc-passwd"),
            (&"长a".repeat(200), &format!("{}a", "a-".repeat(39))),
        ] {
            assert_eq!(proposed_slug(typed, article()), expected, "{typed:?}");
            assert_eq!(check_slug(expected), Ok(()));
        }
    }

    #[test]
    fn a_taken_slug_is_refused_with_a_proposal() {
        let content = Content { slug: "flood".to_owned(), ..ready() };
        let policy = Policy::solo();
        let findings =
            publish_findings(&PublishCase { slug_taken: Some("flood-2"), ..case(&content, &policy) });
        let expected =
            Reason::new(ReasonCode::SlugTaken).at("slug").with("slug", "flood").with("proposal", "flood-2");
        assert_eq!(findings, [Finding { reason: expected, hard: true }]);
    }

    #[test]
    fn every_finding_is_told_at_once_in_the_order_of_the_fields() {
        let content = Content { slug: "Ü".to_owned(), embargo: Some(Instant(2_000)), ..Content::default() };
        let missing = [(PhotoId(Uuid::from_u128(9)), Sha256::of(b"photo"))];
        let policy = Policy::three_reviews();
        let case = PublishCase {
            responsible_editor: "",
            missing_photos: &missing,
            n_unknown_photos: 1,
            item_status: ItemStatus::Canceled,
            ..case(&content, &policy)
        };
        check(
            &case,
            &[
                (ReasonCode::Canceled, true),
                (ReasonCode::HeadlineMissing, true),
                (ReasonCode::SlugInvalid, true),
                (ReasonCode::PhotoMissing, true),
                (ReasonCode::PhotoUnknown, true),
                (ReasonCode::Embargoed, true),
                (ReasonCode::NotApproved, true),
                (ReasonCode::ResponsibleEditorMissing, true),
            ],
        );
    }

    #[test]
    fn only_what_is_live_is_taken_down_and_only_with_a_reason() {
        for (is_live, reason, expected) in [
            (true, "失实", &[][..]),
            (true, " ", &[ReasonCode::ReasonMissing]),
            (false, "失实", &[ReasonCode::NotLive]),
            (false, "", &[ReasonCode::NotLive, ReasonCode::ReasonMissing]),
        ] {
            let found: Vec<_> = take_down_findings(is_live, reason).iter().map(|f| f.reason.code).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn only_what_was_taken_down_is_put_back_and_never_what_was_retracted() {
        for (publication, status, expected) in [
            (Publication::TakenDown, ItemStatus::Withheld, &[][..]),
            (Publication::Live, ItemStatus::Usable, &[ReasonCode::NotTakenDown]),
            (Publication::None, ItemStatus::Usable, &[ReasonCode::NotTakenDown]),
            (Publication::TakenDown, ItemStatus::Canceled, &[ReasonCode::Canceled]),
        ] {
            let found: Vec<_> =
                put_back_findings(publication, status).iter().map(|f| f.reason.code).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_name_is_short_and_on_one_line() {
        for (name, fits) in [
            ("", true),
            ("李编辑", true),
            (&*"李".repeat(60), true),
            (&*"李".repeat(61), false),
            ("李\n编辑", false),
        ] {
            assert_eq!(responsible_editor_findings(name).is_empty(), fits, "{name:?}");
        }
    }

    #[test]
    fn whoever_writes_may_publish_alone_but_not_past_reviews() {
        let actor = |roles: &[Role]| Actor {
            person: crate::PersonId(Uuid::from_u128(1)),
            name: "王记者".to_owned(),
            roles: roles.iter().copied().collect(),
        };
        for (roles, solo, reviewed) in [
            (&[Role::Reporter][..], true, false),
            (&[Role::Observer], false, false),
            (&[Role::Admin], false, false),
            (&[Role::Publisher], true, true),
            (&[Role::Reporter, Role::EditorInChief], true, true),
        ] {
            assert_eq!(may_publish(&actor(roles), &Policy::solo()), solo, "{roles:?}");
            assert_eq!(may_publish(&actor(roles), &Policy::three_reviews()), reviewed, "{roles:?}");
        }
    }
}

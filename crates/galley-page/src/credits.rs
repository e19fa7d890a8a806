//! Who made an article, in the wording of the page: byline, dateline, foot credits.

use galley_model::site::{CreditFrom, FootCredit, SiteSettings};
use galley_model::{Content, Contributor};

use crate::facts::PageFacts;
use crate::words::PageLanguage;

/// Roles that are credited under the body and never in the byline.
const FOOT_ROLES: [&str; 12] = [
    "编辑",
    "责编",
    "责任编辑",
    "校对",
    "审核",
    "编审",
    "监制",
    "总监制",
    "Editor",
    "Proofreader",
    "Copy editor",
    "Sub-editor",
];

/// The byline as typed, or composed from the contributors: 记者 林一舟 通讯员 何敏; Lin Yizhou and He Min.
pub fn compose_byline(content: &Content) -> String {
    if !content.byline.trim().is_empty() {
        return content.byline.trim().to_owned();
    }
    let people = byline_people(content);
    let is_chinese = |text: &str| text.chars().any(crate::characters::is_cjk);
    if people.iter().any(|person| is_chinese(&person.name) || is_chinese(&person.role)) {
        chinese_byline(&people)
    } else {
        english_byline(&people)
    }
}

/// The contributors that a byline names.
pub(crate) fn byline_people(content: &Content) -> Vec<&Contributor> {
    let in_byline =
        |person: &&Contributor| !person.name.trim().is_empty() && !FOOT_ROLES.contains(&person.role.trim());
    content.contributors.iter().filter(in_byline).collect()
}

/// Each role once, before the names that follow in it.
fn chinese_byline(people: &[&Contributor]) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut role = "";
    for person in people {
        if person.role.trim() != role {
            role = person.role.trim();
            words.push(role);
        }
        words.push(person.name.trim());
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Reporters by name alone, everyone else with the role behind the name.
fn english_byline(people: &[&Contributor]) -> String {
    let named = |person: &&Contributor| {
        let (name, role) = (person.name.trim(), person.role.trim());
        match role {
            "" | "Reporter" => name.to_owned(),
            role => format!("{name} ({})", role.to_lowercase()),
        }
    };
    let names: Vec<String> = people.iter().map(named).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The dateline as typed, or composed by the site's template.
///
/// `{source}`, `{reporters}` and `{stringers}` (or `{媒体}`, `{记者}`, `{通讯员}`) are replaced. A name that is
/// missing takes the word before it along, a bracket left without names vanishes, and without a source there is no
/// dateline.
pub fn compose_dateline(content: &Content, site: &SiteSettings) -> String {
    if !content.dateline.trim().is_empty() {
        return content.dateline.trim().to_owned();
    }
    let mut out = String::new();
    let mut rest = site.dateline_template.trim();
    while let Some(at) = rest.find(['（', '(']) {
        let (before, bracket) = rest.split_at(at);
        let Some(Filled::Some(text)) = fill_outside(before, content) else { return String::new() };
        out.push_str(&text);
        let close = if bracket.starts_with('（') { '）' } else { ')' };
        let Some((inside, after)) = bracket.split_once(close) else {
            rest = bracket;
            break;
        };
        let mut opening = inside.chars();
        let open = opening.next().unwrap_or(close);
        if let Filled::Some(text) = fill(opening.as_str(), content) {
            out.push(open);
            out.push_str(&text);
            out.push(close);
        }
        rest = after;
    }
    match fill_outside(rest, content) {
        Some(Filled::Some(text)) => out.push_str(&text),
        _ => return String::new(),
    }
    out.trim().to_owned()
}

/// What became of a stretch of a template.
enum Filled {
    Some(String),
    /// It asked for names and got none.
    Empty,
}

/// Outside brackets every placeholder must have a value.
fn fill_outside(template: &str, content: &Content) -> Option<Filled> {
    match fill(template, content) {
        Filled::Empty => None,
        filled => Some(filled),
    }
}

/// Fills a stretch. A placeholder without a value takes the text before it along.
fn fill(template: &str, content: &Content) -> Filled {
    let mut out = String::new();
    let (mut asked, mut got) = (false, false);
    let mut rest = template;
    while let Some((label, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        rest = after;
        asked = true;
        let value = match name {
            "source" | "媒体" | "来源" => content.source.name.trim().to_owned(),
            "reporters" | "记者" => names(content, "记者", "reporter"),
            "stringers" | "通讯员" => names(content, "通讯员", "stringer"),
            _ => String::new(),
        };
        if value.is_empty() {
            continue;
        }
        // 记者 before 见习记者 何敏 would be said twice.
        let role = label.trim();
        let doubled = !role.is_empty()
            && value.split(' ').next().is_some_and(|first| first != role && first.ends_with(role));
        if doubled {
            out.push_str(label.trim_end_matches(char::is_whitespace).strip_suffix(role).unwrap_or_default());
        } else {
            out.push_str(if got { label } else { label.trim_start() });
        }
        out.push_str(&value);
        got = true;
    }
    if asked && !got {
        return Filled::Empty;
    }
    out.push_str(rest);
    Filled::Some(out)
}

/// Names of a role, with the role itself before those in a variant of it: 林一舟 见习记者 何敏.
fn names(content: &Content, chinese: &str, english: &str) -> String {
    let mut plain: Vec<&str> = Vec::new();
    let mut variants: Vec<&str> = Vec::new();
    let mut said = "";
    for person in content.contributors.iter().filter(|person| !person.name.trim().is_empty()) {
        let role = person.role.trim();
        if role == chinese || role.eq_ignore_ascii_case(english) {
            plain.push(person.name.trim());
        } else if role.ends_with(chinese) || role.to_ascii_lowercase().ends_with(english) {
            if role != said {
                variants.push(role);
                said = role;
            }
            variants.push(person.name.trim());
        }
    }
    plain.extend(variants);
    plain.join(" ")
}

/// One printed credit under the body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct PrintedCredit {
    pub(crate) label: String,
    pub(crate) name: String,
}

/// The credits under the body that have something to say.
pub(crate) fn foot_credits(
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    language: PageLanguage,
) -> Vec<PrintedCredit> {
    let print = |credit: &FootCredit| {
        let label = credit.label.trim();
        let name = match credit.from {
            CreditFrom::ResponsibleEditor => facts.responsible_editor.trim().to_owned(),
            CreditFrom::Contributors => in_role(content, label, language),
            CreditFrom::Stage(stage) => {
                facts.stage_signers.get(&stage).map(|name| name.trim().to_owned()).unwrap_or_default()
            }
            CreditFrom::Fixed => credit.name.trim().to_owned(),
        };
        (!name.is_empty()).then(|| PrintedCredit { label: label.to_owned(), name })
    };
    site.foot_credits.iter().filter_map(print).collect()
}

/// Who signed the last review stage that the site prints; none where it prints none.
pub(crate) fn printed_signer<'a>(facts: &'a PageFacts, site: &SiteSettings) -> Option<&'a str> {
    let stage = |credit: &FootCredit| match credit.from {
        CreditFrom::Stage(stage) => Some(stage),
        _ => None,
    };
    let signed = site
        .foot_credits
        .iter()
        .filter_map(stage)
        .filter_map(|stage| facts.stage_signers.get_key_value(&stage));
    let named = signed.filter(|(_, name)| !name.trim().is_empty());
    named.max_by_key(|(stage, _)| **stage).map(|(_, name)| name.trim())
}

/// Names of the contributors whose role is exactly this word.
fn in_role(content: &Content, role: &str, language: PageLanguage) -> String {
    let names: Vec<&str> = content
        .contributors
        .iter()
        .filter(|person| person.role.trim() == role && !person.name.trim().is_empty())
        .map(|person| person.name.trim())
        .collect();
    names.join(language.words().between_names)
}

/// What stands behind 编辑 in the meta line: the editors among the contributors, else the responsible editor.
pub(crate) fn meta_editor(content: &Content, facts: &PageFacts, language: PageLanguage) -> String {
    let role = match language {
        PageLanguage::Chinese => "编辑",
        PageLanguage::English => "Editor",
    };
    let editors = in_role(content, role, language);
    if editors.is_empty() { facts.responsible_editor.trim().to_owned() } else { editors }
}

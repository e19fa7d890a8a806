//! Holds `docs/THEMES.md` true: the names it lists are those that templates are given, no more and no less.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use crate::templates::Templates;
use crate::trial;

type Names = BTreeMap<String, BTreeSet<String>>;

thread_local! {
    static GIVEN: RefCell<Names> = const { RefCell::new(BTreeMap::new()) };
}

/// Remembers what a template is given.
pub(crate) fn record(template: &str, context: &Value) {
    let context = serde_json::to_value(context).unwrap();
    GIVEN.with_borrow_mut(|given| push_names(given.entry(template.to_owned()).or_default(), "", &context));
}

fn push_names(names: &mut BTreeSet<String>, path: &str, value: &serde_json::Value) {
    let is_free = ["text", "site_text", "option"].contains(&path);
    match value {
        serde_json::Value::Object(fields) if !is_free => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                push_names(names, &path, value);
            }
        }
        serde_json::Value::Array(items) if !items.is_empty() => {
            items.iter().for_each(|item| push_names(names, path, item));
        }
        _ => {
            names.insert(path.to_owned());
        }
    }
}

/// Without names that are only what is none or empty of a name that has parts.
fn leaves(names: &BTreeSet<String>) -> BTreeSet<String> {
    let has_parts = |name: &String| names.iter().any(|other| other.starts_with(&format!("{name}.")));
    names.iter().filter(|name| !has_parts(name)).cloned().collect()
}

/// Headings of the document with the rows of their tables: name and kind.
fn tables(document: &str) -> BTreeMap<&str, Vec<(&str, &str)>> {
    let mut tables: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let mut heading = "";
    for line in document.lines() {
        if let Some(text) = line.strip_prefix('#') {
            heading = text.trim_start_matches('#').trim();
        } else if let Some((name, rest)) = line.strip_prefix("| `").and_then(|rest| rest.split_once("` | "))
            && let Some((kind, _)) = rest.split_once(" |")
        {
            tables.entry(heading).or_default().push((name, kind));
        }
    }
    tables
}

/// A row's name with the names of its parts.
fn push_documented(
    names: &mut BTreeSet<String>,
    tables: &BTreeMap<&str, Vec<(&str, &str)>>,
    path: &str,
    kind: &str,
) {
    let kind = kind.strip_prefix("list of ").unwrap_or(kind);
    let scalars = ["text", "texts", "options", "address", "number", "yes or no", "markup", "word"];
    match tables.get(kind) {
        _ if scalars.contains(&kind) => {
            names.insert(path.to_owned());
        }
        Some(parts) => {
            for (name, kind) in parts {
                push_documented(names, tables, &format!("{path}.{name}"), kind);
            }
        }
        None => panic!("{path} is called a {kind:?}, which is not described"),
    }
}

#[test]
fn the_document_for_designers_lists_every_name_that_templates_are_given() {
    let document = include_str!("../../../docs/THEMES.md");
    let tables = tables(document);
    trial::try_out(&Templates::built_in().unwrap()).unwrap();
    let given = GIVEN.take();
    assert_eq!(given.len(), 10, "{:?}", given.keys());
    for (template, names) in given {
        let mut documented = BTreeSet::new();
        let mut headings = vec!["every template", template.as_str()];
        if template != "article.html" {
            headings.push("every template but article.html");
        }
        if template != "article.html" && template != "page.html" {
            headings.push("every template but article.html and page.html");
        }
        for (name, kind) in headings.iter().filter_map(|heading| tables.get(heading)).flatten() {
            push_documented(&mut documented, &tables, name, kind);
        }
        let given = leaves(&names);
        let unwritten: Vec<_> = given.difference(&documented).collect();
        let untrue: Vec<_> = documented.difference(&given).collect();
        assert!(unwritten.is_empty(), "{template} is also given {unwritten:?}");
        assert!(untrue.is_empty(), "{template} is not given {untrue:?}, or the trial has nothing there");
    }
}

//! What the source of a template may not hold: a page runs nothing and loads nothing from elsewhere.
//!
//! It tells designers what browsers would refuse under the site's content security policy anyway, with file and
//! line. Not a wall: what values fill in is escaped elsewhere, and the policy is the browser's.

use crate::error::{PageError, line_of};

/// Elements that run or load something, or change what addresses mean.
const REFUSED: [&str; 8] = ["iframe", "frame", "object", "embed", "applet", "base", "portal", "style"];
/// Attributes whose address is loaded without a reader's click, or gets what readers type.
const LOADED: [&str; 7] = ["src", "srcset", "poster", "data", "background", "action", "formaction"];

/// Looks through the source of a template.
///
/// # Errors
/// The first thing that may not stand in it.
pub(crate) fn check(file: &str, source: &str) -> Result<(), PageError> {
    let mut scanner = Scanner { source, at: 0 };
    while let Some(c) = scanner.peek() {
        let start = scanner.at;
        if !scanner.skip_code() {
            scanner.next();
            if c == '<'
                && scanner.peek().is_some_and(|c| c.is_ascii_alphabetic())
                && let Some(detail) = scanner.tag().problem()
            {
                let line = line_of(source, start);
                return Err(PageError::Template { file: file.to_owned(), line, detail });
            }
        }
    }
    Ok(())
}

/// A start tag as it is written, in lower case.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn problem(&self) -> Option<String> {
        let name = self.name.as_str();
        if REFUSED.contains(&name) {
            return Some(format!("a page holds no <{name}>"));
        }
        let is = |attribute: &str, value: &str| {
            self.attributes.iter().any(|(own, is)| own == attribute && is.trim() == value)
        };
        if name == "script" && !is("type", "application/ld+json") {
            return Some("a page runs no script; data of type application/ld+json alone".to_owned());
        }
        self.attributes.iter().find_map(|(attribute, value)| {
            let value = value.trim_start();
            let elsewhere = ["http:", "https:", "//", "data:"].iter().any(|start| value.starts_with(start));
            let is_loaded = LOADED.contains(&attribute.as_str())
                || (attribute == "href" && ["link", "image", "use"].contains(&name))
                || attribute == "xlink:href";
            if attribute.len() > 2 && attribute.starts_with("on") {
                Some(format!("a page runs no script: {attribute}"))
            } else if attribute == "style" {
                Some("styles stand in the style sheet".to_owned())
            } else if value.starts_with("javascript:") || value.starts_with("vbscript:") {
                Some(format!("a page runs no script: {attribute}"))
            } else if is_loaded && elsewhere {
                Some(format!("nothing is loaded from elsewhere: {attribute}"))
            } else {
                None
            }
        })
    }
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Passes over an expression, a statement or a comment of the template language.
    fn skip_code(&mut self) -> bool {
        let ends = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
        let Some((_, end)) = ends.iter().find(|(start, _)| self.rest().starts_with(start)) else {
            return false;
        };
        self.at += self.rest().find(end).map_or(self.rest().len(), |length| length + end.len());
        true
    }

    fn tag(&mut self) -> Tag {
        let mut tag = Tag { name: self.word(), attributes: Vec::new() };
        while let Some(c) = self.peek() {
            if self.skip_code() {
                continue;
            }
            if c == '>' {
                break;
            }
            if c.is_ascii_whitespace() || "/\"'=".contains(c) {
                self.next();
                continue;
            }
            let name = self.word();
            if name.is_empty() {
                self.next();
                continue;
            }
            let value = self.value();
            tag.attributes.push((name, value));
        }
        tag
    }

    /// What browsers read as one name.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if c.is_ascii_whitespace() || "/>\"'={".contains(c) {
                break;
            }
            word.push(c.to_ascii_lowercase());
            self.next();
        }
        word
    }

    /// The value of an attribute, without what the template language fills in; empty when there is none.
    fn value(&mut self) -> String {
        let before = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.next();
        }
        if self.peek() != Some('=') {
            self.at = before;
            return String::new();
        }
        self.next();
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.next();
        }
        let quote = self.peek().filter(|c| ['"', '\''].contains(c));
        if quote.is_some() {
            self.next();
        }
        let mut value = String::new();
        while let Some(c) = self.peek() {
            if self.skip_code() {
                // What is filled in stands here: the text after it begins no address.
                value.push('\u{1}');
                continue;
            }
            let ends = match quote {
                Some(quote) => c == quote,
                None => c.is_ascii_whitespace() || c == '>',
            };
            if ends {
                break;
            }
            value.push(c.to_ascii_lowercase());
            self.next();
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_would_run_or_load_something_is_refused_with_its_line() {
        let bad = [
            ("<script>x</script>", "no script"),
            ("<SCRIPT src=\"/x.js\"></SCRIPT>", "no script"),
            ("<script type=\"module\">x</script>", "no script"),
            ("<p onclick=\"x\">", "onclick"),
            ("<img alt=\"a > b\" ONERROR = x>", "onerror"),
            ("<p {% if a %}onclick=\"x\"{% endif %}>", "onclick"),
            ("<p style=\"color: red\">", "style sheet"),
            ("<style>p {}</style>", "<style>"),
            ("<iframe src=\"/x\"></iframe>", "<iframe>"),
            ("<base href=\"/\">", "<base>"),
            ("<img src=\"https://elsewhere.example/x.png\">", "elsewhere: src"),
            ("<img src='//elsewhere.example/x.png'>", "elsewhere: src"),
            ("<img src=//elsewhere.example/x.png>", "elsewhere: src"),
            ("<link rel=\"stylesheet\" href=\"https://elsewhere.example/x.css\">", "elsewhere: href"),
            ("<form action=\"https://elsewhere.example/\">", "elsewhere: action"),
            ("<a href=\" javascript:x()\">", "no script"),
            ("<a title=\"{{ a|replace('\"', '') }}\" href=\"javascript:x()\">", "no script"),
        ];
        for (source, says) in bad {
            match check("x.html", &format!("<p>\n\n{source}")) {
                Err(PageError::Template { line: 3, detail, .. }) => {
                    assert!(detail.contains(says), "{source}: {detail}")
                }
                other => panic!("{source}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_pages_need_is_taken() {
        for source in [
            "<script type=\"application/ld+json\">{{ json_ld }}</script>",
            "<a href=\"https://elsewhere.example/\">x</a>",
            "<img src=\"{{ photo.address }}\" alt=\"on=1\" data-on=\"x\">",
            "<link rel=\"stylesheet\" href=\"{{ css }}\">",
            "<link rel=\"canonical\" href=\"{{ canonical }}\">",
            "{# <script>x</script> #}{{ \"<iframe>\" }}",
            "1 < 2 and onclick=x",
            "<form action=\"/search\"><input name=\"q\" on></form>",
        ] {
            assert_eq!(check("x.html", source), Ok(()), "{source}");
        }
    }
}

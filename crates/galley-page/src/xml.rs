//! XML written element by element: what feeds and site maps are made of.
//!
//! Any text is fit for it: characters that XML cannot hold, and those that command the display, are written as
//! visible text such as `[U+0000]`; `<`, `>` (so that no `]]>` can stand anywhere), `&` and `"` as entities. Not
//! here: reading XML, and what the elements mean.

use crate::escape::visible;

/// A document under way; every element closes in the order it was opened.
pub(crate) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// A document of this root element.
    pub(crate) fn new(root: &'static str, attributes: &[(&str, &str)]) -> Self {
        let out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let mut xml = Self { out, open: Vec::new() };
        xml.open(root, attributes);
        xml
    }

    /// Begins an element that holds others.
    pub(crate) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element begun last.
    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.end(name);
        }
    }

    /// An element that holds text.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        self.text_with(name, &[], text);
    }

    /// An element with attributes that holds text.
    pub(crate) fn text_with(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        self.out.push('>');
        self.out.push_str(&escaped(text));
        self.end(name);
    }

    /// [`Self::text`], unless there is nothing to say.
    pub(crate) fn text_if_any(&mut self, name: &'static str, text: &str) {
        if !text.trim().is_empty() {
            self.text(name, text.trim());
        }
    }

    /// An element with attributes alone.
    pub(crate) fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.out.push_str("/>\n");
    }

    /// The whole document.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            // A reader would turn these into spaces.
            let value = escaped(value).replace(['\n', '\t'], " ").replace('"', "&quot;");
            self.out.push_str(&value);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }
}

/// Fit to stand between tags.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut xml = Xml::new("a", &[("b", text)]);
        xml.text("c", text);
        xml.finish()
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        let xml = written("]]></c>&amp;\"'\u{a0}湖　心");
        let escaped = "]]&gt;&lt;/c&gt;&amp;amp;\"'\u{a0}湖　心";
        let quoted = escaped.replace('"', "&quot;");
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        assert_eq!(xml, format!("{declaration}<a b=\"{quoted}\">\n<c>{escaped}</c>\n</a>\n"));
    }

    #[test]
    fn every_character_makes_a_document_that_can_be_read() {
        // What XML 1.0 calls a character.
        let is_xml = |c: char| matches!(c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        let xml = written(&('\0'..=char::MAX).collect::<String>());
        assert_eq!(xml.chars().find(|c| !is_xml(*c)), None);
    }
}

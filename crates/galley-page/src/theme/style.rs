//! A style sheet made ready: comments and indents go, `url(assets/…)` gets its content-hashed address, and what
//! would load anything else is refused with its line.
//!
//! A scanner over CSS tokens as CSS Syntax 3 tells them apart, escapes included, so that `@\69mport` and `u\72l(…)`
//! are known for what they are. Not a parser: whether a rule means something is the browser's to say.

use crate::error::{PageError, line_of};

/// Functions in which a bare string is an address.
const OF_ADDRESSES: [&str; 6] =
    ["image-set", "-webkit-image-set", "image", "src", "cross-fade", "-webkit-cross-fade"];

/// Makes a style sheet ready. `address` knows the content-hashed address of an asset by its name.
///
/// # Errors
/// The first thing that may not stand in a theme's style sheet.
pub(crate) fn prepare(
    file: &str,
    source: &str,
    address: &dyn Fn(&str) -> Option<String>,
) -> Result<String, PageError> {
    let mut scanner =
        Scanner { file, source, at: 0, out: String::with_capacity(source.len()), open: Vec::new() };
    while let Some(c) = scanner.peek() {
        scanner.token(c, address)?;
    }
    let mut out = scanner.out;
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    Ok(out)
}

struct Scanner<'a> {
    file: &'a str,
    source: &'a str,
    at: usize,
    out: String,
    /// Open brackets: whether a bare string in them is an address.
    open: Vec<bool>,
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

    fn refuse<T>(&self, at: usize, detail: &str) -> Result<T, PageError> {
        let line = line_of(self.source, at);
        Err(PageError::Style { file: self.file.to_owned(), line, detail: detail.to_owned() })
    }

    fn token(&mut self, c: char, address: &dyn Fn(&str) -> Option<String>) -> Result<(), PageError> {
        let start = self.at;
        match c {
            '/' if self.rest().starts_with("/*") => {
                let Some(length) = self.rest().find("*/") else {
                    return self.refuse(start, "this comment does not end");
                };
                self.at += length + 2;
                // Two words that only a comment keeps apart stay apart.
                if self.out.ends_with(|c: char| !c.is_ascii_whitespace()) {
                    self.out.push_str("/**/");
                }
            }
            '"' | '\'' => {
                self.string(c)?;
                if self.open.last() == Some(&true) {
                    return self.refuse(start, "an address stands in url(assets/…)");
                }
                self.copy(start);
            }
            '@' => {
                self.next();
                if self.word().eq_ignore_ascii_case("import") {
                    return self.refuse(start, "@import is not taken: name the sheet in theme.toml's styles");
                }
                self.copy(start);
            }
            '(' | '[' | '{' => self.bracket(c, false),
            ')' | ']' | '}' => {
                self.next();
                self.open.pop();
                self.out.push(c);
            }
            c if c.is_ascii_whitespace() => self.space(),
            c if is_word_part(c) || c == '\\' => {
                let word = self.word().to_ascii_lowercase();
                if self.peek() != Some('(') {
                    self.copy(start);
                } else if word == "url" {
                    self.url(start, address)?;
                } else {
                    self.copy(start);
                    self.bracket('(', OF_ADDRESSES.contains(&word.as_str()));
                }
            }
            _ => {
                self.next();
                self.out.push(c);
            }
        }
        Ok(())
    }

    fn copy(&mut self, start: usize) {
        let copied = self.source.get(start..self.at).unwrap_or_default();
        self.out.push_str(copied);
    }

    fn bracket(&mut self, bracket: char, of_addresses: bool) {
        self.next();
        self.open.push(of_addresses);
        self.out.push(bracket);
    }

    /// A run of white space as one blank or one new line.
    fn space(&mut self) {
        let mut line = false;
        while let Some(c) = self.peek().filter(char::is_ascii_whitespace) {
            line |= c == '\n';
            self.next();
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push(if line { '\n' } else { ' ' });
        }
    }

    /// A word with its escapes resolved.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if is_word_part(c) {
                self.next();
                word.push(c);
            } else if c == '\\' {
                word.extend(self.escape());
            } else {
                break;
            }
        }
        word
    }

    /// A backslash and what it stands for.
    fn escape(&mut self) -> Option<char> {
        self.next();
        let digits: String = self.rest().chars().take(6).take_while(char::is_ascii_hexdigit).collect();
        if digits.is_empty() {
            return self.next();
        }
        self.at += digits.len();
        if self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.next();
        }
        u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
    }

    /// What stands between two quotes.
    fn string(&mut self, quote: char) -> Result<String, PageError> {
        let start = self.at;
        self.next();
        let mut text = String::new();
        loop {
            match self.peek() {
                None | Some('\n') => return self.refuse(start, "this text does not end"),
                Some(c) if c == quote => {
                    self.next();
                    return Ok(text);
                }
                Some('\\') => text.extend(self.escape()),
                Some(c) => {
                    self.next();
                    text.push(c);
                }
            }
        }
    }

    fn url(&mut self, start: usize, address: &dyn Fn(&str) -> Option<String>) -> Result<(), PageError> {
        self.next();
        self.skip_space();
        let named = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.string(quote)?,
            _ => {
                let mut text = String::new();
                while let Some(c) = self.peek().filter(|c| *c != ')' && !c.is_ascii_whitespace()) {
                    if c == '\\' {
                        text.extend(self.escape());
                    } else {
                        self.next();
                        text.push(c);
                    }
                }
                text
            }
        };
        self.skip_space();
        if self.next() != Some(')') {
            return self.refuse(start, "this url() does not end");
        }
        let Some(name) = named.strip_prefix("assets/") else {
            return self.refuse(start, "only url(assets/…) is taken: nothing is loaded from elsewhere");
        };
        let Some(address) = address(name) else {
            return self.refuse(start, &format!("the theme has no assets/{name}"));
        };
        self.out.push_str("url(\"");
        self.out.push_str(&address);
        self.out.push_str("\")");
        Ok(())
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.next();
        }
    }
}

fn is_word_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(css: &str) -> Result<String, PageError> {
        prepare("site.css", css, &|name| (name == "x.svg").then(|| "/assets/x-1.svg".to_owned()))
    }

    #[test]
    fn comments_and_indents_go_and_assets_get_their_addresses() {
        let check = |css: &str, expected: &str| assert_eq!(prepared(css).unwrap(), expected, "{css:?}");
        check("", "");
        check("a {\n  b: c; /* d */\n\n\n  e: f }\n", "a {\nb: c; \ne: f }\n");
        check("a/**/b { }", "a/**/b { }\n");
        check("a { content: \"/* no comment */ url(x)\" }", "a { content: \"/* no comment */ url(x)\" }\n");
        check("a { content: '\\'' }", "a { content: '\\'' }\n");
        for url in
            ["url(assets/x.svg)", "url( 'assets/x.svg' )", "URL(\"assets/x.svg\")", "u\\72l(assets/x.svg)"]
        {
            check(&format!("a{{background:{url}}}"), "a{background:url(\"/assets/x-1.svg\")}\n");
        }
        check(
            "a{background:image-set(url(assets/x.svg) 1x, linear-gradient(red, blue) 2x)}",
            "a{background:image-set(url(\"/assets/x-1.svg\") 1x, linear-gradient(red, blue) 2x)}\n",
        );
        check("a::before{content:\"图\" / \"\"}", "a::before{content:\"图\" / \"\"}\n");
    }

    #[test]
    fn what_would_load_from_elsewhere_is_refused_with_its_line() {
        let check = |css: &str, line: u32, says: &str| match prepared(&format!("p {{}}\n{css}")) {
            Err(PageError::Style { file, line: at, detail }) => {
                assert_eq!((file.as_str(), at), ("site.css", line), "{css:?}");
                assert!(detail.contains(says), "{css:?}: {detail}");
            }
            other => panic!("{css:?} gave {other:?}"),
        };
        check("@import \"x.css\";", 2, "@import");
        check("@\\69mport url(assets/x.svg);", 2, "@import");
        check("\n@IMPORT 'x'", 3, "@import");
        check("a{b:url(https://elsewhere.example/x.png)}", 2, "nothing is loaded from elsewhere");
        check("a{b:url(\"//elsewhere.example/x.png\")}", 2, "nothing is loaded from elsewhere");
        check("a{b:url(data:image/png;base64,AAAA)}", 2, "nothing is loaded from elsewhere");
        check("a{b:u\\000072l(/x.png)}", 2, "nothing is loaded from elsewhere");
        check("a{b:url(assets/../x.svg)}", 2, "no assets/../x.svg");
        check("a{b:url(assets/y.svg)}", 2, "no assets/y.svg");
        check("a{\nb:image-set(\"https://elsewhere.example/x.png\" 1x)}", 3, "url(assets/…)");
        check("a{b:-webkit-image-set('x.png' 1x)}", 2, "url(assets/…)");
        check("a{b:src('x.png')}", 2, "url(assets/…)");
        check("/* for ever", 2, "does not end");
        check("a{content:\"x\n}", 2, "does not end");
        check("a{b:url(assets/x.svg", 2, "does not end");
    }
}

//! An article's markup made to stand away from its site: addresses absolute, and no attribute that only the site's
//! style sheet or a page's own links understand.
//!
//! Reads only what this crate wrote, where `"` and `<` never stand bare in a value. Not here: making HTML safe; it
//! is safe before it comes here, and nothing is added but the site's own address.

use galley_model::site::SiteSettings;

use crate::view::absolute;

/// Attributes that mean something anywhere; all others are left out.
const KEPT: [&str; 20] = [
    "alt", "cite", "colspan", "controls", "datetime", "dir", "height", "href", "lang", "poster", "preload",
    "rowspan", "scope", "src", "srcset", "start", "title", "type", "value", "width",
];

/// Makes markup independent of its page, which stands at this address of the site.
pub(crate) fn standalone(html: &str, page: &str, site: &SiteSettings) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        out.push_str(text);
        let (tag, after) = tail.split_at_checked(tag_end(tail)).unwrap_or((tail, ""));
        push_tag(&mut out, tag, page, site);
        rest = after.strip_prefix('>').unwrap_or(after);
    }
    out.push_str(rest);
    out
}

/// Offset of the `>` that ends a tag.
fn tag_end(tail: &str) -> usize {
    let mut in_value = false;
    let ends = |byte: u8| {
        in_value ^= byte == b'"';
        byte == b'>' && !in_value
    };
    tail.bytes().position(ends).unwrap_or(tail.len())
}

/// Writes a tag, given without its brackets.
fn push_tag(out: &mut String, tag: &str, page: &str, site: &SiteSettings) {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    out.push('<');
    out.push_str(name);
    loop {
        rest = rest.trim_start();
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let Some((attribute, tail)) = rest.split_at_checked(end).filter(|(name, _)| !name.is_empty()) else {
            break;
        };
        let value = tail.strip_prefix("=\"").and_then(|tail| tail.split_once('"'));
        rest = value.map_or(tail, |(_, after)| after);
        if !KEPT.contains(&attribute) {
            rest = rest.trim_start_matches('=');
            continue;
        }
        out.push(' ');
        out.push_str(attribute);
        if let Some((value, _)) = value {
            out.push_str("=\"");
            push_value(out, attribute, value, page, site);
            out.push('"');
        }
    }
    out.push('>');
}

fn push_value(out: &mut String, attribute: &str, value: &str, page: &str, site: &SiteSettings) {
    match attribute {
        "href" | "src" | "poster" | "cite" => push_address(out, value, page, site),
        "srcset" => {
            for (at, candidate) in value.split(", ").enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                push_address(out, candidate, page, site);
            }
        }
        _ => out.push_str(value),
    }
}

fn push_address(out: &mut String, address: &str, page: &str, site: &SiteSettings) {
    let of_site = match address {
        _ if address.starts_with('#') => format!("{page}{address}"),
        _ if address.starts_with('/') => address.to_owned(),
        _ => return out.push_str(address),
    };
    out.push_str(&absolute(site, &of_site).unwrap_or(of_site));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_absolute_and_looks_are_left_behind() {
        let site = SiteSettings { base_url: "https://news.example/".to_owned(), ..SiteSettings::chinese() };
        let cases = [
            ("<p class=\"a\">一 &lt;b&gt;</p>", "<p>一 &lt;b&gt;</p>"),
            (
                "<a href=\"/articles/x.html?a=1&amp;b=2#c\">x</a>",
                "<a href=\"https://news.example/articles/x.html?a=1&amp;b=2#c\">x</a>",
            ),
            (
                "<a href=\"https://e.example/\" title=\"a > b\">x</a>",
                "<a href=\"https://e.example/\" title=\"a > b\">x</a>",
            ),
            (
                "<sup class=\"note\"><a href=\"#fn-1\" id=\"fnref-1\">1</a></sup>",
                "<sup><a href=\"https://news.example/articles/p.html#fn-1\">1</a></sup>",
            ),
            (
                "<img src=\"/media/1.jpg\" srcset=\"/media/1-4.jpg 400w, /media/1-8.jpg 800w\" alt=\"a / b\" loading=\"lazy\">",
                "<img src=\"https://news.example/media/1.jpg\" srcset=\"https://news.example/media/1-4.jpg 400w, https://news.example/media/1-8.jpg 800w\" alt=\"a / b\">",
            ),
            (
                "<video controls class=\"v\" src=\"https://m.example/v.mp4\" poster=\"/media/1.jpg\"></video>",
                "<video controls src=\"https://m.example/v.mp4\" poster=\"https://news.example/media/1.jpg\"></video>",
            ),
            ("<input checked disabled><hr>", "<input><hr>"),
            ("a<br>b", "a<br>b"),
        ];
        for (given, expected) in cases {
            assert_eq!(standalone(given, "/articles/p.html", &site), expected);
        }
    }

    #[test]
    fn a_site_without_an_address_keeps_its_own() {
        let html = "<a href=\"/a\">x</a><a href=\"#b\">y</a>";
        let expected = "<a href=\"/a\">x</a><a href=\"/p#b\">y</a>";
        assert_eq!(standalone(html, "/p", &SiteSettings::chinese()), expected);
    }
}

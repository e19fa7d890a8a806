//! Which addresses a page may link to, and how they are written.
//!
//! A closed list: `http`, `https`, `mailto`, `tel`, and paths of the site itself. Everything else (`javascript:`,
//! `data:`, other schemes, addresses without one) is not a link.

use crate::escape::Joints;

/// Schemes that may be linked, with what follows them.
const SCHEMES: [&str; 4] = ["http://", "https://", "mailto:", "tel:"];

/// The address as it is linked, or none when it may not be linked. Everything that is not plain ASCII of an
/// address is percent-encoded, so that no character can hide or command anything; only `&` is left to escape.
pub(crate) fn href(address: &str, joints: Joints) -> Option<String> {
    let mut plain = String::with_capacity(address.len());
    push_without_joints(&mut plain, address, joints);
    let starts = |scheme: &&str| {
        plain.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && plain.len() > scheme.len()
    };
    let own = plain.starts_with('/') && !plain.starts_with("//") && !plain.starts_with("/\\");
    if !own && !SCHEMES.iter().any(starts) {
        return None;
    }
    Some(encode(&plain))
}

/// An absolute `http` or `https` address, for canonical links and codes.
pub(crate) fn web_address(address: &str) -> Option<String> {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    if !lower.starts_with("http://") && !lower.starts_with("https://") {
        return None;
    }
    href(address, Joints::default())
}

fn push_without_joints(out: &mut String, address: &str, joints: Joints) {
    if joints == Joints::default() {
        return out.push_str(address);
    }
    out.extend(address.chars().filter(|c| !joints.hold(*c)));
}

fn encode(address: &str) -> String {
    let mut out = String::with_capacity(address.len() + 16);
    for byte in address.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'@' | b'!' | b'$' | b'(' | b')'
            | b'*' | b'+' | b',' | b';' | b'=' | b'%' | b'[' | b']' | b'&' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_closed_list_is_linked() {
        let cases = [
            ("https://news.example/a?b=1&c=2#d", Some("https://news.example/a?b=1&c=2#d")),
            ("HTTP://news.example/", Some("HTTP://news.example/")),
            ("mailto:desk@news.example", Some("mailto:desk@news.example")),
            ("tel:+8600000000", Some("tel:+8600000000")),
            ("/articles/湖.html", Some("/articles/%E6%B9%96.html")),
            ("https://a/\"><script>", Some("https://a/%22%3E%3Cscript%3E")),
            ("https://a/\u{202e}x", Some("https://a/%E2%80%AEx")),
            ("https://", None),
            ("//evil.example", None),
            ("/\\evil.example", None),
            ("", None),
            ("page.html", None),
            ("#top", None),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            (" javascript:alert(1)", None),
            ("java\tscript:alert(1)", None),
            ("\u{1}javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("vbscript:x", None),
            ("file:///etc/passwd", None),
            ("photo:0190", None),
            ("http:evil", None),
        ];
        for (address, expected) in cases {
            assert_eq!(href(address, Joints::default()).as_deref(), expected, "{address:?}");
        }
    }
}

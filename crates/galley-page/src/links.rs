//! Which addresses a page may link to, and how they are written.
//!
//! A closed list: `http`, `https`, `mailto`, `tel`, and paths of the site itself. Everything else (`javascript:`,
//! `data:`, other schemes, addresses without one) is not a link. Hosts are written in the letters that the network
//! uses, as browsers would; one that only looks like another is told apart, so that a page can show it.

use std::borrow::Cow;

use idna::AsciiDenyList;

use crate::characters::{is_cjk, is_punctuation};
use crate::escape::Joints;

/// Schemes that may be linked, with what follows them.
const SCHEMES: [&str; 4] = ["http://", "https://", "mailto:", "tel:"];

/// An address that may be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// As it is linked; only `&` is left to escape.
    pub(crate) href: String,
    /// The host of a web address, in ASCII and small letters.
    pub(crate) host: Option<String>,
    /// Whether its host can be taken for another one: scripts are mixed within a label, a label is in a script whose
    /// letters look like Latin ones, or a name stands before it (`https://bank.example@evil.example`).
    pub(crate) is_disguised: bool,
}

/// The address as it is linked, or none when it may not be linked. Everything that is not plain ASCII of an
/// address is percent-encoded, or of a host turned into ASCII as browsers do, so that no character can hide or
/// command anything.
pub(crate) fn link(address: &str, joints: Joints) -> Option<Address> {
    let plain = without_joints(address, joints);
    let starts = |scheme: &&str| {
        plain.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && plain.len() > scheme.len()
    };
    if plain.starts_with('/') && !plain.starts_with("//") && !plain.starts_with("/\\") {
        return Some(Address { href: encode(&plain), host: None, is_disguised: false });
    }
    let scheme = SCHEMES.into_iter().find(starts)?;
    if !scheme.ends_with("//") {
        return Some(Address { href: encode(&plain), host: None, is_disguised: false });
    }
    let (scheme, rest) = plain.split_at_checked(scheme.len())?;
    let (authority, path) = rest.split_at_checked(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()))?;
    // A backslash ends a host for browsers, and for nobody else.
    if path.starts_with('\\') {
        return None;
    }
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host, None),
    };
    let is_port = |port: &str| {
        port.is_empty() || port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
    };
    if !port.is_none_or(is_port) {
        return None;
    }
    let named = ascii_host(host)?;
    let mut href = scheme.to_owned();
    if let Some(user) = user {
        href.push_str(&encode(user));
        href.push('@');
    }
    // A plain host stays as it was typed.
    href.push_str(if host.is_ascii() && named.eq_ignore_ascii_case(host) { host } else { &named });
    if let Some(port) = port {
        href.push(':');
        href.push_str(port);
    }
    href.push_str(&encode(path));
    let is_disguised = user.is_some() || looks_like_another(&named);
    Some(Address { href, host: Some(named), is_disguised })
}

/// [`link`], where only the address counts.
pub(crate) fn href(address: &str, joints: Joints) -> Option<String> {
    link(address, joints).map(|address| address.href)
}

/// An absolute `http` or `https` address, for canonical links and codes.
pub(crate) fn web_address(address: &str) -> Option<String> {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    if !lower.starts_with("http://") && !lower.starts_with("https://") {
        return None;
    }
    href(address, Joints::default())
}

/// The host that a text names, when it is an address by its looks: `https://a.example/x`, `www.a.example`.
pub(crate) fn named_host(text: &str) -> Option<String> {
    let text = text.trim();
    let after = |scheme: &str| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| text.get(scheme.len()..))?
    };
    let rest = after("https://").or_else(|| after("http://")).or_else(|| after("www.").map(|_| text))?;
    let authority = rest.split(['/', '?', '#', '\\', '&', ' ', '…']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    ascii_host(host.split(':').next().unwrap_or_default())
}

/// A host in ASCII and small letters, as browsers understand it; none when they would not.
fn ascii_host(host: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if let Some(number) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return number.parse::<core::net::Ipv6Addr>().is_ok().then(|| host.to_ascii_lowercase());
    }
    let lower = host.to_ascii_lowercase();
    let ascii = if lower.bytes().all(is_plain) && !lower.contains("xn--") {
        lower
    } else {
        let decoded = percent_decoded(host);
        idna::domain_to_ascii_cow(&decoded, AsciiDenyList::URL).ok()?.into_owned()
    };
    // A last part of digits makes the whole a number, which has to be one.
    let last = ascii.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number =
        last.bytes().all(|byte| byte.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_digits);
    let is_host = !last.is_empty() && ascii.bytes().all(is_plain);
    (is_host && (!is_number || ascii.parse::<core::net::Ipv4Addr>().is_ok())).then_some(ascii)
}

fn percent_decoded(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let [first, rest @ ..] = bytes {
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, rest) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                out.push(hex(high).unwrap_or_default() << 4 | hex(low).unwrap_or_default());
                bytes = after;
            }
            _ => {
                out.push(*first);
                bytes = rest;
            }
        }
    }
    Cow::Owned(out)
}

/// Han, kana and Hangul are not taken for Latin letters; every other script may be.
fn looks_like_another(host: &str) -> bool {
    if !host.contains("xn--") {
        return false;
    }
    let (shown, _) = idna::domain_to_unicode(host);
    let is_clear = |label: &str| {
        let is_han = |c: char| c.is_ascii_digit() || c == '-' || is_cjk(c) && !is_punctuation(c);
        label.is_ascii() && !label.starts_with("xn--") || label.chars().all(is_han)
    };
    !shown.split('.').all(is_clear)
}

fn without_joints(address: &str, joints: Joints) -> Cow<'_, str> {
    if joints == Joints::default() {
        return Cow::Borrowed(address);
    }
    Cow::Owned(address.chars().filter(|c| !joints.hold(*c)).collect())
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
            ("https://湖城.example/桥", Some("https://xn--uis373c.example/%E6%A1%A5")),
            ("https://ｎｅｗｓ.example/", Some("https://news.example/")),
            ("https://news.example:8443?a", Some("https://news.example:8443?a")),
            ("https://[::1]:80/", Some("https://[::1]:80/")),
            ("https://news.example:80x/", None),
            ("https://news.example:65536/", None),
            ("https://10.0.0.1:80/", Some("https://10.0.0.1:80/")),
            ("https://10.0.0.256/", None),
            ("https://a.0x7f/", None),
            ("https://[::g]/", None),
            ("https://xn--bnk-cd.example/", None),
            ("https:///evil.example", None),
            ("https://a b.example", None),
            ("https://a\\.evil.example", None),
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
    #[test]
    fn a_host_that_can_be_taken_for_another_is_known() {
        let cases = [
            ("https://news.example/", "news.example", false),
            ("https://NEWS.example:8080/", "news.example", false),
            ("https://湖城.example/", "xn--uis373c.example", false),
            ("https://湖城3-1.中国", "xn--3-1-k86en80h.xn--fiqs8s", false),
            ("https://バンク.example", "xn--pck5cze.example", false),
            // Cyrillic а, wholly Cyrillic, Greek ο, a Latin letter among Han, percent signs, ready-made ASCII.
            ("https://b\u{430}nk.example", "xn--bnk-6cd.example", true),
            ("https://\u{440}\u{430}\u{443}.example", "xn--80a5ak.example", true),
            ("https://g\u{3bf}od.example", "xn--god-9yc.example", true),
            ("https://b%D0%B0nk.example", "xn--bnk-6cd.example", true),
            ("https://xn--bnk-6cd.example", "xn--bnk-6cd.example", true),
            ("https://湖city.example", "xn--city-408i.example", true),
            ("https://bank.example@evil.example/", "evil.example", true),
        ];
        for (address, host, is_disguised) in cases {
            let link = link(address, Joints::default()).unwrap();
            assert_eq!((link.host.as_deref(), link.is_disguised), (Some(host), is_disguised), "{address}");
            assert!(link.href.is_ascii());
        }
    }

    #[test]
    fn a_text_that_is_an_address_by_its_looks_names_its_host() {
        for (text, host) in [
            ("https://Bank.example/a", Some("bank.example")),
            (" www.bank.example", Some("www.bank.example")),
            ("http://bank.example…", Some("bank.example")),
            ("https://bank.example@evil.example", Some("evil.example")),
            ("网上银行", None),
            ("bank.example", None),
            ("https://", None),
        ] {
            assert_eq!(named_host(text).as_deref(), host, "{text}");
        }
    }
}

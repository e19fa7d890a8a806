//! Video, sound and maps in a body: a paragraph that is only a link whose title begins with a keyword.
//!
//! Players stand only for hosts that the site's settings name, never start by themselves and load nothing before a
//! reader asks; a link beside them leads to the same. Everything else is the plain link that it is in CommonMark.
//! Not here: finding the paragraph (`body`).

use std::fmt::Write as _;

use galley_model::PhotoId;
use galley_model::site::SiteSettings;

use crate::figures::push_credit;
use crate::links::Address;
use crate::photo::PagePhoto;
use crate::words::PageLanguage;

/// What a link's title asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// With the photo that stands until it plays.
    Video(Option<PhotoId>),
    Audio,
    Map,
}

impl Wish {
    /// `video`, `video photo:<uuid>`, `audio`, `map`; none for every other title.
    pub(crate) fn of_title(title: &str) -> Option<Self> {
        let mut words = title.split_ascii_whitespace();
        let wish = match (words.next()?, words.next()) {
            ("video", None) => Self::Video(None),
            ("video", Some(poster)) => Self::Video(Some(poster.strip_prefix("photo:")?.parse().ok()?)),
            ("audio", None) => Self::Audio,
            ("map", None) => Self::Map,
            _ => return None,
        };
        words.next().is_none().then_some(wish)
    }
}

/// A link that stands alone in its paragraph, so far, and may be played.
pub(crate) struct Embed {
    pub(crate) href: String,
    pub(crate) wish: Wish,
    pub(crate) poster: Option<PagePhoto>,
    /// The link's content.
    pub(crate) caption: String,
}

impl Embed {
    /// As an element of its own.
    pub(crate) fn push_block(&self, out: &mut String, language: PageLanguage) {
        let (kind, more) = match self.wish {
            Wish::Map => {
                out.push_str("<p class=\"map\">");
                self.push_link(out);
                return out.push_str("</p>");
            }
            Wish::Video(_) => ("video", " playsinline=\"\""),
            Wish::Audio => ("audio", ""),
        };
        let _ = write!(out, "<figure class=\"{kind}\"><{kind} src=\"");
        push_address(out, &self.href);
        let _ = write!(out, "\" controls=\"\" preload=\"none\"{more}");
        if let Some(poster) = &self.poster {
            let _ = write!(out, " poster=\"{}\"", poster.address);
            if poster.width > 0 && poster.height > 0 {
                let _ = write!(out, " width=\"{}\" height=\"{}\"", poster.width, poster.height);
            }
        }
        out.push_str(" aria-label=\"");
        push_label(out, &self.caption);
        let _ = write!(out, "\"></{kind}><figcaption>");
        self.push_link(out);
        if let Some(poster) = &self.poster {
            push_credit(out, &poster.credit, false, language);
        }
        out.push_str("</figcaption></figure>");
    }

    /// As the link that it is where anything stands beside it.
    pub(crate) fn push_link(&self, out: &mut String) {
        out.push_str("<a href=\"");
        push_address(out, &self.href);
        out.push_str("\">");
        out.push_str(&self.caption);
        out.push_str("</a>");
    }
}

fn push_address(out: &mut String, href: &str) {
    crate::escape::push_attribute(out, href, crate::escape::Joints::default());
}

/// The text of markup of ours, inside a quoted attribute.
fn push_label(out: &mut String, markup: &str) {
    let mut in_tag = false;
    for c in markup.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// Whether a page of this site may play from an address: `https`, the usual port, and a host that the settings name
/// or one below it.
pub(crate) fn may_play(address: &Address, site: &SiteSettings) -> bool {
    let Some(host) = &address.host else { return false };
    let is_plain = address.href.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
        && address.href.get(8..8 + host.len()).is_some_and(|there| there.eq_ignore_ascii_case(host))
        && !address.href.get(8 + host.len()..).is_some_and(|rest| rest.starts_with(':'));
    let is_below = |known: &str| {
        host.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    is_plain && hosts(site).any(|known| is_below(&known))
}

/// The hosts of the settings that are hosts: letters, digits, hyphens and dots.
fn hosts(site: &SiteSettings) -> impl Iterator<Item = String> + '_ {
    let named = site.embed_hosts.iter().map(|host| host.trim().trim_end_matches('.').to_ascii_lowercase());
    named.filter(|host| {
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        host.split('.').all(is_label)
    })
}

/// The content security policy of the site's pages: nothing but what they need. Media may come from the hosts that
/// the settings name and from nowhere else; a form may ask the site itself (its search).
pub fn content_policy(site: &SiteSettings) -> String {
    let mut policy = "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'".to_owned();
    let mut names: Vec<String> = hosts(site).collect();
    names.sort();
    names.dedup();
    for (n, host) in names.iter().enumerate() {
        policy.push_str(if n == 0 { "; media-src" } else { "" });
        let _ = write!(policy, " https://{host} https://*.{host}");
    }
    policy.push_str("; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    policy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escape::Joints;
    use crate::links::link;

    fn site(hosts: &[&str]) -> SiteSettings {
        let embed_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        SiteSettings { embed_hosts, ..SiteSettings::chinese() }
    }

    #[test]
    fn a_title_asks_in_one_way_only() {
        let id: PhotoId = "0190a2b4-0000-7000-8000-000000000001".parse().unwrap();
        for (title, wish) in [
            ("video", Some(Wish::Video(None))),
            (" video  photo:0190a2b4-0000-7000-8000-000000000001 ", Some(Wish::Video(Some(id)))),
            ("audio", Some(Wish::Audio)),
            ("map", Some(Wish::Map)),
            ("video photo:x", None),
            ("video autoplay", None),
            ("audio photo:0190a2b4-0000-7000-8000-000000000001", None),
            ("video of the flood", None),
            ("Video", None),
            ("", None),
        ] {
            assert_eq!(Wish::of_title(title), wish, "{title:?}");
        }
    }

    #[test]
    fn only_hosts_of_the_settings_play() {
        let site =
            site(&["media.example", " Video.Example. ", "*", "", "bad host", "evil.example; script-src *"]);
        for (address, plays) in [
            ("https://media.example/a.mp4", true),
            ("HTTPS://Media.Example/a.mp4", true),
            ("https://cdn.media.example/a.mp4", true),
            ("https://video.example", true),
            ("http://media.example/a.mp4", false),
            ("https://media.example:8443/a.mp4", false),
            ("https://media.example.evil.example/a.mp4", false),
            ("https://evilmedia.example/a.mp4", false),
            ("https://media.example@evil.example/a.mp4", false),
            ("https://evil.example@media.example/a.mp4", false),
            ("https://evil.example/?media.example", false),
            ("https://evil.example/a.mp4", false),
            ("/media/a.mp4", false),
            ("mailto:media.example", false),
        ] {
            let link = link(address, Joints::default()).unwrap();
            assert_eq!(may_play(&link, &site), plays, "{address}");
        }
    }

    #[test]
    fn the_policy_names_those_hosts_and_nothing_else_new() {
        assert_eq!(
            content_policy(&site(&["b.example", "A.example", "a.example", "x; script-src *", "'self'"])),
            "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; media-src https://a.example \
             https://*.a.example https://b.example https://*.b.example; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        assert!(!content_policy(&site(&[])).contains("media-src"));
    }
}

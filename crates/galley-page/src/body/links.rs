//! Links and pictures of a body.

use galley_model::PhotoId;
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::{Held, MAX_DEPTH, Open, Writer};
use crate::embeds::{self, Embed, Wish};
use crate::escape::{Joints, push_attribute, push_plain, push_text};
use crate::figures::Picture;
use crate::links;
use crate::photo::PagePhoto;

impl<'a> Writer<'a> {
    pub(super) fn link(&mut self, kind: LinkType, address: CowStr<'a>, title: &str) {
        let wish = Wish::of_title(title);
        let is_first = self.held.as_ref().is_some_and(|held| !held.iter().any(|held| held.is_content()));
        let is_alone = is_first && matches!(self.open.last(), Some(Open::Paragraph));
        let too_deep = self.open.len() >= MAX_DEPTH;
        let link = match kind {
            LinkType::Email => links::link(&format!("mailto:{address}"), self.joints),
            _ => links::link(&address, self.joints),
        };
        if let (Some(wish), Some(link), false) = (wish, &link, too_deep || !is_alone)
            && embeds::may_play(link, self.site)
        {
            let embed =
                Embed { href: link.href.clone(), wish, poster: self.poster(wish), caption: String::new() };
            let before = self.held.take().unwrap_or_default();
            self.in_link = true;
            return self.open.push(Open::Embed { start: self.out.len(), embed: Box::new(embed), before });
        }
        self.release();
        // An autolink inside a link's text is no link of its own.
        if self.in_link || too_deep {
            return self.open.push(Open::Nothing);
        }
        let Some(link) = link else { return self.open.push(Open::RefusedLink(address)) };
        self.in_link = true;
        self.out.push_str("<a href=\"");
        push_attribute(&mut self.out, &link.href, Joints::default());
        if !title.is_empty() && wish.is_none() {
            self.out.push_str("\" title=\"");
            push_attribute(&mut self.out, title, self.joints);
        }
        self.out.push_str("\">");
        let (host, is_disguised) = (link.host, link.is_disguised);
        self.open.push(Open::Link { start: self.out.len(), host, is_disguised });
    }

    /// The photo of the article that stands for a video until it plays.
    fn poster(&mut self, wish: Wish) -> Option<PagePhoto> {
        let Wish::Video(Some(id)) = wish else { return None };
        let poster = self.photo(id);
        if poster.is_none() {
            self.n_missing_photos += 1;
        }
        poster
    }

    /// A photo of the article, as shown from now on.
    fn photo(&mut self, id: PhotoId) -> Option<PagePhoto> {
        let photo = self.photos.iter().find(|photo| photo.id == id)?;
        let shown = PagePhoto::of(photo, self.language)?.with_original(photo, self.site);
        if !self.shown.contains(&id) {
            self.shown.push(id);
        }
        Some(shown)
    }

    /// A link whose text names another host than it leads to, or whose host can be taken for another, is followed by
    /// its host.
    pub(super) fn end_link(&mut self, start: usize, host: Option<String>, is_disguised: bool) {
        self.in_link = false;
        let text = self.out.get(start..).unwrap_or_default();
        let says_another = !text.contains('<') && host.is_some() && {
            let bare = |host: &Option<String>| {
                host.as_deref().map(|host| host.trim_start_matches("www.").to_owned())
            };
            let named = bare(&links::named_host(text));
            named.is_some() && named != bare(&host)
        };
        self.out.push_str("</a>");
        if let Some(host) = host.filter(|_| is_disguised || says_another) {
            self.out.push_str(" [");
            push_text(&mut self.out, &host, Joints::default());
            self.out.push(']');
        }
    }

    pub(super) fn in_picture(&mut self, event: Event<'a>) {
        let Some((_, alt, nested)) = &mut self.picture else { return };
        match event {
            Event::Start(Tag::Image { .. }) => *nested += 1,
            Event::End(TagEnd::Image) if *nested > 0 => *nested -= 1,
            Event::End(TagEnd::Image) => self.end_picture(),
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                push_plain(alt, &text, self.joints)
            }
            Event::SoftBreak | Event::HardBreak => alt.push(' '),
            _ => {}
        }
    }

    fn end_picture(&mut self) {
        let Some((address, alt, _)) = self.picture.take() else { return };
        let id = address.strip_prefix("photo:").and_then(|id| id.parse().ok());
        let photo = id.and_then(|id| self.photo(id));
        if photo.is_none() {
            self.n_missing_photos += 1;
        }
        let picture = Picture { photo, typed_alt: alt };
        match &mut self.held {
            Some(held) => held.push(Held::Picture(Box::new(picture))),
            None => picture.push_in_line(&mut self.out, self.language),
        }
    }
}

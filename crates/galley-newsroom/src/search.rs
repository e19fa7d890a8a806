//! The search of the site: what readers can find, and the page that tells them.
//!
//! Found is what the page prints: lines of the headline, people, source, summary, keywords, captions, the text. The
//! newest first publication comes first, as in every list of the site; there is no other order, since whoever
//! searches news for a word wants the latest of it. Work is bounded: see `storage/search.rs`.

use galley_model::{Content, PhotoId};
use galley_page::{compose_byline, plain_text};

/// What of an article can be found: what its page prints. The headline is the first line.
pub(crate) fn text_of(content: &Content, photos: &[PhotoId]) -> String {
    let byline = compose_byline(content);
    let keywords = content.keywords.join(" ");
    let body = plain_text(&content.body);
    let people = content.contributors.iter().map(|person| person.name.as_str());
    let captions = content.photos.iter().filter(|photo| photos.contains(&photo.id));
    let captions = captions.map(|photo| photo.caption.as_str());
    let lines = [content.kicker.as_str(), &content.subheadline, &content.short_headline, &content.summary];
    let rest = [byline.as_str(), content.source.name.as_str(), &content.genre, &keywords];
    let mut text = content.headline.replace('\n', " ").trim().to_owned();
    let all = lines.into_iter().chain([body.as_str()]).chain(captions).chain(rest).chain(people);
    for line in all.map(str::trim).filter(|line| !line.is_empty()) {
        text.push('\n');
        text.push_str(line);
    }
    text
}

//! The search of the site: what readers can find, the page that tells them, and the route that answers.
//!
//! Found is what the page prints: lines of the headline, people, source, summary, keywords, captions, the text. The
//! newest first publication comes first, as in every list of the site; there is no other order, since whoever
//! searches news for a word wants the latest of it. Work is bounded: so many texts a search, so many searches at
//! once, and one thread for all of them.

use std::pin::Pin;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use galley_model::{Content, PhotoId};
use galley_page::{Card, SearchPage, compose_byline, plain_text};
use tokio::sync::Semaphore;

use crate::error::NewsroomError;
use crate::newsroom::Newsroom;
use crate::render;
use crate::storage::{MOST_HITS, Storage};

/// Hits on one page of an answer.
const PAGE: u32 = 20;
/// Characters of a query that count; no headline is longer.
const LONGEST_QUERY: usize = 100;
/// Searches that are under way or wait; whoever comes then is asked to come again.
const AT_ONCE: usize = 16;

impl<S: Storage> Newsroom<S> {
    /// What readers find by this query, from the first page on: every part of it occurs in an article. An empty
    /// query finds nothing.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn search_site(&self, typed: &str, page: u32) -> Result<SearchPage, NewsroomError> {
        let query: String = typed.trim().chars().take(LONGEST_QUERY).collect();
        let page = page.clamp(1, MOST_HITS / PAGE);
        let found = self.0.storage.search(query.clone(), (page - 1) * PAGE, PAGE).await?;
        let (_, settings) = self.settings().await?;
        let is_more = found.n_found > page * PAGE;
        let card = |(listed, around): &(_, String)| Card {
            summary: around.clone(),
            ..render::card(listed, &settings)
        };
        Ok(SearchPage {
            results: found.hits.iter().map(card).collect(),
            n_found: u64::from(found.n_found),
            is_more: found.more,
            newer: (page > 1).then(|| address(&query, page - 1)),
            older: is_more.then(|| address(&query, page + 1)),
            all: Vec::new(),
            is_too_many: false,
            is_answered: true,
            has_server: true,
            query,
        })
    }
}

/// Where a page of an answer stands.
fn address(query: &str, page: u32) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("q", query);
    if page > 1 {
        pairs.append_pair("page", &page.to_string());
    }
    format!("/search?{}", pairs.finish())
}

/// Answers `/search?q=…&page=…` for a server of the site, rendered by the theme. Search engines are asked not to keep
/// what it answers.
#[derive(Clone)]
pub struct SiteSearch(Arc<dyn Fn(String) -> Answering + Send + Sync>);

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

impl SiteSearch {
    /// The search of this newsroom's site. Clones share their places.
    pub fn of<S: Storage>(newsroom: &Newsroom<S>) -> Self {
        Self::with_places(newsroom, AT_ONCE)
    }

    /// The same for so many searches at once.
    pub(crate) fn with_places<S: Storage>(newsroom: &Newsroom<S>, places: usize) -> Self {
        let (newsroom, places) = (newsroom.clone(), Arc::new(Semaphore::new(places)));
        let answer =
            move |query: String| -> Answering { Box::pin(answer(newsroom.clone(), places.clone(), query)) };
        Self(Arc::new(answer))
    }

    /// The answer to the query of an address.
    pub(crate) async fn answer(&self, query: Option<&str>) -> Response {
        (self.0)(query.unwrap_or_default().to_owned()).await
    }
}

async fn answer<S: Storage>(newsroom: Newsroom<S>, places: Arc<Semaphore>, query: String) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "503\n").into_response();
    };
    let (query, page) = asked(&query);
    match newsroom.search_page(&query, page).await {
        Ok(html) => (HEADERS, html).into_response(),
        Err(error) => {
            tracing::warn!(%error, "a search of the site could not be answered");
            (StatusCode::INTERNAL_SERVER_ERROR, "500\n").into_response()
        }
    }
}

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
];

/// The query and the page that a request asks for; the first of each.
fn asked(query: &str) -> (String, u32) {
    let value = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    let page = value("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    (value("q").unwrap_or_default(), page)
}

impl<S: Storage> Newsroom<S> {
    async fn search_page(&self, query: &str, page: u32) -> Result<String, NewsroomError> {
        let found = self.search_site(query, page).await?;
        let (_, settings) = self.settings().await?;
        Ok(self.templates().search(&found, &settings)?)
    }
}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_forms_write_it() {
        let check = |query: &str, typed: &str, page: u32| {
            assert_eq!(asked(query), (typed.to_owned(), page), "{query}");
        };
        check("q=%E6%B9%96%E5%BF%83+%E5%B2%9B", "湖心 岛", 1);
        check("page=3&q=a%26b%3Dc&q=d", "a&b=c", 3);
        check("q=%FF&page=-1", "\u{fffd}", 1);
        check("q=%", "%", 1);
        check("", "", 1);
        for (typed, page) in [("湖心 岛&page=9#%+", 2), ("<\">", 10)] {
            let address = address(typed, page);
            assert_eq!(asked(address.trim_start_matches("/search?")), (typed.to_owned(), page));
            assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
        }
    }
}

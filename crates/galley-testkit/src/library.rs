//! A whole library of made articles, for the window's lists and for measuring.
//!
//! The articles are made on as many threads as the machine has and added in the order of their numbers, so
//! that the same seed gives the same library everywhere, down to the ids and the facts.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use galley_model::counts::count;
use galley_model::{Content, Instant};
use galley_store::{Folded, Library, List, PreparedArticle, Publication};
use galley_text::{Document, ENGINE, Splice};

use crate::articles::{Planted, SampleArticle, article};
use crate::random::Random;

/// What to make.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The library's seed.
    pub seed: u64,
    /// The word that stands in some of the articles, and how many articles there are.
    pub planted: Planted,
    /// When the newest article was last changed; the others two minutes apart before it.
    pub newest: Instant,
}

/// Why a library could not be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The library does not open.
    #[error("the library cannot be opened")]
    Open(#[from] galley_store::OpenError),
    /// The library does not take the articles.
    #[error("the library cannot be written")]
    Store(#[from] galley_store::StoreError),
    /// The text engine does not make the document.
    #[error("a document cannot be made")]
    Text(#[from] galley_text::TextError),
    /// The facts cannot be written down.
    #[error("facts cannot be written as JSON")]
    Facts(#[from] serde_json::Error),
}

type Made = Result<PreparedArticle, GenerateError>;

/// Articles a thread may be ahead of the library.
const AHEAD: usize = 200;

/// Adds the articles to the library in this folder, which is made when missing, and says after each how many
/// there are. Returns how many were added.
pub fn generate(folder: &Path, wanted: &Wanted, mut made: impl FnMut(u64)) -> Result<u64, GenerateError> {
    let (library, _) = Library::open(folder, wanted.newest)?;
    let n_threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let result = thread::scope(|scope| {
        let start = |first: u64| {
            let (sender, receiver) = sync_channel(AHEAD);
            scope.spawn(move || make_every(wanted, first, n_threads, &sender));
            receiver
        };
        let receivers: Vec<Receiver<Made>> = (0..n_threads).map(start).collect();
        let mut failure = None;
        let in_order = (0..wanted.planted.of).map_while(|number| {
            let receiver = receivers.get(usize::try_from(number % n_threads).unwrap_or_default())?;
            match receiver.recv().ok()? {
                Ok(article) => {
                    made(number + 1);
                    Some(article)
                }
                Err(error) => {
                    failure = Some(error);
                    None
                }
            }
        });
        let added = library.import_bulk(in_order);
        drop(receivers);
        failure.map_or_else(|| added.map_err(GenerateError::from), Err)
    });
    let added = result?;
    library.finish_index()?;
    library.close()?;
    Ok(added)
}

/// Adds these articles to the library in this folder, which is made when missing; `newest` is when it is opened.
pub fn write(folder: &Path, newest: Instant, articles: &[SampleArticle]) -> Result<u64, GenerateError> {
    let (library, _) = Library::open(folder, newest)?;
    let prepared = articles.iter().zip(1..).map(|(article, peer)| prepare(article, peer));
    let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
    let added = library.import_bulk(prepared)?;
    library.finish_index()?;
    library.close()?;
    Ok(added)
}

fn make_every(wanted: &Wanted, first: u64, step: u64, to: &SyncSender<Made>) {
    let mut number = first;
    while number < wanted.planted.of {
        let article = article(wanted.seed, number, wanted.newest, &wanted.planted);
        let peer = Random::of(wanted.seed, number).next();
        if to.send(prepare(&article, peer)).is_err() {
            return;
        }
        number += step;
    }
}

/// An article as a finished document, with what lists and search need.
pub fn prepare(article: &SampleArticle, peer: u64) -> Result<PreparedArticle, GenerateError> {
    let mut document = Document::new(peer)?;
    document.edit(&[Splice::new(0, 0, article.body.as_str())])?;
    document.set_meta(&article.meta)?;
    let content = article.content();
    let text = galley_page::plain_text(&article.body);
    Ok(PreparedArticle {
        id: article.id,
        list: List::Drafts,
        publication: Publication::None,
        created_at: article.created_at,
        updated_at: article.created_at,
        headline: content.headline.clone(),
        excerpt: galley_page::excerpt(&content, EXCERPT),
        words: count(&text).words,
        search_text: search_text(&content, &text),
        folded: Folded {
            snapshot: document.snapshot()?,
            body: article.body.clone(),
            meta_json: serde_json::to_string(&article.meta)?,
            version: document.version()?.as_bytes().to_vec(),
            engine: ENGINE.to_owned(),
        },
    })
}

/// Characters of text shown in a list.
const EXCERPT: usize = 60;

fn search_text(content: &Content, text: &str) -> String {
    let names = content.contributors.iter().map(|contributor| contributor.name.as_str());
    let lines = [content.headline.as_str(), &content.kicker, &content.source.name, &content.summary];
    let all = lines.into_iter().chain(names).chain(content.keywords.iter().map(String::as_str)).chain([text]);
    all.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_library_lists_all_and_finds_the_planted_word_in_as_many_articles_as_asked() {
        let folder = tempfile::tempdir().unwrap();
        let planted = Planted { word: "琉璃井".to_owned(), in_articles: 20, of: 300 };
        let wanted = Wanted { seed: 1, planted, newest: Instant(1_795_500_000_000) };
        let mut last = 0;
        assert_eq!(generate(folder.path(), &wanted, |n| last = n).unwrap(), 300);
        assert_eq!(last, 300);

        let (library, _) = Library::open(folder.path(), wanted.newest).unwrap();
        let drafts = library.list(List::Drafts, 0, 400).unwrap();
        assert_eq!(drafts.len(), 300);
        let newest = article(1, 299, wanted.newest, &wanted.planted);
        assert_eq!((drafts[0].id, drafts[0].headline.as_str()), (newest.id, newest.headline()));
        let found = library.search("琉璃井", 0, 100).unwrap();
        assert_eq!(found.rows.len(), 20);

        let stored = library.load(newest.id).unwrap();
        let document = Document::load(stored.snapshot.as_deref(), &stored.updates, 7).unwrap();
        assert_eq!(document.content().unwrap(), newest.content());
        library.close().unwrap();
    }
}

//! Adding many finished articles at once: generators, and imports to come.
//!
//! Large transactions, and texts packed on the caller's thread while the writer commits the ones before.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::journal::{self, Folded, Packed};
use crate::library::Library;
use crate::list::{List, Publication};
use crate::packed;

/// Articles of one transaction.
const BATCH: usize = 500;

/// An article with its document already folded and its projection made.
#[derive(Clone, Debug)]
pub struct PreparedArticle {
    /// Must be new.
    pub id: ArticleId,
    /// Where it stands.
    pub list: List,
    /// How it stands on this computer's site.
    pub publication: Publication,
    /// When it was made.
    pub created_at: Instant,
    /// Its last change.
    pub updated_at: Instant,
    /// The headline.
    pub headline: String,
    /// Beginning of the text.
    pub excerpt: String,
    /// 字数
    pub words: u32,
    /// Everything search finds.
    pub search_text: String,
    /// The document.
    pub folded: Folded,
}

/// A prepared article, packed.
struct Ready {
    article: PreparedArticle,
    text: Vec<u8>,
    packed: Packed,
}

impl Library {
    /// Adds articles, oldest change first, and returns how many. An article whose id is there already stops
    /// the import; the transactions before it stand. Search finds them once the index has caught up, see
    /// [`Library::finish_index`].
    pub fn import_bulk(
        &self,
        articles: impl IntoIterator<Item = PreparedArticle>,
    ) -> Result<u64, StoreError> {
        let mut articles = articles.into_iter();
        let mut before: Option<(crate::Pending<()>, u64)> = None;
        let mut added = 0;
        loop {
            let batch: Vec<Ready> =
                articles.by_ref().take(BATCH).map(Ready::new).collect::<Result<_, StoreError>>()?;
            if let Some((pending, count)) = before.take() {
                pending.wait()?;
                added += count;
            }
            if batch.is_empty() {
                return Ok(added);
            }
            let (search, count) = (self.search_bell(), batch.len() as u64);
            let pending = self.writer().write(move |connection, _| {
                search.changed();
                batch.iter().try_for_each(|ready| ready.add(connection))
            });
            before = Some((pending, count));
        }
    }
}

impl Ready {
    fn new(article: PreparedArticle) -> Result<Self, StoreError> {
        let text = packed::pack(&article.search_text, 1)?;
        let packed = Packed::new(&article.folded)?;
        Ok(Self { article, text, packed })
    }

    fn add(&self, connection: &Connection) -> Result<(), StoreError> {
        let article = &self.article;
        connection
            .prepare_cached(
                "INSERT INTO article (id, list, publication, headline, excerpt, words, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                article.id.0.as_bytes(),
                article.list.name(),
                article.publication.name(),
                article.headline,
                article.excerpt,
                article.words,
                article.created_at.0,
                article.updated_at.0
            ])?;
        let n = connection.last_insert_rowid();
        connection
            .prepare_cached("INSERT INTO state (article, seq, edited_at) VALUES (?1, 1, ?2)")?
            .execute(params![n, article.updated_at.0])?;
        connection
            .prepare_cached("INSERT INTO plain (article, text) VALUES (?1, ?2)")?
            .execute(params![n, self.text])?;
        // As if one row had been folded away, so that a lost snapshot shows as a gap.
        journal::insert_snapshot(
            connection,
            n,
            article.id,
            1,
            &article.folded,
            &self.packed,
            article.updated_at,
        )
    }
}

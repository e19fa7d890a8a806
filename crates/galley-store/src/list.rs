//! What the lists show: projections of the articles, their counts, and the marks of what is behind.
//!
//! A projection is derived and may always be written again from the document. Nothing here reads the journal.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use crate::error::StoreError;
use crate::library::Library;
use crate::packed;
use crate::pending::Pending;

/// Where an article stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// 草稿
    #[default]
    Drafts,
    /// 退回修改
    SentBack,
    /// 审核中
    InReview,
    /// 待我审
    ForMe,
    /// 待发
    Approved,
    /// 待用
    Held,
    /// 已发
    Published,
    /// 未采用
    Declined,
    /// 回收站
    Trash,
}

impl List {
    /// All, in the order of the window.
    pub const ALL: [Self; 9] = [
        Self::Drafts,
        Self::SentBack,
        Self::InReview,
        Self::ForMe,
        Self::Approved,
        Self::Held,
        Self::Published,
        Self::Declined,
        Self::Trash,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Drafts => "drafts",
            Self::SentBack => "sent_back",
            Self::InReview => "in_review",
            Self::ForMe => "for_me",
            Self::Approved => "approved",
            Self::Held => "held",
            Self::Published => "published",
            Self::Declined => "declined",
            Self::Trash => "trash",
        }
    }

    /// A list this version does not know shows among the drafts.
    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|list| list.name() == name).unwrap_or_default()
    }
}

/// How an article stands on this computer's site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Publication {
    /// Never published.
    #[default]
    None,
    /// The page is being written.
    Sending,
    /// Anyone who has the address can read it.
    Live,
    /// Live, and the draft has changed since.
    LiveChanged,
    /// Writing failed; nothing changed for readers.
    Failed,
    /// Taken down.
    TakenDown,
    /// Retracted for good: a notice stands at its address.
    Retracted,
}

impl Publication {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Sending,
        Self::Live,
        Self::LiveChanged,
        Self::Failed,
        Self::TakenDown,
        Self::Retracted,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sending => "sending",
            Self::Live => "live",
            Self::LiveChanged => "live_changed",
            Self::Failed => "failed",
            Self::TakenDown => "taken_down",
            Self::Retracted => "retracted",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or_default()
    }
}

/// One article in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Which.
    pub id: ArticleId,
    /// May be empty.
    pub headline: String,
    /// Beginning of the text, or the text around a hit.
    pub excerpt: String,
    /// Where it stands.
    pub list: List,
    /// Publication on this computer's site.
    pub publication: Publication,
    /// 字数
    pub words: u32,
    /// When it was made.
    pub created_at: Instant,
    /// Last change that the projection holds.
    pub updated_at: Instant,
    /// How it stands in the newsroom; none for an article that no newsroom said a word of.
    pub standing: Option<ListStanding>,
}

/// As much of the newsroom's word as a list shows: members of its JSON, as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStanding {
    /// The stage's word.
    pub stage: String,
    /// The policy's name and version.
    pub policy: (String, u32),
    /// Id and name of whose it is.
    pub author: (String, String),
    /// Who reviews it now, or empty.
    pub claimed_by: String,
    /// `withdrawn`, `deleted`, or empty while the newsroom shows it.
    pub access: String,
}

/// What is derived from a document for lists and search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// The headline.
    pub headline: String,
    /// Beginning of the text.
    pub excerpt: String,
    /// 字数
    pub words: u32,
    /// Everything search finds: headline, text, names, captions, as typed.
    pub search_text: String,
    /// How the publication stands, when that changed.
    pub publication: Option<Publication>,
    /// The journal row up to which this was read.
    pub upto_seq: i64,
}

/// The columns of a row, from `article`; what the newsroom said is read once for each row.
macro_rules! columns {
    () => {
        "id, headline, excerpt, list, publication, words, created_at, updated_at,
         (SELECT access FROM sync WHERE article = article.n),
         (SELECT CASE WHEN json_valid(standing) THEN json_extract(standing, '$.stage', '$.policy.id',
            '$.policy.version', '$.author.id', '$.author.name', '$.claimed_by.name') END
          FROM sync WHERE article = article.n)"
    };
}

/// The row of an article by its number.
pub(crate) const ROW: &str = concat!("SELECT ", columns!(), " FROM article WHERE n = ?1");
const ROW_BY_ID: &str = concat!("SELECT ", columns!(), " FROM article WHERE id = ?1");
/// The rows to skip are skipped in the index.
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM article WHERE n IN
        (SELECT n FROM article WHERE list = ?1 ORDER BY updated_at DESC, n DESC LIMIT ?2 OFFSET ?3)
      ORDER BY updated_at DESC, n DESC"
);
const COUNT: &str = "SELECT count FROM list_count WHERE list = ?1";

/// Level of the stored search text: written every second while typing.
const ZSTD_LEVEL: i32 = 1;

impl Library {
    /// Writes what lists and search show of an article, and takes its mark when nothing came after.
    pub fn write_projection(&self, article: ArticleId, projection: Projection) -> Pending<()> {
        let text = match pack(&projection) {
            Ok(text) => text,
            Err(error) => return Pending::ready(Err(error)),
        };
        let search = self.search_bell();
        self.writer().write(move |connection, _| {
            search.changed();
            write(connection, article, &projection, &text)
        })
    }

    /// Articles whose projection is behind their journal, oldest first.
    pub fn dirty_articles(&self) -> Result<Vec<ArticleId>, StoreError> {
        self.read(|connection| {
            let mut marked = connection.prepare_cached(
                "SELECT article.id FROM dirty JOIN article ON article.n = dirty.article ORDER BY article.n",
            )?;
            let ids = marked.query_map([], |row| row.get(0).map(|id| ArticleId(Uuid::from_bytes(id))))?;
            Ok(ids.collect::<Result<_, _>>()?)
        })
    }

    /// Rows of a list, newest change first.
    pub fn list(&self, list: List, offset: u32, limit: u32) -> Result<Vec<ListRow>, StoreError> {
        self.read(|connection| {
            let mut rows = connection.prepare_cached(LIST)?;
            let rows = rows.query_map(params![list.name(), limit, offset], list_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Length of each list, in the order of the window.
    pub fn counts(&self) -> Result<Vec<(List, u32)>, StoreError> {
        self.read(|connection| {
            let mut count = connection.prepare_cached(COUNT)?;
            let counts = List::ALL.into_iter().map(|list| {
                let count: Option<u32> = count.query_row([list.name()], |row| row.get(0)).optional()?;
                Ok((list, count.unwrap_or_default()))
            });
            counts.collect()
        })
    }

    /// One article as a list shows it.
    pub fn list_row(&self, article: ArticleId) -> Result<ListRow, StoreError> {
        self.read(|connection| {
            let mut row = connection.prepare_cached(ROW_BY_ID)?;
            row.query_row([article.0.as_bytes()], list_row).optional()?.ok_or(StoreError::NoArticle(article))
        })
    }
}

/// Reads the columns of [`ROW`].
pub(crate) fn list_row(row: &Row<'_>) -> rusqlite::Result<ListRow> {
    Ok(ListRow {
        id: ArticleId(Uuid::from_bytes(row.get(0)?)),
        headline: row.get(1)?,
        excerpt: row.get(2)?,
        list: List::named(row.get_ref(3)?.as_str()?),
        publication: Publication::named(row.get_ref(4)?.as_str()?),
        words: row.get(5)?,
        created_at: Instant(row.get(6)?),
        updated_at: Instant(row.get(7)?),
        standing: standing(row.get(8)?, row.get(9)?),
    })
}

/// What cannot be read of the newsroom's word is shown as if it had said none.
fn standing(access: Option<String>, said: Option<String>) -> Option<ListStanding> {
    type Said = (String, String, u32, String, String, Option<String>);
    let said: Said = serde_json::from_str(&said?).ok()?;
    let (stage, policy, version, id, name, claimed_by) = said;
    Some(ListStanding {
        stage,
        policy: (policy, version),
        author: (id, name),
        claimed_by: claimed_by.unwrap_or_default(),
        access: access.unwrap_or_default(),
    })
}

/// The search text as it is stored.
pub(crate) fn pack(projection: &Projection) -> Result<Vec<u8>, StoreError> {
    Ok(packed::pack(&projection.search_text, ZSTD_LEVEL)?)
}

pub(crate) fn write(
    connection: &Connection,
    article: ArticleId,
    projection: &Projection,
    text: &[u8],
) -> Result<(), StoreError> {
    let n = crate::article::number(connection, article)?;
    connection
        .prepare_cached(
            "UPDATE article SET headline = ?2, excerpt = ?3, words = ?4, publication = coalesce(?5, publication),
                                updated_at = coalesce(
                                  (SELECT at FROM journal WHERE article = ?1 ORDER BY seq DESC LIMIT 1),
                                  (SELECT edited_at FROM state WHERE article = ?1))
             WHERE n = ?1",
        )?
        .execute(params![
            n,
            projection.headline,
            projection.excerpt,
            projection.words,
            projection.publication.map(Publication::name)
        ])?;
    write_plain(connection, n, text)?;
    if crate::journal::last_seq(connection, n)? <= projection.upto_seq {
        connection.prepare_cached("DELETE FROM dirty WHERE article = ?1")?.execute([n])?;
    }
    Ok(())
}

/// Stores the packed search text under a fresh change number, unless it is what is there.
pub(crate) fn write_plain(connection: &Connection, n: i64, text: &[u8]) -> Result<(), StoreError> {
    let same: Option<bool> = connection
        .prepare_cached("SELECT text = ?2 FROM plain WHERE article = ?1")?
        .query_row(params![n, text], |row| row.get(0))
        .optional()?;
    if same == Some(true) {
        return Ok(());
    }
    connection.prepare_cached("DELETE FROM plain WHERE article = ?1")?.execute([n])?;
    connection
        .prepare_cached("INSERT INTO plain (article, text) VALUES (?1, ?2)")?
        .execute(params![n, text])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use galley_model::{ArticleId, Instant};
    use rusqlite::StatementStatus;
    use uuid::Uuid;

    use super::{COUNT, LIST, List, Publication};
    use crate::bulk::PreparedArticle;
    use crate::journal::Folded;
    use crate::library::Library;

    fn article(n: u128) -> PreparedArticle {
        let planted = if n.is_multiple_of(10) && n < 200 { "，鹦鹉螺" } else { "" };
        PreparedArticle {
            id: ArticleId(Uuid::from_u128(n)),
            list: List::Drafts,
            publication: Publication::None,
            created_at: Instant(0),
            updated_at: Instant(n as i64),
            headline: String::new(),
            excerpt: String::new(),
            words: 0,
            search_text: format!("第{n}篇：市水务局通报{planted}"),
            folded: Folded {
                snapshot: vec![1],
                body: String::new(),
                meta_json: String::new(),
                version: Vec::new(),
                engine: String::new(),
            },
        }
    }

    /// Steps of SQLite's machine for the first page and for a count, and texts that a search for the planted word
    /// reads.
    fn work(articles: u128) -> [i32; 3] {
        let folder = tempfile::tempdir().unwrap();
        let (library, _) = Library::open(folder.path(), Instant(0)).unwrap();
        library.import_bulk((0..articles).map(article)).unwrap();
        library.finish_index().unwrap();
        assert_eq!(library.list(List::Drafts, 0, 50).unwrap().len(), 50);
        assert_eq!(library.counts().unwrap()[0].1, articles as u32);
        let found = library.search("鹦鹉螺", 0, 50).unwrap();
        assert_eq!((found.total, found.more), (20, false));
        let steps = |sql: &str| {
            let steps = library.read(|connection| {
                let statement = connection.prepare_cached(sql)?;
                assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0);
                Ok(statement.get_status(StatementStatus::VmStep))
            });
            let steps = steps.unwrap();
            assert!(steps > 0, "the statement that ran is the one that is looked at");
            steps
        };
        [steps(LIST), steps(COUNT), found.texts_read as i32]
    }

    #[test]
    fn lists_counts_and_search_do_not_grow_with_the_library() {
        let (small, large) = (work(200), work(4_000));
        for (small, large) in small.into_iter().zip(large) {
            assert!(large * 2 <= small * 3, "{small} against {large}");
        }
    }
}

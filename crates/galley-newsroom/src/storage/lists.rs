//! What the newsroom remembers of the site's lists: who stands where, how lists show them, what stands near.

pub(crate) mod read;
pub(crate) mod write;

use std::future::Future;
use std::sync::Arc;

use galley_model::{ArticleId, Instant};
use galley_page::Correction;
use serde::{Deserialize, Serialize};

use super::{RevisionId, SqliteStorage, StorageError};

/// Questions about the site's lists.
pub trait Lists: Send + Sync + 'static {
    /// The live articles before and after a place in a list, older and newer.
    fn neighbours(
        &self,
        list: String,
        place: (Instant, ArticleId),
    ) -> impl Future<Output = Result<(Option<Listed>, Option<Listed>), StorageError>> + Send;
    /// The newest live articles of a list, and the numbered page of the first that is left out.
    fn newest(
        &self,
        list: String,
        limit: u32,
    ) -> impl Future<Output = Result<(Vec<Listed>, Option<u32>), StorageError>> + Send;
    /// The same with the numbered page of each.
    fn ranked(
        &self,
        list: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(Listed, u32)>, StorageError>> + Send;
    /// The live articles of a numbered page, newest first.
    fn on_page(
        &self,
        list: String,
        page: u32,
    ) -> impl Future<Output = Result<Vec<Listed>, StorageError>> + Send;
    /// The newest live articles of a list that were listed after an instant.
    fn listed_since(
        &self,
        list: String,
        since: Instant,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Listed>, StorageError>> + Send;
    /// The newest corrections that readers see, and the page of the first that is left out; or those of a page.
    fn corrected(
        &self,
        page: Option<u32>,
        limit: u32,
    ) -> impl Future<Output = Result<(Vec<Corrected>, Option<u32>), StorageError>> + Send;
    /// The live articles older than a place that share most of these words, the newest of those first. Only older
    /// ones, so that a page stays as it is while the site grows.
    fn related(
        &self,
        place: (Instant, ArticleId),
        keywords: Vec<String>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Listed>, StorageError>> + Send;
    /// The live pages whose related articles may change with what stands at this place under these words.
    fn pages_relating(
        &self,
        place: (Instant, ArticleId),
        keywords: Vec<String>,
    ) -> impl Future<Output = Result<Vec<ArticleId>, StorageError>> + Send;
    /// How an article is listed now: nothing of one that readers do not have.
    fn listing(&self, article: ArticleId) -> impl Future<Output = Result<Listing, StorageError>> + Send;
    /// How lists showed an article last, live or not.
    fn shown_as(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Option<Listed>, StorageError>> + Send;
    /// Where entries stand that are or were an article's.
    fn stands(
        &self,
        article: ArticleId,
        entries: Vec<(String, Instant)>,
    ) -> impl Future<Output = Result<Vec<Stand>, StorageError>> + Send;
    /// A list as it is now; of one that never was, an empty one.
    fn list(&self, name: String) -> impl Future<Output = Result<ListRecord, StorageError>> + Send;
    /// Lists in the order of their names, after one.
    fn lists_after(
        &self,
        after: Option<String>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<ListRecord>, StorageError>> + Send;
    /// The addresses and last changes of the live articles on numbered pages of the home page's list.
    fn mapped(
        &self,
        pages: (u32, u32),
    ) -> impl Future<Output = Result<Vec<(String, Instant)>, StorageError>> + Send;
    /// The site maps by number, each with its last change.
    fn site_maps(&self) -> impl Future<Output = Result<Vec<(u32, Instant)>, StorageError>> + Send;
    /// What a former address leads to: the slug of a live article, none when it leads nowhere or is an article's.
    fn leads_to(&self, slug: String) -> impl Future<Output = Result<Option<String>, StorageError>> + Send;
    /// Addresses under which an article was shown and that are not its own, and its own when another was.
    fn former_addresses(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// Every former address that leads somewhere, with where to; sorted.
    fn all_leading(&self) -> impl Future<Output = Result<Vec<(String, String)>, StorageError>> + Send;
    /// The slugs of articles that were taken down; sorted.
    fn all_gone(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// What readers have of the newest articles.
    fn newest_revisions(
        &self,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<RawRevision>, StorageError>> + Send;
    /// The articles in whose places notices stand, by id.
    fn all_retracted(&self) -> impl Future<Output = Result<Vec<ArticleId>, StorageError>> + Send;
    /// How many live entries a list has, counted up to a limit.
    fn n_live_up_to(
        &self,
        list: String,
        limit: u32,
    ) -> impl Future<Output = Result<u32, StorageError>> + Send;
    /// Live articles in the order of their first publication, after one, with what readers have.
    fn live_in_order(
        &self,
        after: Option<(Instant, ArticleId)>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(Instant, ArticleId, RevisionId)>, StorageError>> + Send;
    /// What the pages of live articles are made of, in the order of their ids, after one.
    fn pages_after(
        &self,
        after: Option<ArticleId>,
        limit: u32,
        related: u32,
    ) -> impl Future<Output = Result<Vec<PageRecord>, StorageError>> + Send;
    /// The same of some articles; what is not live is left out.
    fn pages_of(
        &self,
        articles: Vec<ArticleId>,
        related: u32,
    ) -> impl Future<Output = Result<Vec<PageRecord>, StorageError>> + Send;
    /// By which settings articles were listed.
    fn listed_by(&self) -> impl Future<Output = Result<String, StorageError>> + Send;
}

/// A live article as lists and neighbours show it, and what decides in which lists it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// Which.
    pub article: ArticleId,
    /// On the site.
    pub address: String,
    /// The headline, or the short one where there is one.
    pub headline: String,
    /// Its section as the article names it, empty without one; its name is the settings'.
    pub section: String,
    /// When readers first had it.
    pub published_at: Instant,
    /// Its beginning, on one line.
    pub summary: String,
    /// The lead photo.
    pub photo: Option<ListedPhoto>,
    /// BCP 47 as the article names it, empty without one.
    pub language: String,
    /// 体裁
    pub genre: String,
    /// Whom the byline names.
    pub authors: Vec<String>,
    /// 责任编辑
    pub responsible_editor: String,
    /// When its corrections were made.
    pub corrected_at: Vec<Instant>,
}

impl Default for Listed {
    fn default() -> Self {
        Self {
            article: ArticleId(uuid::Uuid::nil()),
            address: String::new(),
            headline: String::new(),
            section: String::new(),
            published_at: Instant::default(),
            summary: String::new(),
            photo: None,
            language: String::new(),
            genre: String::new(),
            authors: Vec::new(),
            responsible_editor: String::new(),
            corrected_at: Vec::new(),
        }
    }
}

/// The lead photo of a live article, as lists show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListedPhoto {
    /// On the site.
    pub address: String,
    /// 替代文字
    pub alt: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// 图片说明
    pub caption: String,
    /// 图片署名
    pub credit: String,
    /// Classes that keep its point in sight where a card cuts it.
    pub focus: String,
}

/// Where a live article is found on the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Sorted by list and instant.
    pub entries: Vec<Entry>,
    /// Its keywords, sorted.
    pub keywords: Vec<String>,
}

/// One place in one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// By name.
    pub list: String,
    /// What the list is ordered by.
    pub at: Instant,
    /// The list's title when this begins it.
    pub title: String,
}

/// How an article is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// As lists show it; none when it is in none.
    pub listed: Option<Listed>,
    /// Its places, by list and instant.
    pub entries: Vec<(String, Instant)>,
    /// Its keywords, sorted.
    pub keywords: Vec<String>,
}

/// Where an entry stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// In which list.
    pub list: String,
    /// At which instant.
    pub at: Instant,
    /// On which numbered page, for good.
    pub page: u32,
    /// It was the first of its page.
    pub begins: bool,
    /// Readers see it.
    pub live: bool,
    /// Live entries that are newer; no more than a front page holds are counted.
    pub n_newer: u32,
    /// The newest numbered page of the list.
    pub last_page: u32,
    /// Live entries of the list; two stand for more.
    pub n_live: u32,
}

/// A list as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRecord {
    /// By name.
    pub name: String,
    /// Of a person, as first spelled.
    pub title: String,
    /// The newest numbered page; 0 when none was ever begun.
    pub last_page: u32,
    /// Whether anything in it is live.
    pub is_live: bool,
}

/// A correction that readers see, or a retraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The article.
    pub listed: Listed,
    /// What was said.
    pub correction: Correction,
    /// It says that the article was retracted.
    pub is_retraction: bool,
}

/// What a live page is made of, as it is stored: read in batches, understood where it is rendered.
#[derive(Clone, Debug)]
pub struct PageRecord {
    /// Which.
    pub article: ArticleId,
    /// The stored revision.
    pub revision: RawRevision,
    /// 上一篇
    pub previous: Option<Arc<Listed>>,
    /// 下一篇
    pub next: Option<Arc<Listed>>,
    /// 相关阅读
    pub related: Vec<Arc<Listed>>,
}

/// A revision as it lies in the records.
#[derive(Clone, Debug, Default)]
pub struct RawRevision {
    /// JSON.
    pub content: String,
    /// JSON.
    pub facts: String,
    /// The article block.
    pub block: String,
    /// JSON.
    pub photos: String,
}

impl Lists for SqliteStorage {
    async fn neighbours(
        &self,
        list: String,
        place: (Instant, ArticleId),
    ) -> Result<(Option<Listed>, Option<Listed>), StorageError> {
        self.read(move |connection| read::neighbours(connection, &list, place)).await
    }

    async fn newest(&self, list: String, limit: u32) -> Result<(Vec<Listed>, Option<u32>), StorageError> {
        self.read(move |connection| read::newest(connection, &list, limit)).await
    }

    async fn ranked(&self, list: String, limit: u32) -> Result<Vec<(Listed, u32)>, StorageError> {
        self.read(move |connection| read::ranked(connection, &list, limit)).await
    }

    async fn on_page(&self, list: String, page: u32) -> Result<Vec<Listed>, StorageError> {
        self.read(move |connection| read::on_page(connection, &list, page)).await
    }

    async fn listed_since(
        &self,
        list: String,
        since: Instant,
        limit: u32,
    ) -> Result<Vec<Listed>, StorageError> {
        self.read(move |connection| read::listed_since(connection, &list, since, limit)).await
    }

    async fn corrected(
        &self,
        page: Option<u32>,
        limit: u32,
    ) -> Result<(Vec<Corrected>, Option<u32>), StorageError> {
        self.read(move |connection| read::corrected(connection, page, limit)).await
    }

    async fn related(
        &self,
        place: (Instant, ArticleId),
        keywords: Vec<String>,
        limit: u32,
    ) -> Result<Vec<Listed>, StorageError> {
        self.read(move |connection| read::related(connection, place, &keywords, limit)).await
    }

    async fn pages_relating(
        &self,
        place: (Instant, ArticleId),
        keywords: Vec<String>,
    ) -> Result<Vec<ArticleId>, StorageError> {
        self.read(move |connection| read::pages_relating(connection, place, &keywords)).await
    }

    async fn listing(&self, article: ArticleId) -> Result<Listing, StorageError> {
        self.read(move |connection| read::listing(connection, article)).await
    }

    async fn shown_as(&self, article: ArticleId) -> Result<Option<Listed>, StorageError> {
        self.read(move |connection| read::shown_as(connection, &article.to_string())).await
    }

    async fn stands(
        &self,
        article: ArticleId,
        entries: Vec<(String, Instant)>,
    ) -> Result<Vec<Stand>, StorageError> {
        self.read(move |connection| read::stands(connection, article, &entries)).await
    }

    async fn list(&self, name: String) -> Result<ListRecord, StorageError> {
        self.read(move |connection| read::list(connection, &name)).await
    }

    async fn lists_after(&self, after: Option<String>, limit: u32) -> Result<Vec<ListRecord>, StorageError> {
        self.read(move |connection| read::lists_after(connection, after.as_deref(), limit)).await
    }

    async fn mapped(&self, pages: (u32, u32)) -> Result<Vec<(String, Instant)>, StorageError> {
        self.read(move |connection| read::mapped(connection, pages)).await
    }

    async fn site_maps(&self) -> Result<Vec<(u32, Instant)>, StorageError> {
        self.read(read::site_maps).await
    }

    async fn leads_to(&self, slug: String) -> Result<Option<String>, StorageError> {
        self.read(move |connection| read::leads_to(connection, &slug)).await
    }

    async fn former_addresses(&self, article: ArticleId) -> Result<Vec<String>, StorageError> {
        self.read(move |connection| read::former_addresses(connection, article)).await
    }

    async fn all_leading(&self) -> Result<Vec<(String, String)>, StorageError> {
        self.read(read::all_leading).await
    }

    async fn all_gone(&self) -> Result<Vec<String>, StorageError> {
        self.read(read::all_gone).await
    }

    async fn newest_revisions(&self, limit: u32) -> Result<Vec<RawRevision>, StorageError> {
        self.read(move |connection| read::newest_revisions(connection, limit)).await
    }

    async fn all_retracted(&self) -> Result<Vec<ArticleId>, StorageError> {
        self.read(read::all_retracted).await
    }

    async fn n_live_up_to(&self, list: String, limit: u32) -> Result<u32, StorageError> {
        self.read(move |connection| read::n_live_up_to(connection, &list, limit)).await
    }

    async fn live_in_order(
        &self,
        after: Option<(Instant, ArticleId)>,
        limit: u32,
    ) -> Result<Vec<(Instant, ArticleId, RevisionId)>, StorageError> {
        self.read(move |connection| read::live_in_order(connection, after, limit)).await
    }

    async fn pages_after(
        &self,
        after: Option<ArticleId>,
        limit: u32,
        related: u32,
    ) -> Result<Vec<PageRecord>, StorageError> {
        self.read(move |connection| read::pages_after(connection, after, limit, related)).await
    }

    async fn pages_of(
        &self,
        articles: Vec<ArticleId>,
        related: u32,
    ) -> Result<Vec<PageRecord>, StorageError> {
        self.read(move |connection| read::pages_of(connection, &articles, related)).await
    }

    async fn listed_by(&self) -> Result<String, StorageError> {
        self.read(read::listed_by).await
    }
}

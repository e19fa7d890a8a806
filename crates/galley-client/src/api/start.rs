//! The first answer after start, and what the window tells once.

use std::collections::BTreeMap;

use galley_model::ArticleId;
use serde::Serialize;
use ts_rs::TS;

use super::{ArticleRows, ListCount, OpenArticle, Preferences, SiteSettingsVersion};

/// The first answer after start: enough to draw the window at once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct StartState {
    /// Version of Galley.
    pub version: String,
    /// The window's language: `zh-Hans` or `en`.
    pub language: String,
    /// Choices of this computer.
    pub preferences: Preferences,
    /// Where the library lives.
    pub data_dir: String,
    /// Length of each list.
    pub lists: Vec<ListCount>,
    /// The first rows of the drafts, as many as the window reads at a time.
    pub rows: ArticleRows,
    /// The site's settings; none when they could not be read, which keeps nobody from writing.
    pub settings: Option<SiteSettingsVersion>,
    /// Those of the server's site, which hold for its articles; none before it said them.
    pub server_settings: Option<SiteSettingsVersion>,
    /// The article that was open when the app last stopped.
    pub last_article: Option<ArticleId>,
    /// The same, opened; none when it could not be.
    pub article: Option<OpenArticle>,
    /// True until the first article of the writer's own was made: shows the guide.
    pub newcomer: bool,
    /// What happened while the library was opened, for the banner.
    pub notices: Vec<Notice>,
    /// The site's address on this computer, when it is being served.
    pub site_address: Option<String>,
}

/// Something the window tells once, at the top, until it is dismissed.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Notice {
    /// Names the sentence in the window's language: `library_salvaged`, `library_replayed`, `library_damaged`,
    /// `article_damaged`, `site_folder`, `site_store`, `site_not_served`, `template_broken`, `template_file`,
    /// `template_unreadable`, `theme_missing`, `theme_too_many`, `theme_mended` (takes those five back),
    /// `page_look_differs`, `backup_failed`, `roles_taken`, `roles_given` (`newsroom`, `roles` by the words of the
    /// model, with blanks between), `not_saved_at_exit`, `newsroom_restored`, `sync_stopped`, `token_in_file`,
    /// `sign_in_again`, `update_unreadable`.
    pub code: String,
    /// Values for the sentence.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

impl Notice {
    /// A notice without values.
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), values: BTreeMap::new() }
    }

    /// Adds a value for the sentence.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }
}

//! Pages of articles that a server publishes: made here from the server's settings and from what it said last, so
//! that the preview is the page that it will publish.

use std::sync::Arc;

use galley_model::{ArticleId, Content, Meta, Sha256};
use galley_newsroom::{ArticleAuthority, Themes};
use galley_page::{Frame, PageFacts, Templates, Theme};
use galley_store::List;
use galley_sync::wire::{Site, Standing, ThemeFiles};
use galley_text::{Document, TextError, Version};

use crate::Galley;
use crate::api::{ApiError, Notice};
use crate::error::internal;
use crate::preview::Basis;

/// So many articles of the server's site are looked at for a page of it: more than its front pages show.
const KNOWN: u32 = 60;
/// The setting that holds the server's site.
const SITE: &str = "server_site";

impl Galley {
    /// The site as the server said it last.
    pub(crate) fn servers_site(&self) -> Result<Option<Site>, ApiError> {
        let json = self.library().setting(SITE)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Keeps the server's site; every preview follows it.
    pub(crate) async fn take_servers_site(&self, site: &Site) -> Result<(), ApiError> {
        let json = serde_json::to_string(site)
            .map_err(|error| crate::error::internal("keeping the server's site", error))?;
        self.library().set_setting(SITE, &json).await?;
        let templates = self.templates_for(site).await?;
        if templates.look() != site.look {
            // Another version of the app: publishing will say that the page differs.
            self.tell(Notice::new("page_look_differs"));
        }
        *self.servers_templates() = Some(templates);
        self.frame_moved();
        Ok(())
    }

    /// Whether the pages of this site can be made here without asking for a theme.
    pub(crate) async fn has_theme_of(&self, site: &Site) -> Result<bool, ApiError> {
        Ok(self.templates_for(site).await?.look() == site.look)
    }

    /// Keeps a theme of a server's in the library.
    ///
    /// # Errors
    /// `internal` when the disk does not take it. Files that are another theme than was asked for are passed over.
    pub(crate) async fn keep_servers_theme(&self, site: &Site, sent: ThemeFiles) -> Result<(), ApiError> {
        let (themes, look) = (self.themes_of_servers(), site.look);
        let files = sent.files.into_iter().map(|(path, bytes)| (path, bytes.0)).collect();
        let kept = tokio::task::spawn_blocking(move || match Theme::from_files(&files) {
            Ok(theme) if theme.id() == look => themes.keep(&theme),
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "the server's theme cannot be used here");
                Ok(())
            }
        });
        let kept = kept.await.map_err(|error| internal("keeping the server's theme", error))?;
        kept.map_err(|error| internal("keeping the server's theme", error))
    }

    /// What pages of the server are made with now, when some were.
    pub(crate) fn servers_templates_now(&self) -> Option<Arc<Templates>> {
        self.servers_templates().clone()
    }

    fn themes_of_servers(&self) -> Themes {
        Themes::of(&self.options().data_dir)
    }

    /// The templates that make this site's look, or those that come nearest.
    pub(crate) async fn templates_for(&self, site: &Site) -> Result<Arc<Templates>, ApiError> {
        let here = [self.servers_templates_now(), Some(self.newsroom().templates())];
        if let Some(same) = here.into_iter().flatten().find(|templates| templates.look() == site.look) {
            return Ok(same);
        }
        let (themes, look, settings) = (self.themes_of_servers(), site.look, site.settings.clone());
        let made = tokio::task::spawn_blocking(move || {
            let kept = themes.read(look).unwrap_or_else(|error| {
                tracing::warn!(%error, "a theme that was kept cannot be read");
                None
            });
            match kept {
                Some(theme) => Templates::of(&theme),
                None => Templates::for_settings(&settings),
            }
        });
        let made = made.await.map_err(|error| internal("making the server's pages", error))?;
        Ok(Arc::new(made?))
    }

    /// What a page of an article is made of that the server publishes; none for an article of this computer.
    pub(crate) async fn servers_basis(&self, article: ArticleId) -> Result<Option<Basis>, ApiError> {
        if !self.is_the_servers(article)? {
            return Ok(None);
        }
        let Some(site) = self.servers_site()? else { return Ok(None) };
        let standing = self.library().article_sync(article)?.standing;
        let standing = serde_json::from_str::<Standing>(&standing).ok();
        let policy = self.library().account()?.and_then(|account| account.policy);
        let authority = authority(article, &site, standing, policy);
        let templates = self.templates_for(&site).await?;
        *self.servers_templates() = Some(templates.clone());
        // Neighbours and related articles are the server's alone, and no part of what is signed.
        let settings = Arc::new(site.settings);
        Ok(Some(Basis { settings, templates, authority, frame: Frame::default() }))
    }

    /// The articles that readers of the server's site have and this library holds, but for one: as they were last
    /// published where this library has that version, else as they stand here.
    pub(crate) fn known_on_servers_site(
        &self,
        but: ArticleId,
    ) -> Result<Vec<(Content, PageFacts)>, ApiError> {
        let Some(site) = self.servers_site()? else { return Ok(Vec::new()) };
        let mut known = Vec::new();
        for row in self.library().list(List::Published, 0, KNOWN)? {
            let said = self.library().article_sync(row.id)?.standing;
            let Ok(said) = serde_json::from_str::<Standing>(&said) else { continue };
            if row.id == but || !said.publication.is_live {
                continue;
            }
            let live = self.live_version(row.id, said.publication.live_content_hash)?;
            let (body, meta) = match self.open_already(row.id) {
                Some(session) => session
                    .with_document(&mut session.state(), |document| text_of(document, live.as_ref()))?,
                None => {
                    let read = crate::sync::read_document(&self.library().load(row.id)?);
                    match read.and_then(|document| text_of(&document, live.as_ref())) {
                        Ok(text) => text,
                        // One that cannot be read keeps no other page from being shown.
                        Err(error) => {
                            tracing::error!(article = %row.id, %error, "an article is left out of a preview");
                            continue;
                        }
                    }
                }
            };
            let content = Content::from_parts(&body, &meta);
            let facts = self.newsroom().facts(row.id, &content, &authority(row.id, &site, Some(said), None));
            known.push((content, facts));
        }
        Ok(known)
    }

    /// The version of this library that reads as what readers have.
    fn live_version(&self, article: ArticleId, live: Option<Sha256>) -> Result<Option<Version>, ApiError> {
        let Some(live) = live else { return Ok(None) };
        let mut kept = self.library().revisions(article)?.into_iter();
        let kept = kept.find(|revision| revision.content_hash == live);
        Ok(kept.map(|revision| Version::from_bytes(revision.version)))
    }
}

/// Text and facts in a version of which the article has one, else as they are.
fn text_of(document: &Document, version: Option<&Version>) -> Result<(String, Meta), TextError> {
    match version.map(|version| document.at(version)) {
        Some(Ok(text)) => Ok(text),
        // Without a version, or of one that got lost with a damaged library.
        Some(Err(_)) | None => Ok((document.body()?, document.meta()?)),
    }
}

/// The server's word as the newsroom inside would say it.
fn authority(
    article: ArticleId,
    site: &Site,
    standing: Option<Standing>,
    policy: Option<galley_model::workflow::PolicyRef>,
) -> ArticleAuthority {
    let unsaid = ArticleAuthority {
        article,
        stage: Default::default(),
        publication: Default::default(),
        item_status: Default::default(),
        policy: policy.unwrap_or_else(|| galley_model::workflow::Policy::two_eyes().reference()),
        responsible_editor: String::new(),
        is_live: false,
        address: None,
        published_at: None,
        modified_at: None,
        live_content_hash: None,
        failure: None,
        corrections: Vec::new(),
        settings_version: site.version,
    };
    let Some(said) = standing else { return unsaid };
    let path = said.publication.address.map(|address| {
        let path = address.strip_prefix(site.settings.base_url.as_str());
        path.map_or_else(|| address.clone(), str::to_owned)
    });
    ArticleAuthority {
        stage: said.stage,
        publication: said.publication.state,
        item_status: said.item_status,
        policy: said.policy,
        responsible_editor: said.responsible_editor,
        is_live: said.publication.is_live,
        address: path,
        published_at: said.publication.published_at,
        modified_at: said.publication.modified_at,
        live_content_hash: said.publication.live_content_hash,
        corrections: said.publication.corrections.into_iter().map(correction).collect(),
        ..unsaid
    }
}

fn correction(said: galley_sync::wire::Correction) -> galley_page::Correction {
    galley_page::Correction { at: said.at, kind: said.kind, text: said.text }
}

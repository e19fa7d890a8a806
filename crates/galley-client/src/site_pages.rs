//! Pages of the site beside an article's own: which of them a publication of it would change, and each as it would be
//! after that.

use galley_model::address::{author_address, editor_address, section_address};
use galley_model::{ArticleId, Content};
use galley_newsroom::index_of_known;

use crate::Galley;
use crate::api::{ApiError, CorrectionNote, ErrorCode, SitePage, SitePageKind};
use crate::error::{fail, internal};
use crate::preview::Basis;

impl Galley {
    /// The pages that a publication of this article would change, in the order of the site: the home page, the
    /// indexes of its section and of those above it, of its people, of its responsible editor; the corrections, once
    /// it is live. None of an article of a server's before the server said what its site is like.
    pub async fn site_pages(&self, article: ArticleId) -> Result<Vec<SitePage>, ApiError> {
        if self.is_the_servers(article)? && self.servers_site()?.is_none() {
            return Ok(Vec::new());
        }
        let session = self.open_session(article).await?;
        let basis = self.basis(&session).await?;
        Ok(pages(&session.content()?, &basis))
    }

    /// One of those pages as it would be after this publication, with this correction. On a server's site stand more
    /// articles than this person may read: the page is made of those that are here.
    ///
    /// # Errors
    /// `invalid_setting` (`page`) for an address that is none of them; `template`.
    pub async fn preview_index(
        &self,
        article: ArticleId,
        address: &str,
        note: Option<CorrectionNote>,
    ) -> Result<String, ApiError> {
        let session = self.open_session(article).await?;
        let basis = self.basis(&session).await?;
        let content = session.content()?;
        if !pages(&content, &basis).iter().any(|page| page.address == address) {
            return Err(fail(ErrorCode::InvalidSetting).with("field", "page"));
        }
        let facts = self.page_facts(&session, &basis, &content, note.as_ref());
        if self.is_the_servers(article)? {
            let (galley, address) = (self.clone(), address.to_owned());
            let made = tokio::task::spawn_blocking(move || -> Result<String, ApiError> {
                let known = galley.known_on_servers_site(article)?;
                let (templates, settings) = (basis.templates.clone(), basis.settings.clone());
                Ok(index_of_known(&address, (&content, &facts), &known, templates, settings)?)
            });
            return made.await.map_err(|error| internal("making a page of the server's site", error))?;
        }
        Ok(self.newsroom().preview_index(address, &content, &facts).await?)
    }
}

fn pages(content: &Content, basis: &Basis) -> Vec<SitePage> {
    let page = |kind, address: String, name: &str| SitePage { address, kind, name: name.to_owned() };
    let mut found = vec![page(SitePageKind::Home, "/".to_owned(), "")];
    let settings = &basis.settings;
    if let Some(section) = settings.section(content.section.trim()) {
        let above = settings.sections.iter().filter(|other| section.path.starts_with(&other.path));
        for section in above {
            let name = section.path.last().map(String::as_str).unwrap_or_default();
            found.push(page(SitePageKind::Section, section_address(&section.slug), name));
        }
    }
    for person in &content.contributors {
        let known = author_address(&person.name);
        if let Some(address) = known.filter(|it| !found.iter().any(|page| page.address == *it)) {
            found.push(page(SitePageKind::Author, address, person.name.trim()));
        }
    }
    let editor = basis.authority.responsible_editor.trim();
    found.extend(editor_address(editor).map(|address| page(SitePageKind::Editor, address, editor)));
    if basis.authority.is_live {
        found.push(page(SitePageKind::Corrections, "/corrections.html".to_owned(), ""));
    }
    found
}

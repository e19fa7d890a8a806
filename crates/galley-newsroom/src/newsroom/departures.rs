//! Which addresses of the site are gone and which lead elsewhere, as whoever serves it is told.

use std::collections::BTreeMap;

use galley_model::ArticleId;
use galley_model::workflow::ItemStatus;

use super::Newsroom;
use crate::error::NewsroomError;
use crate::render::{page_of_slug, site_path};
use crate::serve::Departure;
use crate::storage::Storage;

impl<S: Storage> Newsroom<S> {
    /// Tells whoever serves the site which addresses are gone and which lead elsewhere, as the records say; later
    /// changes are told as they are made.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn tell_departures(&self) -> Result<(), NewsroomError> {
        // Whoever writes the site waits, so that nothing is told late.
        let _nobody_writes = self.0.site.lock().await;
        let mut all = BTreeMap::new();
        for slug in self.0.storage.all_gone().await? {
            all.insert(site_path(&page_of_slug(&slug))?, Departure::Gone);
        }
        for (slug, to) in self.0.storage.all_leading().await? {
            let to = Departure::MovedTo(site_path(&page_of_slug(&to))?);
            all.insert(site_path(&page_of_slug(&slug))?, to);
        }
        self.0.told.departures().replace(all);
        Ok(())
    }

    /// Tells the server of an article that came, went, or came back.
    pub(crate) async fn tell_departure(&self, article: ArticleId) -> Result<(), NewsroomError> {
        let departures = self.0.told.departures();
        let record = self.0.storage.article(article).await?;
        let mut slugs = self.0.storage.former_addresses(article).await?;
        slugs.extend(record.slug.as_ref().map(|(slug, _)| slug.clone()));
        let is_gone = record.item_status == ItemStatus::Withheld && record.publication.live.is_none();
        for slug in slugs {
            let is_own = record.slug.as_ref().is_some_and(|(own, _)| *own == slug);
            let departure = match self.0.storage.leads_to(slug.clone()).await? {
                Some(to) => Some(Departure::MovedTo(site_path(&page_of_slug(&to))?)),
                None => (is_own && is_gone).then_some(Departure::Gone),
            };
            departures.set(site_path(&page_of_slug(&slug))?, departure);
        }
        Ok(())
    }
}

//! Photos: from the bytes a reporter drops to a fact of the article.

use std::collections::BTreeMap;

use galley_model::meta::photo_key;
use galley_model::{ArticleId, PhotoId, order};
use uuid::Uuid;

use crate::Galley;
use crate::api::{AddedPhoto, ApiError, ErrorCode};
use crate::error::fail;

impl Galley {
    /// Takes a photo into the library, without its private metadata, and into the article. The text that shows
    /// it is the window's to insert.
    ///
    /// # Errors
    /// `photo_unreadable`, `photo_too_large`, `photo_format`, `disk_full`.
    pub async fn add_photo(
        &self,
        article: ArticleId,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<AddedPhoto, ApiError> {
        let session = self.open_session(article).await?;
        if session.state().read_only {
            return Err(fail(ErrorCode::ReadOnly));
        }
        let library = self.library().clone();
        let imported = tokio::task::spawn_blocking(move || library.media().import(&bytes, &name)).await;
        let imported = imported.map_err(|error| crate::error::internal("reading a photo", error))??;
        let id = PhotoId(Uuid::now_v7());
        let fields: BTreeMap<String, String> = {
            let (_, meta) = session.text(&mut session.state())?;
            let last = last_order(&meta);
            [
                ("sha", imported.sha256.to_string()),
                ("mime", imported.mime.clone()),
                ("width", imported.width.to_string()),
                ("height", imported.height.to_string()),
                ("caption", imported.caption.clone()),
                ("credit", imported.credit.clone()),
                ("order", order::between(last.as_deref(), None)),
            ]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(what, text)| (photo_key(id, what), text))
            .collect()
        };
        session.set_fields(fields.clone()).await?;
        Ok(AddedPhoto { id, sha256: imported.sha256, fields })
    }
}

fn last_order(meta: &galley_model::Meta) -> Option<String> {
    meta.iter()
        .filter(|(key, _)| key.starts_with("photo/") && key.ends_with("/order"))
        .map(|(_, order)| order.clone())
        .max()
}

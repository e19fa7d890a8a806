//! Photos of colleagues: fetched from the server when something here shows them, and kept in the library like one's
//! own.
//!
//! Not here: sending photos (the sync does, before the text that shows them), and renditions.

use galley_model::{ArticleId, Sha256};

use crate::Galley;
use crate::sync::Method;

/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

impl Galley {
    /// Like [`Galley::resource`]; a photo that is not here yet is fetched from the newsroom's server first.
    pub async fn resource_or_fetched(&self, path: &str) -> Option<crate::Resource> {
        if let Some(sha256) = photo_of(path) {
            self.fetch_photo(sha256).await;
        }
        let (galley, path) = (self.clone(), path.to_owned());
        tokio::task::spawn_blocking(move || galley.resource(&path)).await.ok().flatten()
    }

    /// Fetches what an article shows and is not here, beside everything else.
    pub(crate) fn fetch_photos_of(&self, article: ArticleId) {
        if !self.is_the_servers(article).unwrap_or_default() {
            return;
        }
        let galley = self.clone();
        tokio::spawn(async move {
            let Ok(session) = galley.open_session(article).await else { return };
            let Ok(content) = session.content() else { return };
            drop(session);
            for photo in content.photos {
                galley.fetch_photo(photo.sha256).await;
            }
        });
    }

    /// One after another: a photo that several places show at once is fetched once.
    async fn fetch_photo(&self, sha256: Sha256) {
        if self.library().media().has(sha256) {
            return;
        }
        let _one_at_a_time = self.inner().fetching.lock().await;
        // Where nobody is reached nobody is asked; whoever shows the photo later asks again.
        let is_reached =
            !matches!(self.sync_state().state.as_str(), "offline" | "signed_out" | "stopped" | "");
        if self.library().media().has(sha256) || !is_reached {
            return;
        }
        let Ok(Some(talk)) = self.talk().await else { return };
        let answer = match talk.raw(Method::Get, &format!("/media/{sha256}"), None, Vec::new()).await {
            Ok(answer) => answer,
            Err(fault) => return tracing::info!(?fault, "a photo was not fetched"),
        };
        let media = self.library().media();
        let kept = tokio::task::spawn_blocking(move || media.receive(sha256, &answer.body)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "a photo that was fetched could not be kept");
        }
    }
}

/// The photo that `/media/<sha256>…` or `/thumb/<sha256>…` shows.
fn photo_of(path: &str) -> Option<Sha256> {
    let (kind, name) = path.trim_start_matches('/').split_once('/')?;
    if !matches!(kind, "media" | "thumb") {
        return None;
    }
    name.get(..DIGITS)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_known_by_its_address_in_every_size() {
        let sha256 = Sha256::of(b"photo");
        for (path, is_one) in [
            (format!("/media/{sha256}"), true),
            (format!("/media/{sha256}.jpg"), true),
            (format!("media/{sha256}-640.webp"), true),
            (format!("/thumb/{sha256}"), true),
            (format!("/assets/{sha256}"), false),
            ("/media/short".to_owned(), false),
            ("/media/水".to_owned(), false),
        ] {
            assert_eq!(photo_of(&path), is_one.then_some(sha256), "{path}");
        }
    }
}

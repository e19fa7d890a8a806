//! Trying a place in a store out before it is a site: the same rights are needed for a small object as for a page.

use object_store::path::Path as Key;
use object_store::{ObjectStoreExt as _, PutPayload};

use super::SiteStore;
use crate::marker::Holder;
use crate::{SiteError, StoreProblem};

/// How the name of an object begins that is only there to be removed.
const TRIAL: &str = ".galley-trial-";
const BYTES: &[u8] = b"Galley tries whether it may publish here.\n";

impl SiteStore {
    /// Writes a small object, reads it back and removes it. Nothing else is changed, and the place is not taken.
    ///
    /// # Errors
    /// `Foreign` and `OtherNewsroom` when the place is somebody else's, before anything is written; `Store`.
    pub fn try_out(&self) -> Result<(), SiteError> {
        self.wait(async {
            let holder = self.holder().await?;
            if holder != Holder::Nobody {
                self.own(holder)?;
            }
            let key = self.key_of(&format!("{TRIAL}{}", self.newsroom));
            let written = self.store.put(&key, PutPayload::from_static(BYTES)).await;
            written.map_err(|error| self.failed(error))?;
            let found = async { self.store.get(&key).await?.bytes().await }.await;
            // Removed whatever was read.
            let removed = self.store.delete(&key).await;
            let found = found.map_err(|error| self.failed(error))?;
            removed.map_err(|error| self.failed(error))?;
            if found == BYTES {
                return Ok(());
            }
            Err(SiteError::Store {
                place: self.address.to_string(),
                problem: StoreProblem::Refused,
                source: "what was written reads back otherwise".into(),
            })
        })
    }
}

pub(super) fn is_trial(key: &Key) -> bool {
    key.filename().is_some_and(|name| name.starts_with(TRIAL))
}

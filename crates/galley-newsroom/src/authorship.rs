//! The newsroom's own word on whose an article is. Each standing carries it to the devices; after the records were
//! replaced by an older copy, it brings an article that the copy did not hold back to the person whose it was, no
//! matter who comes first.
//!
//! The word is a MAC with a key of the records, which their copies hold too: a device can only say what the newsroom
//! said. It proves nothing about a text.

use galley_model::ArticleId;
use galley_sync::wire::{AuthorWord, Person};
use hmac::{Hmac, KeyInit as _, Mac as _};
use uuid::Uuid;

use crate::storage::Identity;

/// Begins what is authenticated, so that no other use of the key says the same.
const TAG: &[u8] = b"galley-author-1";

/// What words are made and read with.
#[derive(Clone)]
pub struct Seal {
    /// 32 random bytes of the records.
    pub(crate) key: Vec<u8>,
    /// Every epoch of these records with its number, oldest first.
    pub(crate) epochs: Vec<(i64, Uuid)>,
}

impl std::fmt::Debug for Seal {
    /// Never the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("epochs", &self.epochs).finish_non_exhaustive()
    }
}

impl Seal {
    /// The word on an article whose author is on record.
    pub(crate) fn word(&self, identity: &Identity, article: ArticleId, author: Person) -> Option<AuthorWord> {
        let epoch = identity.epoch;
        let mac = self.mac(identity.newsroom, epoch, article, &author)?.finalize().into_bytes();
        Some(AuthorWord { epoch, author, mac: galley_model::Sha256(mac.into()) })
    }

    /// The first of these words that the newsroom gave on this article.
    pub(crate) fn read<'a>(
        &self,
        newsroom: Uuid,
        article: ArticleId,
        mut shown: impl Iterator<Item = &'a AuthorWord>,
    ) -> Option<&'a AuthorWord> {
        let given = |word: &&AuthorWord| {
            let mac = self.mac(newsroom, word.epoch, article, &word.author);
            mac.is_some_and(|mac| mac.verify_slice(&word.mac.0).is_ok())
        };
        shown.find(given)
    }

    /// The number of an epoch; none of one that these records did not live through.
    pub(crate) fn number(&self, epoch: Uuid) -> Option<i64> {
        self.epochs.iter().find(|(_, id)| *id == epoch).map(|(no, _)| *no)
    }

    /// The number of the epoch they live in.
    pub(crate) fn now(&self) -> i64 {
        self.epochs.last().map_or(1, |(no, _)| *no)
    }

    fn mac(
        &self,
        newsroom: Uuid,
        epoch: Uuid,
        article: ArticleId,
        author: &Person,
    ) -> Option<Hmac<sha2::Sha256>> {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(TAG);
        for id in [newsroom, epoch, article.0, author.id.0] {
            mac.update(id.as_bytes());
        }
        mac.update(author.name.as_bytes());
        Some(mac)
    }
}

//! Looking at every text that is kept: its numbers, its hash, and whether it still decodes to what is shown.

use galley_model::{ArticleId, Content, content_hash};
use galley_sync::wire::{Bytes, Peer};
use uuid::Uuid;

use crate::decoder::{Decoded, Done, Job, Step, Stepped, Taken};
use crate::storage::{Documents as _, Head, SqliteStorage};
use crate::{Newsroom, NewsroomError};

/// What was found of the texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextReport {
    /// Articles that have a text.
    pub n_articles: usize,
    /// What is wrong, in the order of the articles.
    pub damaged: Vec<(ArticleId, TextDamage)>,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextDamage {
    /// Updates are missing, or more than their article says.
    Numbers,
    /// The text beside the updates is not what was hashed.
    Hash,
    /// The snapshot cannot be read; the updates can. [`Newsroom::mend_text`] makes it anew.
    Snapshot,
    /// The updates cannot be read.
    Updates,
    /// The updates decode to another text than the one beside them.
    Head,
}

impl Newsroom<SqliteStorage> {
    /// Looks at every text. Takes a while on a large newsroom; nothing is changed.
    ///
    /// # Errors
    /// `Storage`; `NoDecoder`.
    pub async fn verify_texts(&self) -> Result<TextReport, NewsroomError> {
        let mut report = TextReport::default();
        for head in self.0.storage.heads().await? {
            report.n_articles += 1;
            let damage = self.damage_of(&head).await?;
            report.damaged.extend(damage.map(|damage| (head.article, damage)));
        }
        Ok(report)
    }

    /// Mends what can be mended: a snapshot is made anew from the updates with the next one.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn mend_text(&self, article: ArticleId) -> Result<(), NewsroomError> {
        Ok(self.0.storage.forget_snapshot(article).await?)
    }

    async fn damage_of(&self, head: &Head) -> Result<Option<TextDamage>, NewsroomError> {
        if head.n_updates != head.last_seq || head.highest_seq != head.last_seq {
            return Ok(Some(TextDamage::Numbers));
        }
        let (body, meta) = self.0.storage.text(head.article).await?.unwrap_or_default();
        let content = Content::from_parts(&body, &meta);
        if content_hash(&content) != head.content_hash {
            return Ok(Some(TextDamage::Hash));
        }
        for (with_snapshot, damage) in [(false, TextDamage::Updates), (true, TextDamage::Snapshot)] {
            let stored = self.0.storage.bytes(head.article, with_snapshot).await?;
            if stored.snapshot.is_none() && stored.updates.is_empty() {
                continue;
            }
            // Writing what stands there already writes nothing, and answers how the article reads.
            let (peer, key) = (Peer(Uuid::new_v4().as_u64_pair().0 >> 1), "headline".to_owned());
            let text = meta.get("headline").cloned().unwrap_or_default();
            let job = Job {
                article: head.article,
                snapshot: stored.snapshot.map(Bytes),
                updates: stored.updates.into_iter().map(Bytes).collect(),
                run: None,
                steps: vec![Step::WriteField { peer, key, seen: text.clone(), text }],
                wants_snapshot: false,
            };
            match self.0.decoder.decode(vec![job]).await.pop() {
                Some(Decoded::Done(done)) if read(&done).is_some_and(|read| *read == content) => {}
                Some(Decoded::Done(_)) => return Ok(Some(TextDamage::Head)),
                Some(Decoded::Unavailable) | None => return Err(NewsroomError::NoDecoder),
                Some(Decoded::Damaged | Decoded::Died | Decoded::TimedOut) => return Ok(Some(damage)),
            }
        }
        Ok(None)
    }
}

/// How the article reads.
fn read(done: &Done) -> Option<Box<Content>> {
    match done.steps.as_slice() {
        [Stepped::Taken(taken)] => {
            let Taken { body, meta, .. } = &**taken;
            Some(Box::new(Content::from_parts(body, meta)))
        }
        _ => None,
    }
}

//! Looking whether everything is whole, and mending what can be mended.

use std::path::Path;

use std::sync::Arc;

use galley_newsroom::{Media, Newsroom, TextDamage};

use crate::app::{StoredSite, now, open_site};
use crate::decode::Children;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// For people, in order.
    pub(crate) lines: Vec<String>,
    /// How much is damaged.
    pub(crate) n_damaged: usize,
}

/// The newsroom, with children of this program that decode.
async fn open(data: &Path) -> Result<Newsroom, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let children = Arc::new(Children::of(program, vec!["decode".to_owned()]));
    Newsroom::open_with(data, children, now()).await.map_err(|error| error.to_string())
}

/// Reads everything: the records, every text, and every photo against its name.
pub(crate) async fn verify(data: &Path) -> Result<Found, String> {
    let mut found = Found::default();
    let newsroom = open(data).await?;
    match newsroom.check_records().await {
        Ok(()) => found.lines.push("records: whole".to_owned()),
        Err(error) => {
            found.n_damaged += 1;
            found.lines.push(format!("records: {error}"));
        }
    }
    let texts = newsroom.verify_texts().await.map_err(|error| error.to_string())?;
    found.lines.push(format!("texts: {}, {} damaged", texts.n_articles, texts.damaged.len()));
    found.n_damaged += texts.damaged.len();
    found
        .lines
        .extend(texts.damaged.iter().map(|(article, damage)| format!("damaged: {article} {damage:?}")));
    newsroom.close().await;
    let folder = data.to_owned();
    let photos = tokio::task::spawn_blocking(move || Media::open(&folder)?.verify()).await;
    let (n_photos, damaged) =
        photos.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    found.lines.push(format!("photos: {n_photos}, {} damaged", damaged.len()));
    found.n_damaged += damaged.len();
    found.lines.extend(damaged.iter().map(|path| format!("damaged: {}", path.display())));
    Ok(found)
}

/// Has damaged snapshots made anew from the updates, sets damaged photos aside, so that devices send them again, and
/// writes the site anew.
pub(crate) async fn repair(data: &Path, store: Option<StoredSite>) -> Result<Vec<String>, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut lines = Vec::new();
    let newsroom = open(data).await?;
    let place = newsroom.site_place().await.map_err(|error| told(&error))?.unwrap_or_default();
    if store.is_none() && place.starts_with("s3://") {
        return Err(format!("the site is {place}: say so again with --site-store"));
    }
    if let Some(recovery) = newsroom.recovery() {
        lines.push(format!("records: damaged ones are in {}", recovery.set_aside.display()));
    }
    for (article, damage) in newsroom.verify_texts().await.map_err(|error| told(&error))?.damaged {
        if damage == TextDamage::Snapshot {
            newsroom.mend_text(article).await.map_err(|error| told(&error))?;
            lines.push(format!("text: the snapshot of {article} is made anew"));
        } else {
            lines.push(format!(
                "text: {article} cannot be mended here ({damage:?}); a device or a copy has it"
            ));
        }
    }
    let media = Media::open(data).map_err(|error| told(&error))?;
    let (_, damaged) = media.verify().map_err(|error| told(&error))?;
    for path in damaged {
        let aside = path.with_extension("damaged");
        std::fs::rename(&path, &aside).map_err(|error| told(&error))?;
        lines.push(format!("photo set aside: {}", aside.display()));
    }
    open_site(&newsroom, data, store, &media).await.map_err(|error| told(&error))?;
    newsroom.rebuild_site(now()).await.map_err(|error| told(&error))?;
    newsroom.close().await;
    lines.push("site: written anew".to_owned());
    Ok(lines)
}

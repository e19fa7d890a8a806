//! Writes every kind of page, with each theme in each language, into a folder, to be looked at in a browser:
//! `--example show_pages -- DIR`. Addresses begin at the root: `python3 -m http.server -d DIR/zh-county`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use galley_model::Content;
use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_page::{Card, Frame, PageFacts, PagePhoto, Templates};
use serde::de::DeserializeOwned;

#[path = "../tests/it/pages.rs"]
mod pages;

fn main() -> Result<(), Box<dyn Error>> {
    let out: PathBuf = std::env::args().nth(1).ok_or("usage: show_pages DIR")?.into();
    for (language, theme) in [("zh", COUNTY), ("en", DAILY), ("zh", DAILY), ("en", COUNTY)] {
        write_site(&out.join(format!("{language}-{theme}")), language, theme)?;
    }
    Ok(())
}

fn write_site(folder: &Path, language: &str, theme: &str) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder.join("assets"))?;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language);
    let content: Content = read(&fixtures.join("content.json"))?;
    let facts: PageFacts = read(&fixtures.join("facts.json"))?;
    let frame: Frame = read(&fixtures.join("frame.json"))?;
    let site: SiteSettings = read(&fixtures.join("settings.json"))?;
    let site = SiteSettings { theme: theme.to_owned(), ..site };
    let templates = Templates::for_settings(&site)?;
    let own = Card::of(&content, &facts.address, facts.published_at, &site);
    let mut cards: Vec<Card> = read(&fixtures.join("cards.json"))?;
    for photo in cards.iter_mut().filter_map(|card| card.photo.as_mut()) {
        *photo = PagePhoto::of_address(&photo.address, photo.width, photo.height);
    }
    cards.insert(0, own);
    let grey = SiteSettings { grey: true, ..site.clone() };
    let (site, grey) = (&site, &grey);
    let (content, facts, frame) = (&content, &facts, &frame);
    let of = |site| pages::Site { content, facts, site, frame, cards: cards.clone() };
    for (name, html) in pages::all_pages(&templates, &of(site))? {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    let block = templates.article(content, facts, grey)?;
    fs::write(folder.join("grey.html"), templates.page(content, facts, grey, frame, &block)?)?;
    for asset in templates.assets(site) {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
    }
    Ok(())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

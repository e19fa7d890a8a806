//! Writes the fixtures' pages into a folder, to be looked at in a browser: `--example show_pages -- DIR`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use galley_model::Content;
use galley_model::site::SiteSettings;
use galley_page::{Card, Frame, Listing, PageFacts, Templates};
use serde::de::DeserializeOwned;

fn main() -> Result<(), Box<dyn Error>> {
    let out: PathBuf = std::env::args().nth(1).ok_or("usage: show_pages DIR")?.into();
    let templates = Templates::built_in()?;
    for language in ["zh", "en"] {
        let folder = out.join(language);
        fs::create_dir_all(folder.join("assets"))?;
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language);
        let content: Content = read(&fixtures.join("content.json"))?;
        let facts: PageFacts = read(&fixtures.join("facts.json"))?;
        let site: SiteSettings = read(&fixtures.join("settings.json"))?;
        let frame: Frame = read(&fixtures.join("frame.json"))?;
        let block = templates.article(&content, &facts, &site)?;
        fs::write(folder.join("article.html"), templates.page(&content, &facts, &site, &frame, &block)?)?;
        let mut cards = vec![Card::of(&content, &facts.address, facts.published_at, &site)];
        cards.extend(frame.related.iter().chain(&frame.previous).chain(&frame.next).cloned());
        cards.push(Card {
            photo: cards.first().and_then(|card| card.photo.clone()),
            ..cards.first().cloned().unwrap_or_default()
        });
        let listing = Listing { cards, newer: None, older: Some("/sections/news-1.html".to_owned()) };
        fs::write(folder.join("home.html"), templates.home(&listing, &site)?)?;
        let section = site.sections.get(1).ok_or("the site has no second section")?;
        fs::write(folder.join("section.html"), templates.section_index(section, &listing, &site)?)?;
        fs::write(folder.join("not_found.html"), templates.not_found(&site)?)?;
        let grey = SiteSettings { grey: true, ..site.clone() };
        fs::write(folder.join("grey.html"), templates.page(&content, &facts, &grey, &frame, &block)?)?;
        for asset in templates.assets() {
            fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

//! Prints what an article page without photos weighs with its style sheet, by each theme in each language:
//! `--example page_weight`. The limit, 20 KB compressed, is held by a test (`tests/it/looks.rs`).

#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use galley_model::Content;
use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_page::{Frame, PageFacts, Templates};
use serde::de::DeserializeOwned;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:<10}{:>10}{:>10}{:>10}{:>10}{:>10}", "", "page", "gzip", "sheet", "gzip", "both");
    for (language, theme) in [("zh", COUNTY), ("zh", DAILY), ("en", COUNTY), ("en", DAILY)] {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language);
        let content: Content = read(&fixtures.join("content.json"))?;
        let facts: PageFacts = read(&fixtures.join("facts.json"))?;
        let frame: Frame = read(&fixtures.join("frame.json"))?;
        let site: SiteSettings = read(&fixtures.join("settings.json"))?;
        let site = SiteSettings { theme: theme.to_owned(), ..site };
        let content = Content { lead_photo: None, photos: Vec::new(), ..content };
        let templates = Templates::for_settings(&site)?;
        let block = templates.article(&content, &facts, &site)?;
        let page = templates.page(&content, &facts, &site, &frame, &block)?.into_bytes();
        let sheet = templates.assets(&site).remove(0).bytes;
        let [page_gzip, sheet_gzip] = [compressed(&page)?, compressed(&sheet)?];
        let name = format!("{language} {theme}");
        let both = page_gzip + sheet_gzip;
        println!("{name:<10}{:>10}{page_gzip:>10}{:>10}{sheet_gzip:>10}{both:>10}", page.len(), sheet.len());
    }
    Ok(())
}

fn compressed(bytes: &[u8]) -> Result<usize, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

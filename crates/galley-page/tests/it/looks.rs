//! What can be measured of the built-in themes without a browser: contrast, weight, and that templates, texts and
//! style sheets fit each other.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_page::{Templates, Theme};

use crate::support::{Fixture, folder_of};

const THEMES: [&str; 2] = [COUNTY, DAILY];

fn sheet(theme: &str) -> String {
    let site = SiteSettings { theme: theme.to_owned(), ..SiteSettings::chinese() };
    let asset = Templates::for_settings(&site).unwrap().assets(&site).remove(0);
    String::from_utf8(asset.bytes).unwrap()
}

type Colour = [f64; 3];

/// The declarations of a theme's own sheet that give `--name` a value, in the light and in the dark.
fn tokens(theme: &str) -> [BTreeMap<String, String>; 2] {
    let css = std::fs::read_to_string(folder_of(theme).join("site.css")).unwrap();
    let read = |css: &str| -> BTreeMap<String, String> {
        let rule = css.split_once('{').unwrap().1.split_once('}').unwrap().0;
        let declaration = |line: &str| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
            Some((name.to_owned(), value.trim().trim_end_matches(';').to_owned()))
        };
        rule.lines().filter_map(declaration).collect()
    };
    let light = read(&css[css.find(":root {").unwrap()..]);
    let dark = read(&css[css.find(":root:not(.light-only) {").unwrap()..]);
    let both = light.clone().into_iter().chain(dark).collect();
    [light, both]
}

/// The colour of a token, with the accent that a site chose.
fn colour(value: &str, accent: &str) -> Colour {
    if value == "var(--option-accent)" {
        return hex(accent);
    }
    if let Some(mix) = value.strip_prefix("color-mix(in oklab, var(--option-accent) ") {
        let (percent, with) = mix.trim_end_matches(')').split_once("%, ").unwrap();
        let share = percent.parse::<f64>().unwrap() / 100.0;
        let ([l, a, b], [other_l, other_a, other_b]) = (oklab(hex(accent)), oklab(hex(with)));
        let between = |one: f64, other: f64| one * share + other * (1.0 - share);
        return from_oklab([between(l, other_l), between(a, other_a), between(b, other_b)]);
    }
    hex(value)
}

/// Parts of linear light.
fn hex(text: &str) -> Colour {
    let digits = text.strip_prefix('#').unwrap_or_else(|| panic!("{text} is no colour"));
    let digits =
        if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
    [0, 2, 4].map(|at| {
        let part = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

/// Oklab (B. Ottosson, 2020), as CSS Color 4 gives it.
fn oklab([r, g, b]: Colour) -> Colour {
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
    ]
}

fn from_oklab([lightness, a, b]: Colour) -> Colour {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
    ]
    .map(|part| part.clamp(0.0, 1.0))
}

/// `oklch(from accent max(l, A) min(c, B) h)` of a theme's sheet, which it uses in the dark where browsers know it.
fn lightened(theme: &str, accent: &str) -> Colour {
    let css = std::fs::read_to_string(folder_of(theme).join("site.css")).unwrap();
    let rule = css.split_once("oklch(from var(--option-accent) max(l, ").unwrap().1;
    let (least_lightness, rule) = rule.split_once(") min(c, ").unwrap();
    let (most_chroma, _) = rule.split_once(") h)").unwrap();
    let number = |text: &str| text.parse::<f64>().unwrap();
    let [lightness, a, b] = oklab(hex(accent));
    let chroma = a.hypot(b);
    let scale = if chroma > 0.0 { chroma.min(number(most_chroma)) / chroma } else { 0.0 };
    from_oklab([lightness.max(number(least_lightness)), a * scale, b * scale])
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let luminance = |[r, g, b]: Colour| 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    let (one, other) = (luminance(one), luminance(other));
    one.max(other) / one.min(other)
}

#[test]
fn letters_can_be_read_on_every_ground_in_the_light_and_in_the_dark() {
    for theme in THEMES {
        let default = Theme::built_in(theme).unwrap().manifest().options[0].default.clone();
        for (mode, tokens) in ["light", "dark"].into_iter().zip(tokens(theme)) {
            let get = |name: &str| colour(&tokens[name], &default);
            for (letters, ground) in [
                ("ink", "paper"),
                ("ink", "shade"),
                ("soft", "paper"),
                ("soft", "shade"),
                ("accent", "paper"),
                ("accent", "shade"),
                ("on-fill", "fill"),
            ] {
                let reached = contrast(get(letters), get(ground));
                assert!(reached >= 4.5, "{theme}, {mode}: {letters} on {ground} has {reached:.2} to 1");
            }
            // The line around a field (WCAG 2.2, 1.4.11).
            assert!(contrast(get("soft"), get("paper")) >= 3.0);
        }
    }
}

#[test]
fn whatever_accent_a_site_may_choose_can_be_read_in_the_light_and_in_the_dark() {
    for theme in THEMES {
        let [light, dark] = tokens(theme);
        let manifest = Theme::built_in(theme).unwrap().manifest().clone();
        let on = manifest.options[0].on.as_deref().unwrap();
        let steps = || (0..=255_u32).step_by(51);
        let all =
            steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| (r << 16) | (g << 8) | b)));
        let all = all.map(|rgb| format!("#{rgb:06x}")).filter(|accent| contrast(hex(accent), hex(on)) >= 4.5);
        let mut n_accents = 0;
        for accent in all {
            n_accents += 1;
            let check = |what: &str, letters: Colour, ground: Colour| {
                let reached = contrast(letters, ground);
                assert!(reached >= 4.5, "{theme}: {accent} {what} has {reached:.2} to 1");
            };
            for (mode, tokens, letters) in
                [("light", &light, hex(&accent)), ("dark", &dark, lightened(theme, &accent))]
            {
                check(&format!("on the {mode} paper"), letters, hex(&tokens["paper"]));
                check(&format!("on the {mode} shade"), letters, hex(&tokens["shade"]));
                let [on_fill, fill] = ["on-fill", "fill"].map(|name| colour(&tokens[name], &accent));
                check(&format!("under letters, {mode},"), on_fill, fill);
            }
        }
        assert!(n_accents > 50, "{n_accents} accents");
    }
}

/// Bytes on the wire, compressed as every server can.
fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn an_article_without_photos_weighs_at_most_twenty_kilobytes_with_its_style_sheet() {
    for (name, theme) in [("zh", COUNTY), ("en", DAILY), ("zh", DAILY), ("en", COUNTY)] {
        let mut fixture = Fixture::read(name);
        fixture.site.theme = theme.to_owned();
        let templates = Templates::for_settings(&fixture.site).unwrap();
        // 1,500 characters or words' worth, as a long news story has.
        fixture.content.body = long_text(name);
        fixture.content.photos.clear();
        fixture.content.lead_photo = None;
        let block = templates.article(&fixture.content, &fixture.facts, &fixture.site).unwrap();
        let page =
            templates.page(&fixture.content, &fixture.facts, &fixture.site, &fixture.frame, &block).unwrap();
        let weight = compressed(page.as_bytes()) + compressed(sheet(theme).as_bytes());
        assert!(weight <= 20 * 1024, "{name} by {theme} weighs {weight} bytes");
    }
}

/// Text that does not compress better than news does: no sentence twice.
fn long_text(name: &str) -> String {
    let word = |n: u32| match name {
        "zh" => char::from_u32(0x4e00 + (n.wrapping_mul(2_654_435_761) >> 7) % 0x1800).unwrap().to_string(),
        _ => format!("{:x} ", n.wrapping_mul(2_654_435_761) >> 12),
    };
    let paragraph = |p: u32| (0..100).map(|n| word(p * 100 + n)).collect::<String>();
    (0..15).map(paragraph).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn both_languages_have_the_same_words() {
    let keys = |file: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(folder_of(COUNTY).join("texts").join(file)).unwrap();
        text.lines().filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
    };
    assert_eq!(keys("zh-Hans.toml"), keys("en.toml"));
}

#[test]
fn every_word_of_the_themes_is_used() {
    let folder = folder_of(COUNTY);
    let templates: String = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "html"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let english = std::fs::read_to_string(folder.join("texts/en.toml")).unwrap();
    // Named by the kind of an entry among the corrections.
    let by_kind = ["correction", "clarification", "editors_note", "update", "retraction"];
    for key in english.lines().filter_map(|line| Some(line.split_once(" = ")?.0)) {
        let is_used = templates.contains(&format!("text.{key}")) || by_kind.contains(&key);
        assert!(is_used, "no template prints {key}");
    }
}

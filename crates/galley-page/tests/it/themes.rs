//! Themes that somebody made: what is taken, and what is refused with its file and line.

use galley_model::SourceCategory;
use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_page::{PageError, Templates, Theme, ThemeFiles};

use crate::support::Fixture;

fn files(files: &[(&str, &str)]) -> ThemeFiles {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn with(file: &str, source: &str) -> Result<Templates, PageError> {
    Templates::of_files(&files(&[(file, source)]))
}

fn render(file: &str, source: &str) -> Result<String, PageError> {
    let fixture = Fixture::read("zh");
    let templates = with(file, source)?;
    let block = templates.article(&fixture.content, &fixture.facts, &fixture.site)?;
    templates.page(&fixture.content, &fixture.facts, &fixture.site, &fixture.frame, &block)
}

#[test]
fn a_file_of_a_theme_takes_the_place_of_its_bases() {
    let page = render(
        "article.html",
        "<article>{{ article.headline }}<div class=\"article-body\">{{ body }}</div></article>",
    );
    assert!(
        page.unwrap().contains("<article>湖心岛步道今日开放 三公里全程无障碍<div class=\"article-body\"><p>")
    );
}

#[test]
fn a_broken_template_names_its_file_and_line() {
    let check = |file: &str, source: &str, line: u32, says: &str| {
        let Err(PageError::Template { file: named, line: at, detail }) = render(file, source) else {
            panic!("{source:?} is not refused");
        };
        assert_eq!((named.as_str(), at), (file, line), "{detail}");
        assert!(detail.contains(says), "{detail}");
    };
    check("article.html", "<p>\n{% if article.headline %}\n<p>", 3, "syntax");
    check("article.html", "a\n\n{{ article.nothing.at.all }}{{ body }}", 3, "undefined");
    check("article.html", "a\n{{ article.headline|shout }}{{ body }}", 2, "shout");
    check("article.html", "a\n{{ text.nothing_like_it }}{{ body }}", 2, "undefined");
    check("article.html", "a\n{{ asset('x.svg') }}{{ body }}", 2, "no assets/x.svg");
    check("layout.html", "\n{% include \"missing.html\" %}", 2, "missing.html");
    check("article.html", "no body", 0, "{{ body }} exactly once");
    check("article.html", "{{ body }}{{ body }}", 0, "{{ body }} exactly once");
}

#[test]
fn a_theme_that_cannot_render_is_refused_before_it_is_used() {
    let kinds =
        ["page", "home", "listing", "person", "corrections", "search", "retracted", "redirect", "not_found"];
    for kind in kinds {
        let name = format!("{kind}.html");
        let Err(PageError::Template { file, line, .. }) = with(&name, "\n{{ nothing }}") else {
            panic!("{name} is not refused");
        };
        assert_eq!((file, line), (name, 2));
    }
    let (file, source) = ("page.html", "{{ article }}\n{% if not canonical %}{{ nothing }}{% endif %}");
    let refused = with(file, source).err().unwrap();
    assert_eq!(refused.place().0, file);
    assert_eq!(refused.place().1, 2);
}

#[test]
fn a_broken_manifest_or_text_names_its_file_and_line() {
    let manifest = |more: &str| format!("name = \"lake\"\ngalley = 1\nbase = \"county\"\n{more}");
    let check = |path: &str, source: &str, line: u32, says: &str| {
        let error = with(path, source).err().unwrap_or_else(|| panic!("{source:?} is not refused"));
        assert_eq!((error.place().0, error.place().1), (path, line), "{error}");
        assert!(error.place().2.contains(says), "{error}");
    };
    let toml = |source: &str, line: u32, says: &str| check("theme.toml", source, line, says);
    toml("name = \"lake\"\ngalley = ", 2, "");
    toml("name = \"lake\"\nbase = \"county\"\n", 1, "galley");
    toml("name = \"lake\"\ngalley = 2\nbase = \"county\"\n", 2, "interface 1");
    toml("name = \"Lake side\"\ngalley = 1\nbase = \"county\"\n", 1, "lower-case");
    toml("galley = 1\nname = \"county\"\nbase = \"county\"\n", 2, "Galley brings");
    toml("name = \"lake\"\ngalley = 1\nbase = \"sea\"\n", 3, "no built-in theme");
    toml("name = \"lake\"\ngalley = 1\n", 1, "`base` is missing");
    toml(&manifest("colour = \"red\"\n"), 4, "unknown field");
    toml(&manifest("styles = [\"a/b.css\"]\n"), 4, "beside theme.toml");
    toml(&manifest("styles = [\"lake.css\"]\n"), 0, "lake.css");
    let option = |more: &str| manifest(&format!("\n[[options]]\n{more}"));
    toml(&option("id = \"A\"\nkind = \"bool\"\ndefault = true\n"), 6, "an option's id");
    toml(&option("id = \"a\"\nkind = \"size\"\ndefault = true\n"), 7, "unknown variant");
    toml(&option("id = \"a\"\nkind = \"bool\"\ndefault = \"maybe\"\n"), 8, "neither true nor false");
    toml(&option("id = \"a\"\nkind = \"colour\"\ndefault = \"red\"\n"), 8, "not a colour");
    toml(
        &option("id = \"a\"\nkind = \"colour\"\ndefault = \"#999999\"\non = \"#ffffff\"\n"),
        8,
        "contrast of 2.8",
    );
    toml(&option("id = \"a\"\nkind = \"choice\"\ndefault = \"b\"\n"), 5, "has choices");
    toml(&option("id = \"a\"\nkind = \"number\"\ndefault = 9\nmin = 10\n"), 8, "less than 10");
    let twice = "[[options]]\nid = \"a\"\nkind = \"bool\"\ndefault = true\n".repeat(2);
    toml(&manifest(&twice), 9, "two options");
    check("texts/en.toml", "home = \"Home\"\nskip = 3\n", 2, "string");
    check("texts/en.toml", "home = \"Home\"\n\nSkip = \"Skip\"\n", 3, "lower-case");
    check("texts/zh-Hans.toml", "home = \"首页\"\nhome = \"主页\"\n", 2, "duplicate");
}

#[test]
fn a_file_that_themes_do_not_have_is_refused_and_notes_are_passed_over() {
    for path in ["script.js", "zh/article.html", "texts/fr.toml", "assets/x.js", "assets/a/b.png", "x.htm"] {
        match with(path, "") {
            Err(PageError::File { file, .. }) => assert_eq!(file, path),
            other => panic!("{path}: {:?}", other.err()),
        }
    }
    let error = Templates::of_files(&[("layout.html".to_owned(), vec![b'\n', 0xc7, 0xe5])].into()).err();
    assert!(error.unwrap().to_string().contains("line 2 is not UTF-8"));
    for path in ["README.md", "LICENSE.txt", ".DS_Store", "assets/.hidden"] {
        assert_eq!(with(path, "").err(), None, "{path}");
    }
}

#[test]
fn the_look_changes_with_any_file_and_with_nothing_else() {
    let built_in = Templates::built_in().unwrap().look();
    assert_eq!(Templates::built_in().unwrap().look(), built_in);
    let looks = [
        ("site.css", "p{}"),
        ("site.css", "q{}"),
        ("not_found.html", "p{}"),
        ("texts/en.toml", "home = \"Start\""),
        ("assets/a.svg", "<svg/>"),
        ("theme.toml", "name = \"lake\"\ngalley = 1\nbase = \"county\""),
        ("theme.toml", "name = \"lake\"\ngalley = 1\nbase = \"daily\""),
    ];
    let looks = looks.map(|(file, source)| with(file, source).unwrap().look());
    for (n, look) in looks.iter().enumerate() {
        assert!(*look != built_in && !looks[..n].contains(look));
    }
}

#[test]
fn a_theme_cannot_forget_to_escape() {
    let mut fixture = Fixture::read("zh");
    fixture.content.headline = "<script>\"'\u{202e}".to_owned();
    let templates = with("article.html", "<p title=\"{{ article.headline }}\">{{ body }}</p>").unwrap();
    let block = templates.article(&fixture.content, &fixture.facts, &fixture.site).unwrap();
    assert_eq!(block.head, "<p title=\"&lt;script&gt;&quot;'[U+202E]\">");
    fixture.site.language = "en".to_owned();
    let source = "{% extends 'layout.html' %}{% block title %}{{ '{x}'|fill(x=query) }}{% endblock %}";
    let search = galley_page::SearchPage { query: "<b>\"".to_owned(), ..Default::default() };
    let page = with("search.html", source).unwrap().search(&search, &fixture.site).unwrap();
    assert!(page.contains("<title>&lt;b&gt;&quot;</title>"));
}

#[test]
fn a_form_of_search_stands_only_where_somebody_answers() {
    for (name, theme) in [("zh", COUNTY), ("en", DAILY)] {
        let fixture = Fixture::read(name);
        let site = SiteSettings { theme: theme.to_owned(), ..fixture.site };
        let templates = Templates::for_settings(&site).unwrap();
        for has_server in [true, false] {
            let search = galley_page::SearchPage { has_server, ..Default::default() };
            let page = templates.search(&search, &site).unwrap();
            assert_eq!(page.contains("<form"), has_server, "{theme}: {page}");
            assert_eq!(page.contains("class=\"empty\""), !has_server, "an empty page says why");
            let many = galley_page::SearchPage { is_too_many: true, ..search };
            let too_many = templates.search(&many, &site).unwrap();
            let says = |page: &str, none: &str, many: &str| (page.contains(none), page.contains(many));
            let (none, many) = match name {
                "zh" => ("暂无稿件", "稿件太多"),
                _ => ("No articles yet", "too many articles"),
            };
            assert_eq!(says(&page, none, many), (!has_server, false), "{page}");
            assert_eq!(says(&too_many, none, many), (false, !has_server), "{too_many}");
        }
    }
}

#[test]
fn the_sites_terms_stand_on_what_is_its_own_also_as_an_address_alone() {
    let terms = |category: SourceCategory, usage_terms: &str| {
        let mut fixture = Fixture::read("zh");
        fixture.content.source.category = category;
        fixture.site.usage_terms = usage_terms.to_owned();
        fixture.site.rights_page = "https://news.example/terms".to_owned();
        let page = fixture.page();
        page.split_once("<p class=\"terms\">").map(|(_, rest)| rest.split("</p>").next().unwrap().to_owned())
    };
    let link = |words: &str| Some(format!("<a href=\"https://news.example/terms\">{words}</a>"));
    assert_eq!(terms(SourceCategory::Staff, "未经授权不得转载"), link("未经授权不得转载"));
    assert_eq!(terms(SourceCategory::Contributor, ""), link("转载须知"));
    for category in [SourceCategory::Reprint, SourceCategory::Wire, SourceCategory::Handout] {
        assert_eq!(terms(category, "未经授权不得转载"), None, "{category:?}");
    }
}

#[test]
fn settings_choose_a_theme_that_galley_brings_and_an_unknown_one_is_the_languages_own() {
    let check = |language: &str, theme: &str, expected: &str| {
        let site = SiteSettings { theme: theme.to_owned(), ..SiteSettings::for_language(language) };
        assert_eq!(Templates::for_settings(&site).unwrap().manifest().name, expected, "{language} {theme}");
    };
    check("zh-Hans", COUNTY, COUNTY);
    check("zh-Hans", DAILY, DAILY);
    check("en", COUNTY, COUNTY);
    check("zh-Hans", "lake", COUNTY);
    check("en", "lake", DAILY);
    check("en", "", DAILY);
}

#[test]
fn a_theme_gives_back_its_own_files_and_is_the_same_again() {
    let files = files(&[("site.css", "p{}"), ("README.md", "x")]);
    let theme = Theme::from_files(&files).unwrap();
    assert_eq!(theme.files().keys().collect::<Vec<_>>(), ["site.css"]);
    assert_eq!(Theme::from_files(theme.files()).unwrap().id(), theme.id());
}

#[test]
fn a_wrong_value_of_an_option_takes_the_default_and_is_told() {
    let with = |options: &[(&str, &str)]| SiteSettings {
        theme_options: options.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect(),
        ..SiteSettings::chinese()
    };
    let templates = Templates::built_in().unwrap();
    let sheet = |site: &SiteSettings| String::from_utf8(templates.assets(site).remove(0).bytes).unwrap();
    let good = with(&[("accent", "#0B5A7D"), ("slogan", "家门口的<b>新闻"), ("dark", "false")]);
    assert_eq!(templates.option_problems(&good), []);
    assert!(sheet(&good).starts_with(":root{--option-accent:#0b5a7d;--option-text-size:18;}"));
    let page = templates.not_found(&good).unwrap();
    assert!(page.contains("家门口的&lt;b&gt;新闻") && page.contains("class=\"light-only\""));
    assert!(page.contains(&templates.assets(&good)[0].path));
    let wrong = with(&[("accent", "red;}body{display:none"), ("text_size", "99"), ("gone", "1")]);
    assert_eq!(sheet(&wrong), sheet(&with(&[])));
    let problems = templates.option_problems(&wrong);
    assert_eq!(
        problems.iter().map(|problem| problem.option.as_str()).collect::<Vec<_>>(),
        ["accent", "text_size", "gone"]
    );
    // What a page links is found by its address alone.
    assert_eq!(templates.asset(&templates.assets(&good)[0].path), Some(templates.assets(&good).remove(0)));
    assert_eq!(templates.asset("/assets/site-0.css"), None);
}

#[test]
fn a_theme_of_ones_own_has_its_words_assets_and_options() {
    let manifest = "name = \"lake\"\ngalley = 1\nbase = \"daily\"\nstyles = [\"text.css\", \"site.css\", \"lake.css\"]\n\n\
                    [[options]]\nid = \"wave\"\nkind = \"bool\"\ndefault = true\n";
    let layout =
        "{% if option.wave %}<img src=\"{{ asset('wave.svg') }}\" alt=\"\">{% endif %}{{ text.not_found }}";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let theme = Theme::from_files(&files(&[
        ("theme.toml", manifest),
        ("not_found.html", layout),
        ("lake.css", ".wave { background: url(assets/wave.svg) }"),
        ("assets/wave.svg", svg),
        ("texts/en.toml", "not_found = \"Lost at sea\""),
    ]))
    .unwrap();
    let ids: Vec<&str> = theme.manifest().options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids[..2], ["wave", "accent"], "its own, then the base's");
    let templates = Templates::of(&theme).unwrap();
    let site = SiteSettings::english();
    let assets = templates.assets(&site);
    let wave = assets.iter().find(|asset| asset.mime == "image/svg+xml").unwrap();
    let page = templates.not_found(&site).unwrap();
    assert_eq!(page, format!("<img src=\"{}\" alt=\"\">Lost at sea", wave.path));
    let css = String::from_utf8(assets[0].bytes.clone()).unwrap();
    assert!(css.ends_with(&format!(".wave {{ background: url(\"{}\") }}\n", wave.path)));
    assert!(css.contains(".article-body"), "the base's sheet stands where its name is kept");
}

#[test]
fn the_base_layouts_icons_are_set_also_where_a_theme_lists_its_own_sheets() {
    let styles = |listed: &str, more: &[(&str, &str)]| {
        let manifest = format!("name = \"lake\"\ngalley = 1\nbase = \"county\"\n{listed}");
        let own = [("theme.toml", manifest.as_str()), ("lake.css", ".icon { fill: red }")];
        let theme = Theme::from_files(&files(&[&own, more].concat())).unwrap();
        let sheet = Templates::of(&theme).unwrap().assets(&SiteSettings::default()).remove(0).bytes;
        (theme, String::from_utf8(sheet).unwrap())
    };
    let old = "styles = [\"text.css\", \"site.css\", \"lake.css\"]";
    let (theme, sheet) = styles(old, &[]);
    assert_eq!(theme.manifest().styles, ["parts.css", "text.css", "site.css", "lake.css"]);
    let (parts, own) =
        (sheet.find(".icon { width: auto").unwrap(), sheet.find(".icon { fill: red }").unwrap());
    assert!(parts < own, "what the theme says of the same rules");
    // A theme with a layout of its own, or that lists the sheet where it wants it, is left as it is.
    let layout = Theme::built_in("county").unwrap().files()["layout.html"].clone();
    let layout = String::from_utf8(layout).unwrap();
    let (theme, sheet) = styles(old, &[("layout.html", &layout)]);
    assert_eq!(theme.manifest().styles, ["text.css", "site.css", "lake.css"]);
    assert!(!sheet.contains(".icon { width: auto"));
    let listed = "styles = [\"text.css\", \"lake.css\", \"parts.css\"]";
    assert_eq!(styles(listed, &[]).0.manifest().styles, ["text.css", "lake.css", "parts.css"]);
    let whole = Theme::built_in("county").unwrap().manifest().styles.clone();
    assert_eq!(styles("", &[]).0.manifest().styles, whole, "the base's list");
}

#[test]
fn a_template_that_would_run_something_is_refused() {
    let refused =
        with("not_found.html", "<p>\n<script src=\"https://x.example/x.js\"></script>").err().unwrap();
    assert_eq!(
        refused.to_string(),
        "not_found.html:2: a page runs no script; data of type application/ld+json alone"
    );
}

//! Whose an article and its photos are, and under which terms: what machines are told of it.
//!
//! The site speaks for what is its own. Of what it took over from others it names them and claims nothing. Not here:
//! who is credited on the page (`credits`), and permissions, which are nobody's but the newsroom's.

use galley_model::site::SiteSettings;
use galley_model::{Content, Photo, SourceCategory};

use crate::links;
use crate::words::PageLanguage;

/// Rights in one thing that is published. What is empty is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    /// Who has the rights.
    pub(crate) holder: String,
    /// The line that claims them.
    pub(crate) notice: String,
    /// Terms of use, for people.
    pub(crate) terms: String,
    /// Where the terms stand, an address of the web.
    pub(crate) page: Option<String>,
}

/// Whether the site has the rights in what comes from such a source.
pub(crate) fn is_own(category: SourceCategory) -> bool {
    matches!(category, SourceCategory::Staff | SourceCategory::Contributor)
}

impl Rights {
    /// In an article's text. The site's own when the newsroom or its contributors wrote it; else those of the source,
    /// as far as the article names one.
    pub(crate) fn of_article(content: &Content, site: &SiteSettings, language: PageLanguage) -> Self {
        match content.source.category {
            own if is_own(own) => Self {
                holder: site.name.trim().to_owned(),
                notice: site.copyright.trim().to_owned(),
                terms: site.usage_terms.trim().to_owned(),
                page: links::web_address(site.rights_page.trim()),
            },
            SourceCategory::Reprint => Self::of_others(&content.source.name, language, true),
            _ => Self::of_others(&content.source.name, language, false),
        }
    }

    /// In a photo: those of whoever provided it (供图), where its credit says so. Who took a photo need not have the
    /// rights in it.
    pub(crate) fn of_photo(photo: &Photo, language: PageLanguage) -> Self {
        let is_provided = photo.credit.kind == "courtesy";
        if is_provided { Self::of_others(&photo.credit.name, language, false) } else { Self::default() }
    }

    fn of_others(name: &str, language: PageLanguage, is_reprint: bool) -> Self {
        let name = name.trim();
        if name.is_empty() {
            return Self::default();
        }
        let terms = match (language, is_reprint) {
            (PageLanguage::Chinese, true) => format!("转载自{name}，再次使用须经其许可。"),
            (PageLanguage::Chinese, false) => format!("由{name}提供，再次使用须经其许可。"),
            (PageLanguage::English, true) => {
                format!("Reprinted from {name}; ask there before using it again.")
            }
            (PageLanguage::English, false) => format!("Provided by {name}; ask there before using it again."),
        };
        Self { holder: name.to_owned(), terms, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use galley_model::Source;

    use super::*;

    #[test]
    fn the_site_claims_what_is_its_own_and_names_the_others() {
        let site = SiteSettings {
            name: "湖城新闻网".to_owned(),
            copyright: "© 湖城新闻网".to_owned(),
            usage_terms: "未经授权不得转载".to_owned(),
            rights_page: "https://news.example/terms".to_owned(),
            ..SiteSettings::chinese()
        };
        let check = |category: SourceCategory, name: &str, expected: [&str; 4]| {
            let source = Source { name: name.to_owned(), category, ..Source::default() };
            let content = Content { source, ..Content::default() };
            let rights = Rights::of_article(&content, &site, PageLanguage::Chinese);
            let page = rights.page.unwrap_or_default();
            assert_eq!([rights.holder, rights.notice, rights.terms, page], expected, "{category:?}");
        };
        let own = ["湖城新闻网", "© 湖城新闻网", "未经授权不得转载", "https://news.example/terms"];
        check(SourceCategory::Staff, "湖城新闻网", own);
        check(SourceCategory::Contributor, "", own);
        let reprint = ["本地晚报", "", "转载自本地晚报，再次使用须经其许可。", ""];
        check(SourceCategory::Reprint, " 本地晚报 ", reprint);
        check(SourceCategory::Wire, "通讯社", ["通讯社", "", "由通讯社提供，再次使用须经其许可。", ""]);
        check(
            SourceCategory::Handout,
            "县水务局",
            ["县水务局", "", "由县水务局提供，再次使用须经其许可。", ""],
        );
        check(SourceCategory::Reprint, "", [""; 4]);
    }

    #[test]
    fn terms_stand_only_at_an_address_of_the_web() {
        for (page, expected) in
            [("", None), ("javascript:alert(1)", None), ("https://a.example/", Some("https://a.example/"))]
        {
            let site = SiteSettings { rights_page: page.to_owned(), ..SiteSettings::chinese() };
            let rights = Rights::of_article(&Content::default(), &site, PageLanguage::Chinese);
            assert_eq!(rights.page.as_deref(), expected, "{page}");
        }
    }
}

//! The settings of the publication: what stands on every page around the article. Versioned, so that an old
//! page can be rendered again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ArticleId;

mod logo;

pub use logo::{MAX_LOGO_BYTES, SiteLogo};

/// The theme of a Chinese county news site.
pub const COUNTY: &str = "county";
/// The theme of an English daily.
pub const DAILY: &str = "daily";

/// Settings of one site, edited in the window, kept by the newsroom with a version number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct SiteSettings {
    /// Name of the publication.
    pub name: String,
    /// The publisher's logo; none until somebody gives one.
    pub logo: Option<SiteLogo>,
    /// The site's own address without a trailing slash, such as `https://news.example`; the loopback address
    /// of this computer until someone sets another.
    pub base_url: String,
    /// BCP 47 (`zh-Hans` or `en`): the language of the page's own words and of articles that name none.
    pub language: String,
    /// IANA zone in which times are printed, such as `Asia/Shanghai`.
    pub time_zone: String,
    /// The sections of the site, as paths of names in their order.
    pub sections: Vec<Section>,
    /// 报料热线
    pub hotline: String,
    /// Items of the meta line under the headline, in order.
    pub meta_line: Vec<MetaItem>,
    /// Credits under the body, in order.
    pub foot_credits: Vec<FootCredit>,
    /// How the foot credits are set.
    pub foot_credit_style: FootCreditStyle,
    /// Template of the dateline: `{source}`, `{reporters}` and `{stringers}` are replaced, and a bracket left
    /// empty vanishes. Empty means that no dateline is composed.
    pub dateline_template: String,
    /// Footer lines: licences, filings, holders, telephone.
    pub footer: Vec<FooterItem>,
    /// Copyright line of the footer.
    pub copyright: String,
    /// 转载须知: terms of use of what is the site's own, such as 未经授权不得转载.
    pub usage_terms: String,
    /// Where the whole terms stand: an address of the web, or empty.
    pub rights_page: String,
    /// 灰度模式: the whole site in grey on days of mourning.
    pub grey: bool,
    /// Genres offered in the window.
    pub genres: Vec<String>,
    /// Roles offered for contributors.
    pub contributor_roles: Vec<String>,
    /// Name of the theme the pages are set in: one that Galley brings, or the newsroom's own.
    pub theme: String,
    /// The theme's options that were set, by their ids; what is not named takes the theme's default.
    pub theme_options: BTreeMap<String, String>,
    /// Hosts from which video and sound may be played and on which maps may be linked, such as
    /// `media.example`; what names another host is printed as a plain link.
    pub embed_hosts: Vec<String>,
    /// Photos are also published in the size they were handed in; otherwise readers get renditions alone.
    pub publish_originals: bool,
    /// 头条: the article that leads the home page while it is live; without one the newest with a photo does.
    pub home_lead: Option<ArticleId>,
}

/// A section of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Section {
    /// Names from the root, such as 新闻中心, 图片新闻.
    pub path: Vec<String>,
    /// The last part of its address, `/sections/{slug}.html`, and what its articles hold: it stays when the
    /// section is renamed, and is never given to another. Lower-case ASCII letters, digits and hyphens.
    pub slug: String,
}

/// What may stand in the meta line; an item with nothing to say vanishes with its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MetaItem {
    /// 来源
    Source,
    /// 作者
    Byline,
    /// 日期
    Date,
    /// 发布时间, to the minute
    Time,
    /// 编辑
    Editor,
    /// 报料热线
    Hotline,
    /// 字号 大中小
    TextSize,
}

/// One credit under the body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct FootCredit {
    /// The printed label, such as 责编 or 审核.
    pub label: String,
    /// Who fills it.
    pub from: CreditFrom,
    /// The printed name when `from` is `fixed`.
    pub name: String,
}

/// Who fills a foot credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum CreditFrom {
    /// The article's responsible editor.
    #[default]
    ResponsibleEditor,
    /// The contributors whose role is the credit's label.
    Contributors,
    /// Whoever validly signed the review stage of this number. Sites choose this one by name.
    Stage(u8),
    /// A fixed name.
    Fixed,
}

/// 责编：X or 【责任编辑：X】.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FootCreditStyle {
    /// 责编：X
    #[default]
    Plain,
    /// 【责任编辑：X】
    Bracketed,
}

/// One line of the footer: an ICP filing, a licence, a telephone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct FooterItem {
    /// What it is.
    pub label: String,
    /// Its number or text.
    pub number: String,
    /// Where it links; only http, https, mailto and tel are printed as links.
    pub link: String,
    /// What stands before it: one of [`FOOTER_ICONS`], or a picture among the theme's assets by its name, such as
    /// `beian.png`. Empty, and what is neither, is none.
    pub icon: String,
}

/// The icons for lines of the footer that the built-in themes draw: the badge of a public-security filing (公安备案),
/// a licence, a report of harmful content (举报), a telephone, an address, a letter, and a holder (主办单位).
pub const FOOTER_ICONS: [&str; 7] =
    ["public_security", "licence", "report", "telephone", "address", "mail", "holder"];

impl Default for SiteSettings {
    fn default() -> Self {
        Self::chinese()
    }
}

impl SiteSettings {
    /// The settings a new Chinese site starts with. Licence lines are shown as labels to fill in and stay off
    /// the page while they have no number.
    pub fn chinese() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let section = |path: &[&str], slug: &str| Section { path: words(path), slug: slug.to_owned() };
        let credit = |label: &str, from| FootCredit { label: label.to_owned(), from, name: String::new() };
        let line = |label: &str, link: &str| FooterItem {
            label: label.to_owned(),
            link: link.to_owned(),
            ..FooterItem::default()
        };
        let public_security = FooterItem {
            icon: "public_security".to_owned(),
            ..line("公安备案", "https://beian.mps.gov.cn/")
        };
        Self {
            name: "我的新闻网".to_owned(),
            logo: None,
            base_url: String::new(),
            language: "zh-Hans".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            sections: vec![
                section(&["新闻中心"], "news"),
                section(&["新闻中心", "图片新闻"], "photos"),
                section(&["专题"], "topics"),
                section(&["民生"], "life"),
                section(&["公告"], "notices"),
            ],
            hotline: String::new(),
            meta_line: vec![
                MetaItem::Source,
                MetaItem::Byline,
                MetaItem::Time,
                MetaItem::Hotline,
                MetaItem::TextSize,
            ],
            foot_credits: vec![
                credit("责编", CreditFrom::ResponsibleEditor),
                credit("编辑", CreditFrom::Contributors),
                credit("校对", CreditFrom::Contributors),
            ],
            foot_credit_style: FootCreditStyle::Plain,
            dateline_template: String::new(),
            footer: vec![
                line("ICP备案", "https://beian.miit.gov.cn/"),
                public_security,
                line("互联网新闻信息服务许可证", ""),
                line("违法和不良信息举报电话", ""),
                line("主办单位", ""),
                line("地址", ""),
                line("电话", ""),
            ],
            copyright: String::new(),
            usage_terms: String::new(),
            rights_page: String::new(),
            grey: false,
            genres: words(&["消息", "通讯", "特写", "评论", "图片新闻", "视频新闻", "公告"]),
            contributor_roles: words(&[
                "记者",
                "见习记者",
                "特约记者",
                "实习生",
                "通讯员",
                "摄影",
                "摄像",
                "剪辑",
                "制作",
                "翻译",
                "编辑",
                "校对",
            ]),
            theme: COUNTY.to_owned(),
            theme_options: BTreeMap::new(),
            embed_hosts: Vec::new(),
            publish_originals: false,
            home_lead: None,
        }
    }

    /// The settings a new English site starts with.
    pub fn english() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let section = |path: &[&str], slug: &str| Section { path: words(path), slug: slug.to_owned() };
        Self {
            name: "My News Site".to_owned(),
            logo: None,
            base_url: String::new(),
            language: "en".to_owned(),
            time_zone: "UTC".to_owned(),
            sections: vec![
                section(&["News"], "news"),
                section(&["News", "Photos"], "photos"),
                section(&["Features"], "features"),
                section(&["Opinion"], "opinion"),
                section(&["Notices"], "notices"),
            ],
            hotline: String::new(),
            meta_line: vec![MetaItem::Byline, MetaItem::Source, MetaItem::Time, MetaItem::Hotline],
            foot_credits: vec![FootCredit {
                label: "Edited by".to_owned(),
                from: CreditFrom::ResponsibleEditor,
                name: String::new(),
            }],
            foot_credit_style: FootCreditStyle::Plain,
            dateline_template: String::new(),
            footer: vec![FooterItem { label: "Contact".to_owned(), ..FooterItem::default() }],
            copyright: String::new(),
            usage_terms: String::new(),
            rights_page: String::new(),
            grey: false,
            genres: words(&["News", "Feature", "Profile", "Opinion", "Picture story", "Video", "Notice"]),
            contributor_roles: words(&[
                "Reporter",
                "Trainee reporter",
                "Stringer",
                "Photographer",
                "Videographer",
                "Translator",
                "Editor",
                "Proofreader",
            ]),
            theme: DAILY.to_owned(),
            theme_options: BTreeMap::new(),
            embed_hosts: Vec::new(),
            publish_originals: false,
            home_lead: None,
        }
    }

    /// The section an article names: by its slug, or by its path of names joined by `/` (an import's spelling).
    pub fn section(&self, named: &str) -> Option<&Section> {
        if named.is_empty() {
            return None;
        }
        let by_slug = self.sections.iter().find(|section| section.slug == named);
        by_slug.or_else(|| self.sections.iter().find(|section| section.path.join("/") == named))
    }

    /// The settings a new site of this language starts with.
    pub fn for_language(language: &str) -> Self {
        if language.starts_with("zh") { Self::chinese() } else { Self::english() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_found_by_its_slug_before_its_path() {
        let section = |path: &[&str], slug: &str| Section {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            slug: slug.to_owned(),
        };
        let sections = vec![
            section(&["photos"], "pictures"),
            section(&["新闻中心", "图片新闻"], "photos"),
            section(&["Arts/Life"], "arts-life"),
            section(&[], ""),
        ];
        let settings = SiteSettings { sections, ..SiteSettings::english() };
        let found = |named: &str| settings.section(named).map(|section| section.slug.as_str());
        assert_eq!(found("photos"), Some("photos"));
        assert_eq!(found("新闻中心/图片新闻"), Some("photos"));
        assert_eq!(found("Arts/Life"), Some("arts-life"));
        assert_eq!(found("elsewhere"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn settings_of_an_earlier_version_are_read_with_the_defaults_of_today() {
        let settings: SiteSettings =
            serde_json::from_str(r#"{"name":"临湖新闻网","later":{"x":1}}"#).unwrap();
        assert_eq!(settings, SiteSettings { name: "临湖新闻网".to_owned(), ..SiteSettings::chinese() });
    }

    #[test]
    fn ready_made_sections_have_slugs_that_can_be_addresses() {
        for settings in [SiteSettings::chinese(), SiteSettings::english()] {
            for section in &settings.sections {
                assert_eq!(crate::address::check_slug(&section.slug), Ok(()));
                assert_eq!(settings.section(&section.slug), Some(section));
            }
        }
    }
}

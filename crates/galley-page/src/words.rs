//! The few words that Rust itself prints, in the languages of the pages. All others stand in the texts of the themes.

/// A language that pages are set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageLanguage {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

impl PageLanguage {
    /// Chinese for every BCP 47 tag of Chinese, English for all others.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }
}

pub(crate) struct Words {
    pub(crate) photo_missing: &'static str,
    pub(crate) photo_missing_of: (&'static str, &'static str),
    pub(crate) footnotes: &'static str,
    pub(crate) back_to_text: &'static str,
    /// Between a dateline and the text it opens.
    pub(crate) dateline_gap: &'static str,
    /// Between names in a credit.
    pub(crate) between_names: &'static str,
    pub(crate) ai_assisted: &'static str,
    pub(crate) ai_generated: &'static str,
}

const CHINESE: Words = Words {
    photo_missing: "［图片缺失］",
    photo_missing_of: ("［图片缺失：", "］"),
    footnotes: "注释",
    back_to_text: "返回正文",
    dateline_gap: "",
    between_names: " ",
    ai_assisted: "AI辅助生成",
    ai_generated: "AI生成",
};

const ENGLISH: Words = Words {
    photo_missing: "[Photo missing]",
    photo_missing_of: ("[Photo missing: ", "]"),
    footnotes: "Notes",
    back_to_text: "Back to the text",
    dateline_gap: " ",
    between_names: ", ",
    ai_assisted: "AI-assisted",
    ai_generated: "AI-generated",
};

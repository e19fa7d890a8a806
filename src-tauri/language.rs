//! The two languages of the window, and the few sentences the shell itself says on the terminal.
//!
//! Words of the window and the menu bar live in `ui/src/words`, not here.

use std::path::Path;

/// A language of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文
    ZhHans,
    /// English
    En,
}

impl Language {
    /// Reads a BCP 47 tag or a POSIX locale; everything that is not Chinese is English.
    pub fn of(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") { Self::ZhHans } else { Self::En }
    }

    /// The tag under which the window knows it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::En => "en",
        }
    }
}

/// A sentence of the shell.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sentence<'a> {
    Help,
    NoDisplay,
    AlreadyOpen { data_dir: &'a Path },
    UnknownOption { option: &'a str },
    MissingValue { option: &'a str },
    UnknownLanguage { value: &'a str },
    NoHome,
    NoWindow { detail: &'a str },
}

impl Sentence<'_> {
    /// Says it.
    pub(crate) fn in_language(self, language: Language) -> String {
        match language {
            Language::ZhHans => self.chinese(),
            Language::En => self.english(),
        }
    }

    fn chinese(self) -> String {
        match self {
            Self::Help => HELP_CHINESE.to_owned(),
            Self::NoDisplay => "没有可用的图形显示，清样无法打开窗口。\n\
                请在桌面环境中运行，或先设置 DISPLAY（X11）或 WAYLAND_DISPLAY（Wayland）。"
                .to_owned(),
            Self::AlreadyOpen { data_dir } => {
                format!("清样已经打开了这个稿库，已请它显示窗口：{}", data_dir.display())
            }
            Self::UnknownOption { option } => format!("不认识的选项：{option}（用 --help 查看用法）"),
            Self::MissingValue { option } => format!("选项 {option} 后面缺少内容（用 --help 查看用法）"),
            Self::UnknownLanguage { value } => format!("不支持的语言：{value}（可用 zh-Hans 或 en）"),
            Self::NoHome => "找不到用户目录，请用 --data 指定稿库的位置。".to_owned(),
            Self::NoWindow { detail } => format!("清样无法打开窗口：{detail}"),
        }
    }

    fn english(self) -> String {
        match self {
            Self::Help => HELP_ENGLISH.to_owned(),
            Self::NoDisplay => "There is no display, so Galley cannot open its window.\n\
                Run it in a desktop session, or set DISPLAY (X11) or WAYLAND_DISPLAY (Wayland) first."
                .to_owned(),
            Self::AlreadyOpen { data_dir } => {
                let data_dir = data_dir.display();
                format!("Galley already has this library open and was asked to show its window: {data_dir}")
            }
            Self::UnknownOption { option } => format!("Unknown option: {option} (see --help)"),
            Self::MissingValue { option } => format!("The option {option} needs a value (see --help)"),
            Self::UnknownLanguage { value } => format!("Unknown language: {value} (zh-Hans or en)"),
            Self::NoHome => "There is no home directory; say with --data where the library is.".to_owned(),
            Self::NoWindow { detail } => format!("Galley could not open its window: {detail}"),
        }
    }
}

const HELP_ENGLISH: &str = "\
Galley: write, preview and publish news, with no network and no account.

Usage: galley [--data DIR] [--lang zh-Hans|en]

  --data DIR     where the library lives (or GALLEY_DATA_DIR)
  --lang LANG    language of the window: zh-Hans or en (or GALLEY_LANG)
  --version      print the version
  --help         print this";

const HELP_CHINESE: &str = "\
清样：不需要网络和账号，就能写稿、预览和发布。

用法：galley [--data 目录] [--lang zh-Hans|en]

  --data 目录    稿库所在的目录（或环境变量 GALLEY_DATA_DIR）
  --lang 语言    窗口语言：zh-Hans 或 en（或环境变量 GALLEY_LANG）
  --version      显示版本
  --help         显示本说明";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chinese_locale_is_simplified_chinese_and_all_else_is_english() {
        for (tag, expected) in [
            ("zh-Hans", Language::ZhHans),
            ("zh_CN.UTF-8", Language::ZhHans),
            ("ZH", Language::ZhHans),
            ("en-GB", Language::En),
            ("de_DE", Language::En),
            ("C", Language::En),
            ("", Language::En),
        ] {
            assert_eq!(Language::of(tag), expected, "{tag}");
        }
    }
}

//! Articles as a county newsroom writes them, made from a seed: headline, facts and a body of plausible
//! sentences, none of them twice in an article.
//!
//! Places, people and offices are invented. Not here: photos, and writing the articles into a library.

mod chinese;
mod english;

use std::collections::BTreeSet;

use galley_model::meta::{contributor_key, field, keyword_key};
use galley_model::{ArticleId, Content, ContributorId, Instant, Meta, order};

use crate::random::Random;

/// In which language an article is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文
    Chinese,
    /// English
    English,
}

/// One made article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleArticle {
    /// A UUIDv7 of `created_at`.
    pub id: ArticleId,
    /// When it was begun.
    pub created_at: Instant,
    /// Markdown.
    pub body: String,
    /// The facts.
    pub meta: Meta,
}

impl SampleArticle {
    /// The article as the model reads it.
    pub fn content(&self) -> Content {
        Content::from_parts(&self.body, &self.meta)
    }

    /// Its headline.
    pub fn headline(&self) -> &str {
        self.meta.get(field::HEADLINE).map_or("", String::as_str)
    }
}

/// A word that stands in exactly some of the articles of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// A word that the generator does not use by itself, such as 琉璃井.
    pub word: String,
    /// In how many articles it stands.
    pub in_articles: u64,
    /// Of how many.
    pub of: u64,
}

impl Planted {
    /// Whether this article of the library (from 0) holds the word; spread evenly.
    pub fn is_in(&self, number: u64) -> bool {
        let before = |n: u64| u128::from(n) * u128::from(self.in_articles.min(self.of));
        let of = u128::from(self.of.max(1));
        number < self.of && before(number + 1) / of > before(number) / of
    }
}

/// An article of a library by its number: mostly Chinese, some English, each begun two minutes before the one
/// after it, `newest` being that of the last number below `planted.of`.
pub fn article(seed: u64, number: u64, newest: Instant, planted: &Planted) -> SampleArticle {
    const TWO_MINUTES_MS: i64 = 120_000;
    let mut random = Random::of(seed, number);
    let language = if random.percent(90) { Language::Chinese } else { Language::English };
    let age = i64::try_from(planted.of.saturating_sub(number + 1)).unwrap_or_default();
    let created_at = Instant(newest.0 - age * TWO_MINUTES_MS);
    let word = planted.is_in(number).then_some(planted.word.as_str());
    write(&mut random, language, created_at, word)
}

/// A Chinese article of 600 to 1,500 characters.
pub fn chinese(seed: u64) -> SampleArticle {
    write(&mut Random::new(seed), Language::Chinese, MADE_AT, None)
}

/// An English article of 150 to 400 words.
pub fn english(seed: u64) -> SampleArticle {
    write(&mut Random::new(seed), Language::English, MADE_AT, None)
}

/// A Chinese text of about so many characters, in paragraphs, for benchmarks that need a long one.
pub fn long_chinese_text(seed: u64, n_characters: usize) -> String {
    let mut text = String::new();
    let mut written = 0;
    for number in 0.. {
        let article = write(&mut Random::of(seed, number), Language::Chinese, MADE_AT, None);
        for c in article.body.chars().chain(['\n', '\n']) {
            if written == n_characters {
                return text;
            }
            text.push(c);
            written += 1;
        }
    }
    text
}

/// 2026-11-23 in the afternoon.
const MADE_AT: Instant = Instant(1_795_500_000_000);

fn write(random: &mut Random, language: Language, created_at: Instant, word: Option<&str>) -> SampleArticle {
    let id = ArticleId(random.uuid_at(created_at.0));
    let (body, facts) = match language {
        Language::Chinese => chinese::write(random, word),
        Language::English => english::write(random, word),
    };
    SampleArticle { id, created_at, body, meta: facts.into_meta(random, created_at) }
}

/// What a generator says about its article.
struct Facts {
    headline: String,
    kicker: String,
    section: &'static str,
    genre: &'static str,
    source: String,
    category: &'static str,
    /// Role and name.
    contributors: Vec<(&'static str, String)>,
    keywords: Vec<String>,
    summary: String,
    language: &'static str,
}

impl Facts {
    fn into_meta(self, random: &mut Random, created_at: Instant) -> Meta {
        let mut meta = Meta::new();
        let mut fact = |key: &str, value: String| {
            if !value.is_empty() {
                meta.insert(key.to_owned(), value);
            }
        };
        fact(field::HEADLINE, self.headline);
        fact(field::KICKER, self.kicker);
        fact(field::SECTION, self.section.to_owned());
        fact(field::GENRE, self.genre.to_owned());
        fact(field::SOURCE, self.source);
        fact(field::SOURCE_CATEGORY, self.category.to_owned());
        fact(field::SUMMARY, self.summary);
        fact(field::LANGUAGE, self.language.to_owned());
        for (place, (role, name)) in order::places(self.contributors.len()).into_iter().zip(self.contributors)
        {
            let id = ContributorId(random.uuid_at(created_at.0));
            fact(&contributor_key(id, "name"), name);
            fact(&contributor_key(id, "role"), role.to_owned());
            fact(&contributor_key(id, "order"), place);
        }
        for (place, keyword) in order::places(self.keywords.len()).into_iter().zip(self.keywords) {
            fact(&keyword_key(&keyword), place);
        }
        meta
    }
}

/// Fills the `{names}` of a template.
fn fill(template: &str, mut word_for: impl FnMut(&str, &mut String)) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        word_for(name, &mut filled);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The sentences of one article: each once.
#[derive(Default)]
struct Said {
    templates: BTreeSet<usize>,
}

impl Said {
    /// The number of a template that was not used yet; starts over when all were.
    fn fresh(&mut self, random: &mut Random, n_templates: usize) -> usize {
        if self.templates.len() >= n_templates {
            self.templates.clear();
        }
        let mut at = random.below(n_templates);
        while !self.templates.insert(at) {
            at = (at + 1) % n_templates;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use galley_model::counts::count;

    use super::*;

    #[test]
    fn a_chinese_article_reads_like_one() {
        for seed in 0..300 {
            let article = chinese(seed);
            let content = article.content();
            let counts = count(&content.body);
            assert!((600..=1_500).contains(&counts.characters), "{seed}: {counts:?}");
            assert!(counts.han * 10 > counts.characters * 7, "{seed}: {counts:?}");
            assert!(counts.paragraphs >= 4, "{seed}");
            assert!(!content.headline.is_empty() && !content.source.name.is_empty());
            assert!(!content.contributors.is_empty() && !content.keywords.is_empty());
            assert!(
                !article.body.contains(['{', '}']) && !article.headline().contains(['{', '}']),
                "{article:?}"
            );
            no_sentence_twice(&article.body, &['。', '？', '！', '\n']);
        }
    }

    #[test]
    fn an_english_article_reads_like_one() {
        for seed in 0..300 {
            let article = english(seed);
            let counts = count(&article.body);
            assert!((150..=400).contains(&counts.words), "{seed}: {counts:?}");
            assert!(
                !article.body.contains(['{', '}']) && !article.headline().contains(['{', '}']),
                "{article:?}"
            );
            no_sentence_twice(&article.body, &['.', '?', '!', '\n']);
        }
    }

    fn no_sentence_twice(body: &str, ends: &[char]) {
        let sentences: Vec<&str> =
            body.split(|c| ends.contains(&c)).map(str::trim).filter(|s| s.chars().count() > 8).collect();
        let distinct: BTreeSet<&str> = sentences.iter().copied().collect();
        assert_eq!(sentences.len(), distinct.len(), "{body}");
    }

    #[test]
    fn a_seed_gives_one_article_and_another_gives_another() {
        assert_eq!(chinese(5), chinese(5));
        let bodies: BTreeSet<String> = (0..200).map(|seed| chinese(seed).body).collect();
        let headlines: BTreeSet<String> = (0..200).map(|seed| chinese(seed).headline().to_owned()).collect();
        assert_eq!(bodies.len(), 200);
        assert!(headlines.len() > 180, "{}", headlines.len());
    }

    #[test]
    fn a_planted_word_stands_in_exactly_so_many_articles() {
        let check = |in_articles: u64, of: u64| {
            let planted = Planted { word: "琉璃井".to_owned(), in_articles, of };
            let articles = (0..of).map(|number| article(9, number, MADE_AT, &planted));
            let holding = articles.filter(|article| article.body.contains("琉璃井")).count();
            assert_eq!(holding as u64, in_articles.min(of));
        };
        check(20, 400);
        check(0, 50);
        check(7, 7);
        check(9, 4);
        check(1, 1_000);
    }

    #[test]
    fn the_newest_article_of_a_library_is_the_last() {
        let planted = Planted { word: "x".to_owned(), in_articles: 0, of: 10 };
        let ids: Vec<ArticleId> = (0..10).map(|n| article(1, n, MADE_AT, &planted).id).collect();
        assert!(ids.is_sorted());
        assert_eq!(article(1, 9, MADE_AT, &planted).created_at, MADE_AT);
    }

    #[test]
    fn a_long_text_is_exactly_as_long_as_asked() {
        assert_eq!(long_chinese_text(3, 10_000).chars().count(), 10_000);
        assert_eq!(long_chinese_text(3, 0), "");
    }
}

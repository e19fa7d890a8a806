//! What a newcomer finds: one sample article in the window's language, an article like any other, removable.

use std::collections::BTreeMap;

use galley_model::meta::{contributor_key, field, keyword_key};
use galley_model::{ArticleId, ContributorId, order};
use uuid::Uuid;

use crate::Galley;
use crate::api::ApiError;
use crate::clock;
use crate::session::Session;

const BODY_ZH: &str = include_str!("sample/zh-Hans.md");
const BODY_EN: &str = include_str!("sample/en.md");

impl Galley {
    /// Fills a library that was just made.
    pub(crate) async fn fill_new_library(&self) -> Result<(), ApiError> {
        let chinese = self.first_language() == "zh-Hans";
        self.library().set_setting("newcomer", "1").await?;
        let id = ArticleId(Uuid::now_v7());
        self.library().create_article(id, clock::now()).await?;
        let (session, _) = Session::open(self.library().clone(), id, "").await?;
        let body = if chinese { BODY_ZH } else { BODY_EN };
        session.change(|document| document.replace_body(body.trim_end())).await?;
        session.set_fields(facts(chinese)).await?;
        self.refresh_projection(&session).await?;
        session.fold(1).await?;
        self.library().set_setting("last_article", &id.to_string()).await?;
        Ok(())
    }
}

fn facts(chinese: bool) -> BTreeMap<String, String> {
    let fields: &[(&str, &str)] = if chinese {
        &[
            (field::HEADLINE, "湖心岛步道今日开放 三公里全程无障碍"),
            (field::KICKER, "示例稿件 · 可以随意改，也可以删"),
            (field::SOURCE, "本地晚报"),
            (field::SECTION, "新闻中心"),
            (field::GENRE, "消息"),
            (field::LANGUAGE, "zh-Hans"),
            (field::SUMMARY, "湖心岛环湖步道正式开放，全长三公里，全程无障碍。"),
        ]
    } else {
        &[
            (field::HEADLINE, "Lake path opens, step-free for all three kilometres"),
            (field::KICKER, "Sample article · change it or delete it"),
            (field::SOURCE, "The Local Evening News"),
            (field::SECTION, "News"),
            (field::GENRE, "News"),
            (field::LANGUAGE, "en"),
            (field::SUMMARY, "The path around the lake island has opened: three kilometres without a step."),
        ]
    };
    let people: &[(&str, &str)] = if chinese {
        &[("林一舟", "记者"), ("何敏", "通讯员")]
    } else {
        &[("Alex Lin", "Reporter"), ("Min He", "Stringer")]
    };
    let keywords: &[&str] = if chinese { &["城市更新", "无障碍"] } else { &["city", "accessibility"] };
    let mut facts: BTreeMap<String, String> =
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let mut place = None;
    for (name, role) in people {
        let next = order::between(place.as_deref(), None);
        let id = ContributorId(Uuid::now_v7());
        facts.insert(contributor_key(id, "name"), (*name).to_owned());
        facts.insert(contributor_key(id, "role"), (*role).to_owned());
        facts.insert(contributor_key(id, "order"), next.clone());
        place = Some(next);
    }
    let mut place = None;
    for word in keywords {
        let next = order::between(place.as_deref(), None);
        facts.insert(keyword_key(word), next.clone());
        place = Some(next);
    }
    facts
}

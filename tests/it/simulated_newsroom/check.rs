//! What has to be true when everything came to rest.

use std::collections::{BTreeMap, BTreeSet};

use galley_client::api::{ListName, ListRequest};
use galley_model::workflow::{Stage, Verdict};
use galley_model::{ArticleId, Content, content_hash};

use super::person::Person;
use super::world::World;

/// All of them: an article stands in one.
const LISTS: [ListName; 9] = [
    ListName::Drafts,
    ListName::SentBack,
    ListName::InReview,
    ListName::ForMe,
    ListName::Approved,
    ListName::Held,
    ListName::Published,
    ListName::Declined,
    ListName::Trash,
];

impl World {
    /// Devices and server are equal, nothing acknowledged is lost or doubled, nothing is live that nobody signed.
    pub async fn check(&mut self) {
        let seed = self.seed;
        let newsroom = self.server.as_ref().unwrap().newsroom().clone();
        let mut on_server = BTreeMap::new();
        for article in self.articles.clone() {
            if let Ok(content) = newsroom.text_of(article).await {
                on_server.insert(article, content);
            }
        }
        let mut by_device = Vec::new();
        for person in &self.people {
            let mut bodies = BTreeMap::new();
            for list in LISTS {
                let rows = person.galley().list_articles(ListRequest { list, offset: 0, limit: 100 }).await;
                for row in rows.unwrap().rows {
                    let open = person.open(row.id).await.unwrap();
                    bodies.insert(row.id, Content::from_parts(&open.body, &open.meta));
                }
            }
            by_device.push(bodies);
        }
        let mut standings = Vec::new();
        for (person, bodies) in self.people.iter().zip(&by_device) {
            for (article, content) in bodies {
                let standing = person.standing(*article);
                match (standing, on_server.get(article)) {
                    // What was taken out of somebody's sight, or came back out of a copy as somebody else's
                    // draft, stays as they saw it last.
                    (Some(_), Some(_)) if self.is_hidden_from(person, *article) => {}
                    (Some(standing), Some(there)) => {
                        assert_eq!(
                            content, there,
                            "seed {seed}: {} and the server differ in {article}",
                            person.name
                        );
                        assert_eq!(standing.content_hash, content_hash(there), "seed {seed}");
                        let author = self.people[self.author(*article)].name;
                        assert_eq!(standing.author.name, author, "seed {seed}: {article} changed hands");
                        self.check_live(&standing);
                        standings.push(standing);
                    }
                    (Some(_), None) => panic!("seed {seed}: the server lost {article}"),
                    (None, _) => {}
                }
            }
            let copies = bodies.keys().filter(|article| !self.articles.contains(article));
            for copy in copies {
                let of = person.galley().standing(*copy).unwrap().copy_of;
                let is_sample = person
                    .open(*copy)
                    .await
                    .unwrap()
                    .meta
                    .get("headline")
                    .is_some_and(|it| !it.starts_with("标题") && !it.starts_with("稿件"));
                assert!(
                    of.is_some() || is_sample,
                    "seed {seed}: {} has an article nobody made: {copy}",
                    person.name
                );
            }
            let waiting =
                person.galley().outbox(0, 200).unwrap().into_iter().filter(|row| row.state == "waiting");
            let waiting: Vec<_> = waiting.collect();
            assert!(waiting.is_empty(), "seed {seed}: {} still has {waiting:?}", person.name);
        }
        standings.iter().for_each(|standing| self.note(standing));
        let nowhere: BTreeSet<char> = self
            .typed
            .iter()
            .filter(|(_, typed)| !typed.deleted)
            .filter(|(c, typed)| {
                let there = on_server.get(&typed.article).is_some_and(|content| content.body.contains(**c));
                let here = by_device[typed.by].values().any(|content| content.body.contains(**c));
                !there && !here
            })
            .map(|(c, _)| *c)
            .collect();
        if !nowhere.is_empty() {
            self.tell().await;
        }
        assert!(nowhere.is_empty(), "seed {seed}: acknowledged and nowhere: {nowhere:?}");
        for (article, content) in &on_server {
            let mut seen = BTreeSet::new();
            for c in content.body.chars() {
                let settled = self.typed.get(&c).is_some_and(|typed| typed.deleted);
                assert!(seen.insert(c) || settled, "seed {seed}: {c} stands twice in {article}");
            }
        }
    }

    /// Whether the newsroom does not show an article to this person now.
    fn is_hidden_from(&self, person: &Person, article: ArticleId) -> bool {
        let author = &self.people[self.author(article)];
        let of_others = |it: &galley_sync::wire::Standing| {
            it.stage == Stage::Draft && it.co_authors.iter().all(|writer| writer.id != person.id)
        };
        let is_hidden = author.standing(article).as_ref().is_some_and(of_others);
        person.upload(article) == "withdrawn" || (is_hidden && person.id != author.id)
    }

    /// What readers have was signed, as it stands, by somebody else than its author.
    fn check_live(&self, standing: &galley_sync::wire::Standing) {
        let Some(live) = standing.publication.live_content_hash.filter(|_| standing.publication.is_live)
        else {
            return;
        };
        let signed = standing.sign_offs.iter().any(|signed| {
            signed.content_hash == live
                && signed.verdict == Verdict::Adopt
                && signed.person != standing.author.id
        });
        assert!(signed, "seed {}: {} is live and nobody signed it", self.seed, standing.article);
        assert_ne!(standing.stage, Stage::Draft, "seed {}", self.seed);
    }
}

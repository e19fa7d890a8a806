//! What people ask the newsroom for.

use galley_client::api::{OpenArticle, PreviewRequest, PublishRequest};
use galley_model::workflow::{Publication, Stage, Verdict};
use galley_sync::wire::Standing;

use super::told;
use super::world::World;

/// What somebody asks the newsroom for.
#[derive(Clone, Copy, Debug)]
pub enum Wish {
    Submit,
    Withdraw,
    Claim,
    Release,
    Assign,
    SignOff(Verdict),
    Resume,
    Resolve,
    Late,
    Publish,
    TakeDown,
    PutBack,
    CoAuthor,
    NoCoAuthor,
}

const WISHES: [Wish; 16] = [
    Wish::Submit,
    Wish::Withdraw,
    Wish::Claim,
    Wish::Release,
    Wish::Assign,
    Wish::SignOff(Verdict::Adopt),
    Wish::SignOff(Verdict::Reject),
    Wish::SignOff(Verdict::Hold),
    Wish::Resume,
    Wish::Resolve,
    Wish::Late,
    Wish::Publish,
    Wish::PutBack,
    Wish::CoAuthor,
    Wish::CoAuthor,
    Wish::NoCoAuthor,
];

impl World {
    /// Anything, or what one would ask for who looks at it.
    pub async fn wish(&mut self, who: usize) {
        let Some(article) = self.some_article(who).await else { return };
        let wish = match self.people[who].standing(article.id) {
            Some(standing) if self.random.percent(60) => self.next_wish(&standing),
            _ => self.random.pick(&WISHES),
        };
        self.ask(who, &article, wish).await;
    }

    pub async fn ask(&mut self, who: usize, article: &OpenArticle, wish: Wish) {
        let id = article.id;
        let standing = self.people[who].standing(id);
        if let Some(standing) = &standing {
            self.note(standing);
        }
        let contest = standing.as_ref().and_then(|standing| standing.contests.first().cloned());
        let late = standing.as_ref().and_then(|standing| standing.late.first().cloned());
        let (lot, often) = (self.random.below(4), self.random.percent(50));
        let colleague = self.people[self.random.below(self.people.len())].id;
        let person = &self.people[who];
        let galley = person.galley();
        let asked = match wish {
            Wish::Submit => galley.submit(id).await,
            Wish::Withdraw => galley.withdraw(id).await,
            Wish::Claim => galley.claim(id).await,
            Wish::Release => galley.release(id).await,
            Wish::Assign => galley.assign_responsible_editor(id, person.name.to_owned()).await.map(|_| 0),
            Wish::SignOff(verdict) => {
                let page_hash = self.page_hash(who, article).await;
                galley.sign_off(id, verdict, "请核对数字".to_owned(), page_hash, None).await
            }
            Wish::Resume => galley.resume(id).await,
            Wish::Resolve => {
                let Some(contest) = contest else { return };
                let texts = [&contest.base, &contest.mine, &contest.theirs, &contest.result];
                let chosen = texts[lot].clone();
                for c in texts.into_iter().flat_map(|text| text.chars()) {
                    // A person may choose a text without it.
                    if let Some(typed) = self.typed.get_mut(&c) {
                        typed.deleted = true;
                    }
                }
                galley.resolve_contest(id, contest.id, chosen).await
            }
            Wish::Late => match late {
                Some(late) if often => galley.accept_late(id, late.id).await,
                Some(late) => galley.refuse_late(id, late.id).await,
                None => return,
            },
            Wish::Publish => {
                let Some(page_hash) = self.page_hash(who, article).await else { return };
                let intent = uuid::Uuid::now_v7().to_string();
                galley
                    .publish(PublishRequest { article: id, page_hash, intent, correction: None })
                    .await
                    .map(|_| 0)
            }
            Wish::TakeDown => galley.take_down(id, "失实".to_owned()).await.map(|_| 0),
            Wish::PutBack => galley.put_back(id).await.map(|_| 0),
            Wish::CoAuthor => galley.add_co_author(id, colleague).await,
            Wish::NoCoAuthor => galley.remove_co_author(id, colleague).await,
        };
        told(|| format!("    {} wishes {wish:?}: {}", self.people[who].name, asked.is_ok()));
        // Refused at once for an article that does not go up, such as a private copy.
        drop(asked);
    }

    /// What a person would do next who looks at this.
    pub fn next_wish(&mut self, standing: &Standing) -> Wish {
        if !standing.contests.is_empty() && self.random.percent(70) {
            return Wish::Resolve;
        }
        if !standing.late.is_empty() && self.random.percent(60) {
            return Wish::Late;
        }
        let adopt = Wish::SignOff(Verdict::Adopt);
        let likely: &[Wish] = match standing.stage {
            Stage::Draft | Stage::Returned => &[Wish::Submit],
            Stage::Submitted => match self.random.below(8) {
                0 => &[Wish::Withdraw],
                _ => &[Wish::Claim],
            },
            Stage::Review(_) => match self.random.below(10) {
                0 => &[
                    Wish::Assign,
                    Wish::SignOff(Verdict::Return),
                    Wish::Release,
                    Wish::SignOff(Verdict::Hold),
                ],
                _ => &[adopt],
            },
            Stage::Approved if standing.publication.is_live => {
                &[Wish::TakeDown, Wish::TakeDown, Wish::Publish, Wish::SignOff(Verdict::Return)]
            }
            Stage::Approved if standing.publication.state == Publication::TakenDown => {
                &[Wish::PutBack, Wish::PutBack, Wish::Publish]
            }
            Stage::Approved => &[Wish::Publish],
            Stage::Held => &[Wish::Resume, Wish::Resume, adopt],
            Stage::Spiked => &[adopt, Wish::Submit],
        };
        self.random.pick(likely)
    }

    /// Remembers what the simulation came to see.
    pub fn note(&mut self, standing: &Standing) {
        let was_down = self.seen.contains("taken down");
        let publication = &standing.publication;
        let said = [
            ("handed in", standing.stage != Stage::Draft),
            ("in review", matches!(standing.stage, Stage::Review(_))),
            ("approved", standing.stage == Stage::Approved),
            ("live", publication.is_live),
            ("taken down", publication.state == Publication::TakenDown),
            ("put back", publication.is_live && was_down),
            ("contest", !standing.contests.is_empty()),
            ("late", !standing.late.is_empty()),
            ("co-author", !standing.co_authors.is_empty()),
        ];
        self.seen.extend(said.into_iter().filter(|(_, is_so)| *is_so).map(|(word, _)| word));
    }

    /// Of the page as this person's own Galley previews it: with what the server said last of the site and the
    /// article, it is the page that the server renders, or publishing says that it changed.
    async fn page_hash(&self, who: usize, article: &OpenArticle) -> Option<galley_model::Sha256> {
        let ask = PreviewRequest {
            article: article.id,
            view: String::new(),
            view_seq: 0,
            have: 0,
            correction: None,
        };
        Some(self.people[who].galley().preview(ask).await.ok()?.page_hash)
    }
}

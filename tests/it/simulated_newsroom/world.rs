//! What happens in one simulation, and what has to be true at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use galley_client::api::{FieldsRequest, ListName, ListRequest, OpenArticle, PublishRequest};
use galley_model::workflow::{Role, Stage, Verdict};
use galley_model::{ArticleId, Content, Instant, content_hash};
use galley_newsroom::decoder::InProcess;
use galley_server::{App, Limits, Settings};
use galley_sync::engine::Status;
use galley_testkit::random::Random;
use tempfile::TempDir;

use super::network::Network;
use super::person::Person;

const STEPS: usize = 60;
const PEOPLE: [(&str, Role); 4] = [
    ("林一舟", Role::Reporter),
    ("周晓河", Role::ResponsibleEditor),
    ("许念", Role::Reporter),
    ("程总编", Role::EditorInChief),
];

/// What happened to a character that somebody typed. Each is typed once in a simulation.
struct Typed {
    article: ArticleId,
    by: usize,
    deleted: bool,
}

/// What somebody asks the newsroom for.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Submit,
    Withdraw,
    Claim,
    Release,
    Assign,
    SignOff(Verdict),
    Resolve,
    Late,
    Publish,
    TakeDown,
    PutBack,
}

const WISHES: [Wish; 12] = [
    Wish::Submit,
    Wish::Withdraw,
    Wish::Claim,
    Wish::Release,
    Wish::Assign,
    Wish::SignOff(Verdict::Adopt),
    Wish::SignOff(Verdict::Reject),
    Wish::SignOff(Verdict::Hold),
    Wish::Resolve,
    Wish::Late,
    Wish::Publish,
    Wish::PutBack,
];

pub struct World {
    seed: u64,
    random: Random,
    folder: TempDir,
    network: Network,
    server: Option<App>,
    people: Vec<Person>,
    articles: Vec<ArticleId>,
    typed: BTreeMap<char, Typed>,
    next: u32,
}

fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Instant(i64::try_from(since.as_millis()).unwrap())
}

/// A folder in memory where there is one: no promise of the disk is tested here.
fn folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl World {
    pub async fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let n_people = random.between(2, PEOPLE.len());
        let network = Network::new(seed, n_people);
        let mut world = Self {
            seed,
            random,
            folder: folder(),
            network: network.clone(),
            server: None,
            people: Vec::new(),
            articles: Vec::new(),
            typed: BTreeMap::new(),
            next: 0,
        };
        world.start_server().await;
        for (device, who) in PEOPLE.into_iter().take(n_people).enumerate() {
            let folder = world.folder.path().join(format!("device-{device}"));
            let mut person = Person::new(who.0, device, seed, folder, network.clone()).await;
            let roles = match who.1 {
                Role::EditorInChief => [Role::EditorInChief, Role::Publisher].into(),
                Role::ResponsibleEditor => [Role::ResponsibleEditor, Role::Publisher].into(),
                role => [role].into(),
            };
            let app = world.server.as_ref().unwrap();
            let code = app.accounts().add_person(who.0, roles, now()).await.unwrap().code;
            network.trust(true);
            person.sign_in(code).await;
            network.trust(false);
            world.people.push(person);
        }
        world
    }

    async fn start_server(&mut self) {
        let settings = Settings {
            data: self.folder.path().join("server"),
            address: None,
            behind_proxy: false,
            // Nothing is decoded by a child here: that they may die is shown elsewhere.
            decoder: (std::path::PathBuf::new(), Vec::new()),
            limits: Limits { burst: 1_000_000, per_second: 1_000_000, ..Limits::default() },
        };
        let app = App::open_with_decoder(settings, Arc::new(InProcess)).await.unwrap();
        app.newsroom().work(now()).await.unwrap();
        self.network.connect(Some(galley_server::router(&app)));
        self.server = Some(app);
    }

    async fn restart_server(&mut self) {
        self.network.connect(None);
        if let Some(app) = self.server.take() {
            app.newsroom().close().await;
        }
        self.start_server().await;
    }

    pub async fn play(mut self) {
        let steps = self.random.between(STEPS / 2, STEPS);
        self.create(0).await;
        for _ in 0..steps {
            self.step().await;
        }
        self.settle().await;
        self.check().await;
    }

    async fn step(&mut self) {
        let who = self.random.below(self.people.len());
        match self.random.below(100) {
            0..2 => self.create(who).await,
            2..32 => self.edit(who).await,
            32..35 => self.headline(who).await,
            35..62 => self.people[who].sync().await,
            62..66 => {
                let steps = self.random.between(1, 60);
                self.people[who].sync_and_crash(steps).await;
            }
            66..68 => self.people[who].crash().await,
            68..72 => {
                let offline = self.random.percent(50);
                self.network.set_offline(who, offline);
            }
            72..74 => self.restart_server().await,
            74..77 => self.network.deliver_late().await,
            _ => self.wish(who).await,
        }
    }

    async fn create(&mut self, who: usize) {
        if self.articles.len() >= 3 {
            return;
        }
        let galley = self.people[who].galley();
        let article = galley.create_article().await.unwrap();
        galley.let_drafts_up(vec![article.id]).await.unwrap();
        self.articles.push(article.id);
        let fields = [("headline".to_owned(), format!("稿件{}", self.articles.len()))].into();
        galley.set_fields(FieldsRequest { article: article.id, fields }).await.unwrap();
        self.edit_article(who, article.id).await;
    }

    /// An article that this person has, if any.
    async fn some_article(&mut self, who: usize) -> Option<OpenArticle> {
        if self.articles.is_empty() {
            return None;
        }
        let n = self.articles.len();
        let article = self.articles[self.random.below(n)];
        self.people[who].open(article).await
    }

    async fn edit(&mut self, who: usize) {
        if let Some(article) = self.some_article(who).await {
            self.edit_article(who, article.id).await;
        }
    }

    async fn edit_article(&mut self, who: usize, article: ArticleId) {
        let Some(article) = self.people[who].open(article).await else { return };
        let chars: Vec<char> = article.body.chars().collect();
        let units = |upto: usize| chars[..upto].iter().map(|c| c.len_utf16() as u32).sum::<u32>();
        if !chars.is_empty() && self.random.percent(25) {
            let from = self.random.below(chars.len());
            let to = (from + self.random.between(1, 3)).min(chars.len());
            if self.people[who].write(&article, units(from), units(to), "").await {
                for c in &chars[from..to] {
                    if let Some(typed) = self.typed.get_mut(c) {
                        typed.deleted = true;
                    }
                }
            }
            return;
        }
        let at = self.random.between(0, chars.len());
        let n = self.random.between(1, 4);
        let fresh: Vec<char> = (0..n).map(|_| self.fresh()).collect();
        let insert: String = fresh.iter().collect();
        if self.people[who].write(&article, units(at), units(at), &insert).await {
            for c in fresh {
                self.typed.insert(c, Typed { article: article.id, by: who, deleted: false });
            }
        }
    }

    /// A character that nobody has typed yet; every third one is beyond the basic plane.
    fn fresh(&mut self) -> char {
        self.next += 1;
        let first = if self.next.is_multiple_of(3) { 0x20000 } else { 0x4e00 };
        char::from_u32(first + self.next).unwrap()
    }

    async fn headline(&mut self, who: usize) {
        let Some(article) = self.some_article(who).await else { return };
        let headline = format!("标题{}", self.random.below(1_000));
        let fields = [("headline".to_owned(), headline)].into();
        // Refused for whoever may not write it: nothing of it is kept then.
        drop(self.people[who].galley().set_fields(FieldsRequest { article: article.id, fields }).await);
    }

    async fn wish(&mut self, who: usize) {
        let Some(article) = self.some_article(who).await else { return };
        let id = article.id;
        let standing = self.people[who].standing(id);
        let contest = standing.as_ref().and_then(|standing| standing.contests.first().cloned());
        let late = standing.as_ref().and_then(|standing| standing.late.first().cloned());
        let wish = match &standing {
            Some(standing) if self.random.percent(75) => self.next_wish(standing),
            _ => self.random.pick(&WISHES),
        };
        let (lot, often) = (self.random.below(4), self.random.percent(50));
        let person = &self.people[who];
        let galley = person.galley();
        let asked = match wish {
            Wish::Submit => galley.submit(id).await,
            Wish::Withdraw => galley.withdraw(id).await,
            Wish::Claim => galley.claim(id).await,
            Wish::Release => galley.release(id).await,
            Wish::Assign => galley.assign_responsible_editor(id, person.name.to_owned()).await.map(|_| 0),
            Wish::SignOff(verdict) => {
                let page_hash = self.page_hash(&article).await;
                galley.sign_off(id, verdict, "请核对数字".to_owned(), page_hash).await
            }
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
                let Some(page_hash) = self.page_hash(&article).await else { return };
                let intent = uuid::Uuid::now_v7().to_string();
                galley.publish(PublishRequest { article: id, page_hash, intent }).await.map(|_| 0)
            }
            Wish::TakeDown => galley.take_down(id, "失实".to_owned()).await.map(|_| 0),
            Wish::PutBack => galley.put_back(id).await.map(|_| 0),
        };
        // Refused at once for an article that does not go up, such as a private copy.
        drop(asked);
    }

    /// What a person would do next who looks at this.
    fn next_wish(&mut self, standing: &galley_sync::wire::Standing) -> Wish {
        if !standing.contests.is_empty() && self.random.percent(70) {
            return Wish::Resolve;
        }
        if !standing.late.is_empty() && self.random.percent(60) {
            return Wish::Late;
        }
        let adopt = Wish::SignOff(Verdict::Adopt);
        let likely: &[Wish] = match standing.stage {
            Stage::Draft | Stage::Returned => &[Wish::Submit],
            Stage::Submitted => &[Wish::Claim, Wish::Claim, Wish::Claim, Wish::Withdraw],
            Stage::Review(_) => {
                &[adopt, adopt, adopt, Wish::Assign, Wish::SignOff(Verdict::Return), Wish::Release]
            }
            Stage::Approved if standing.publication.is_live => {
                &[Wish::TakeDown, Wish::Publish, Wish::SignOff(Verdict::Return)]
            }
            Stage::Approved => &[Wish::Publish, Wish::Publish, Wish::PutBack],
            Stage::Held | Stage::Spiked => &[adopt, Wish::Submit],
        };
        self.random.pick(likely)
    }

    /// Of the page as the server would render what this person sees.
    async fn page_hash(&self, article: &OpenArticle) -> Option<galley_model::Sha256> {
        let newsroom = self.server.as_ref()?.newsroom();
        let content = Content::from_parts(&article.body, &article.meta);
        let (_, settings) = newsroom.settings().await.unwrap();
        let authority = newsroom.authority(article.id).await.unwrap();
        let facts = newsroom.facts(article.id, &content, &authority);
        Some(newsroom.templates().page_hash(&content, &facts, &settings).unwrap())
    }

    /// The network heals and everybody syncs until nothing moves.
    async fn settle(&mut self) {
        self.network.heal().await;
        for round in 0.. {
            assert!(round < 40, "seed {}: it does not come to rest: {:?}", self.seed, self.statuses());
            let before = *self.server.as_ref().unwrap().newsroom().fed().borrow();
            for person in &mut self.people {
                person.sync().await;
            }
            let moved = before != *self.server.as_ref().unwrap().newsroom().fed().borrow();
            if !moved && round > 1 && self.people.iter().all(|person| person.status() == Status::UpToDate) {
                return;
            }
        }
    }

    fn statuses(&self) -> Vec<(&str, Status)> {
        self.people.iter().map(|person| (person.name, person.status())).collect()
    }

    async fn check(&mut self) {
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
            for list in [ListName::Drafts, ListName::Published, ListName::Trash] {
                let rows = person.galley().list_articles(ListRequest { list, offset: 0, limit: 100 }).await;
                for row in rows.unwrap().rows {
                    let open = person.open(row.id).await.unwrap();
                    bodies.insert(row.id, Content::from_parts(&open.body, &open.meta));
                }
            }
            by_device.push(bodies);
        }
        for (person, bodies) in self.people.iter().zip(&by_device) {
            for (article, content) in bodies {
                let standing = person.standing(*article);
                match (standing, on_server.get(article)) {
                    (Some(standing), Some(there)) => {
                        assert_eq!(
                            content, there,
                            "seed {seed}: {} and the server differ in {article}",
                            person.name
                        );
                        assert_eq!(standing.content_hash, content_hash(there), "seed {seed}");
                        self.check_live(&standing);
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
        assert!(nowhere.is_empty(), "seed {seed}: acknowledged and nowhere: {nowhere:?}");
        for (article, content) in &on_server {
            let mut seen = BTreeSet::new();
            for c in content.body.chars() {
                let settled = self.typed.get(&c).is_some_and(|typed| typed.deleted);
                assert!(seen.insert(c) || settled, "seed {seed}: {c} stands twice in {article}");
            }
        }
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

//! What happens in one simulation: who does what, and what happens to machines and servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use galley_client::api::{FieldsRequest, OpenArticle};
use galley_model::workflow::{Role, Stage};
use galley_model::{ArticleId, Instant};
use galley_newsroom::decoder::InProcess;
use galley_server::{App, Limits, Settings};
use galley_sync::engine::Status;
use galley_sync::wire::Standing;
use galley_testkit::random::Random;
use tempfile::TempDir;

use super::network::{Crash, Network, Place};
use super::person::Person;
use super::told;

const STEPS: usize = 50;
const PEOPLE: [(&str, Role); 4] = [
    ("林一舟", Role::Reporter),
    ("周晓河", Role::ResponsibleEditor),
    ("许念", Role::Reporter),
    ("程总编", Role::EditorInChief),
];
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// More characters than anybody types in one step.
const CHARACTERS: u32 = 20;

/// What happened to a character that somebody typed. Each is typed once in a simulation.
pub struct Typed {
    pub article: ArticleId,
    /// On which machine.
    pub by: usize,
    /// In which step.
    pub at: usize,
    /// It may be gone: somebody took it away, or a machine forgot it before it was sent.
    pub deleted: bool,
}

pub struct World {
    pub seed: u64,
    pub random: Random,
    folder: TempDir,
    pub network: Network,
    pub server: Option<App>,
    pub people: Vec<Person>,
    pub articles: Vec<ArticleId>,
    /// Who began each article.
    authors: BTreeMap<ArticleId, usize>,
    pub typed: BTreeMap<char, Typed>,
    /// Characters that were typed in this step.
    n_fresh: u32,
    /// From 1 on; what is before is 0.
    step: usize,
    /// The server's records as they were, so many times.
    n_server_copies: i64,
    /// What this simulation came to see.
    pub seen: BTreeSet<&'static str>,
}

pub fn now() -> Instant {
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
        galley_server::clock::set_wrong_by(0);
        let mut random = Random::new(seed);
        let n_people = random.between(2, PEOPLE.len());
        // One line more, for a machine that a profile is copied to.
        let network = Network::new(seed, n_people + 1);
        let mut world = Self {
            seed,
            random,
            folder: folder(),
            network: network.clone(),
            server: None,
            people: Vec::new(),
            articles: Vec::new(),
            authors: BTreeMap::new(),
            typed: BTreeMap::new(),
            n_fresh: 0,
            step: 0,
            n_server_copies: 0,
            seen: BTreeSet::new(),
        };
        world.start_server().await;
        for (device, who) in PEOPLE.into_iter().take(n_people).enumerate() {
            let folder = world.folder.path().join(format!("device-{device}"));
            let roles = match who.1 {
                Role::EditorInChief => [Role::EditorInChief, Role::Publisher].into(),
                Role::ResponsibleEditor => [Role::ResponsibleEditor, Role::Publisher].into(),
                role => [role].into(),
            };
            let app = world.server.as_ref().unwrap();
            let added = app.accounts().add_person(who.0, roles, now()).await.unwrap();
            let mut person = Person::new(who.0, added.person, device, seed, folder, network.clone()).await;
            network.trust(true);
            person.sign_in(added.code).await;
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
            store: None,
            // Nothing is decoded by a child here: that they may die is shown elsewhere.
            decoder: (std::path::PathBuf::new(), Vec::new()),
            limits: Limits { burst: 1_000_000, per_second: 1_000_000, ..Limits::default() },
        };
        let app = App::open_with_decoder(settings, Arc::new(InProcess)).await.unwrap();
        app.newsroom().work(now()).await.unwrap();
        self.network.connect(Some(galley_server::router(&app)));
        self.server = Some(app);
    }

    async fn stop_server(&mut self) {
        self.network.connect(None);
        if let Some(app) = self.server.take() {
            app.newsroom().close().await;
        }
    }

    async fn restart_server(&mut self) {
        self.stop_server().await;
        self.start_server().await;
    }

    /// The server's records are copied, as they are every night.
    async fn copy_server(&mut self) {
        self.n_server_copies += 1;
        let night = Instant(now().0 + self.n_server_copies * 2 * DAY_MS);
        let newsroom = self.server.as_ref().unwrap().newsroom();
        assert!(newsroom.backup_when_due(night).await.unwrap().is_some());
    }

    /// The server's disk dies, and the records come back as they were copied.
    async fn restore_server(&mut self) {
        if self.n_server_copies == 0 {
            return;
        }
        self.stop_server().await;
        let records = self.folder.path().join("server/newsroom.sqlite");
        std::fs::write(&records, b"this was a disk").unwrap();
        self.start_server().await;
        self.seen.insert("server restored");
    }

    /// Plays it to its end; answers what it came to see.
    pub async fn play(mut self) -> BTreeSet<&'static str> {
        let steps = self.random.between(STEPS / 2, STEPS);
        self.create(0).await;
        for step in 1..=steps {
            self.begin_step(step);
            self.step().await;
            if std::env::var("GALLEY_SIMULATE_TELL").is_ok_and(|what| what == "texts") {
                self.tell().await;
            }
        }
        self.settle().await;
        self.check().await;
        for article in &self.articles {
            let content = self.server.as_ref().unwrap().newsroom().text_of(*article).await.unwrap();
            told(|| format!("{} {}", content.headline, content.body));
        }
        self.seen
    }

    /// Draws anew: what comes in this step is the same whatever was drawn in those before.
    fn begin_step(&mut self, step: usize) {
        (self.step, self.n_fresh) = (step, 0);
        self.random = Random::at(self.seed, [step as u64]);
        self.network.begin_step(step as u64);
    }

    async fn step(&mut self) {
        let who = self.random.below(self.people.len());
        let what = self.random.below(1_000);
        told(|| format!("{} {} does {what}", self.step, self.people[who].name));
        match what {
            0..20 => self.create(who).await,
            20..200 => self.edit(who).await,
            200..270 => self.clash().await,
            270..300 => self.headline(who).await,
            300..450 => self.people[who].sync().await,
            450..490 => self.sync_and_crash(who).await,
            490..505 => self.people[who].crash().await,
            505..530 => {
                let offline = self.random.percent(40);
                self.network.set_offline(who, offline);
            }
            530..545 => self.restart_server().await,
            545..570 => self.network.deliver_late().await,
            570..585 => self.photo(who).await,
            585..595 => self.people[who].keep_a_copy(self.step).await,
            595..600 => self.set_clocks(who),
            600..615 => self.roll_back().await,
            615..619 => self.copy_profile(who).await,
            619..629 => self.copy_server().await,
            629..639 => self.restore_server().await,
            639..685 => self.write_late().await,
            685..905 => self.advance().await,
            _ => self.wish(who).await,
        }
    }

    /// A crash anywhere in a cycle: at a request, in the server's work on it, in the library's on the answer.
    async fn sync_and_crash(&mut self, who: usize) {
        // Most cycles end after a few requests.
        let most = self.random.between(1, 5);
        let request = self.random.between(1, most);
        let place = match self.random.below(10) {
            0..2 => Place::Before,
            2..6 => Place::Meanwhile(self.random.between(1, 12)),
            _ => Place::After(self.random.between(0, 6)),
        };
        let crash = Crash { request, place };
        let has_crashed = self.people[who].sync_and_crash(crash).await;
        told(|| format!("    {crash:?}: {has_crashed}"));
        if has_crashed {
            self.seen.insert("crash in a cycle");
        }
    }

    /// Somebody's clock jumps, and perhaps the server's.
    fn set_clocks(&mut self, who: usize) {
        const YEARS_10: i64 = 10 * 365 * DAY_MS;
        let jumps = [-YEARS_10, YEARS_10, -DAY_MS, 3_600_000, 0];
        self.people[who].clock = self.random.pick(&jumps);
        if self.random.percent(30) {
            galley_server::clock::set_wrong_by(self.random.pick(&jumps));
        }
        self.seen.insert("clock jumped");
    }

    async fn create(&mut self, who: usize) {
        if self.articles.len() >= 2 {
            return;
        }
        let galley = self.people[who].galley();
        let article = galley.create_article().await.unwrap();
        galley.let_drafts_up(vec![article.id]).await.unwrap();
        self.articles.push(article.id);
        self.authors.insert(article.id, who);
        let fields = [("headline".to_owned(), format!("稿件{}", self.articles.len()))].into();
        galley.set_fields(FieldsRequest { article: article.id, fields }).await.unwrap();
        self.edit_article(who, article.id).await;
    }

    pub fn author(&self, article: ArticleId) -> usize {
        self.authors[&article]
    }

    pub fn some_id(&mut self) -> ArticleId {
        let n = self.articles.len();
        self.articles[self.random.below(n)]
    }

    /// An article that this person has, if any.
    pub async fn some_article(&mut self, who: usize) -> Option<OpenArticle> {
        let article = self.some_id();
        self.people[who].open(article).await
    }

    async fn edit(&mut self, who: usize) {
        let article = self.some_id();
        self.edit_article(who, article).await;
    }

    async fn edit_article(&mut self, who: usize, article: ArticleId) {
        let Some(article) = self.people[who].open(article).await else { return };
        let n = article.body.chars().count();
        let (from, to) = match self.random.below(100) {
            0..20 => {
                let from = self.random.below(n);
                (from, (from + self.random.between(1, 3)).min(n))
            }
            _ => {
                let at = self.random.between(0, n);
                (at, at)
            }
        };
        let n_fresh = if from < to { self.random.below(3) } else { self.random.between(1, 4) };
        self.replace(who, &article, from, to, n_fresh).await;
    }

    /// Puts so many fresh characters in the place of others.
    async fn replace(&mut self, who: usize, article: &OpenArticle, from: usize, to: usize, n_fresh: usize) {
        let chars: Vec<char> = article.body.chars().collect();
        let units = |upto: usize| chars[..upto].iter().map(|c| c.len_utf16() as u32).sum::<u32>();
        let fresh: Vec<char> = (0..n_fresh).map(|_| self.fresh()).collect();
        let insert: String = fresh.iter().collect();
        if !self.people[who].write(article, units(from), units(to), &insert).await {
            return;
        }
        for c in &chars[from..to] {
            self.may_be_gone(*c);
        }
        for c in fresh {
            self.typed.insert(c, Typed { article: article.id, by: who, at: self.step, deleted: false });
        }
    }

    pub fn may_be_gone(&mut self, c: char) {
        if let Some(typed) = self.typed.get_mut(&c) {
            typed.deleted = true;
        }
    }

    /// Two people change the same words without knowing of each other, and send them.
    async fn clash(&mut self) {
        let article = self.some_id();
        let n = self.people.len();
        let one = self.authors[&article];
        let other = (one + self.random.between(1, n - 1)) % n;
        for who in [one, other] {
            let Some(open) = self.people[who].open(article).await else { continue };
            let n = open.body.chars().count();
            let from = self.random.below(2).min(n);
            let n_fresh = self.random.between(1, 3);
            self.replace(who, &open, from, (from + 3).min(n), n_fresh).await;
        }
        for who in [one, other] {
            self.people[who].sync().await;
        }
    }

    /// The author goes on writing in something that was approved.
    async fn write_late(&mut self) {
        let Some(article) = self.articles.iter().copied().find(|article| {
            self.newest(*article).is_some_and(|it| matches!(it.stage, Stage::Approved | Stage::Held))
        }) else {
            return;
        };
        let author = self.authors[&article];
        self.edit_article(author, article).await;
        self.people[author].sync().await;
    }

    /// A character that nobody has typed yet; every third one is beyond the basic plane.
    fn fresh(&mut self) -> char {
        assert!(self.n_fresh < CHARACTERS, "more was typed in a step than there are characters");
        let n = u32::try_from(self.step).unwrap() * CHARACTERS + self.n_fresh;
        self.n_fresh += 1;
        let first = if n.is_multiple_of(3) { 0x20000 } else { 0x4e00 };
        char::from_u32(first + n).unwrap()
    }

    async fn headline(&mut self, who: usize) {
        let Some(article) = self.some_article(who).await else { return };
        let headline = format!("标题{}", self.random.below(1_000));
        let fields = [("headline".to_owned(), headline)].into();
        // Refused for whoever may not write it: nothing of it is kept then.
        drop(self.people[who].galley().set_fields(FieldsRequest { article: article.id, fields }).await);
    }

    async fn photo(&mut self, who: usize) {
        let Some(article) = self.some_article(who).await else { return };
        let bytes = galley_testkit::photos::png(self.random.next() % 8);
        let galley = self.people[who].galley();
        galley.add_photo(article.id, "照片.png".to_owned(), bytes).await.unwrap();
        self.seen.insert("photo");
    }

    /// A library comes back as it was some time ago: what it alone knew since may be gone.
    async fn roll_back(&mut self) {
        let Some(who) = self.people.iter().position(|person| person.copied_at.is_some()) else { return };
        let Some(since) = self.people[who].roll_back().await else { return };
        self.seen.insert("library rolled back");
        let mut there = BTreeSet::new();
        for article in self.articles.clone() {
            let newsroom = self.server.as_ref().unwrap().newsroom();
            there.extend(newsroom.text_of(article).await.unwrap().body.chars());
        }
        let forgotten =
            |(c, typed): &(&char, &Typed)| typed.by == who && typed.at >= since && !there.contains(c);
        let forgotten: Vec<char> = self.typed.iter().filter(forgotten).map(|(c, _)| *c).collect();
        forgotten.into_iter().for_each(|c| self.may_be_gone(c));
    }

    /// A profile is copied to a second machine, and both go on.
    async fn copy_profile(&mut self, who: usize) {
        let device = self.people.len();
        if self.people.iter().any(|person| person.is_copy) {
            return;
        }
        let folder = self.folder.path().join(format!("device-{device}"));
        let copied = self.people[who].copied_to(device, folder).await;
        self.people.push(copied);
        self.seen.insert("profile copied");
    }

    /// The newest that anybody knows of an article.
    pub fn newest(&self, article: ArticleId) -> Option<Standing> {
        let known = self.people.iter().filter_map(|person| person.standing(article));
        known.max_by_key(|standing| standing.n)
    }

    /// Whoever has to do the next step of an article does it.
    async fn advance(&mut self) {
        let article = self.some_id();
        let author = self.authors[&article];
        let standing = self.newest(article);
        let is_authors =
            standing.as_ref().is_none_or(|it| matches!(it.stage, Stage::Draft | Stage::Returned));
        // Who may judge: the responsible editor, or the chief for what that one wrote.
        let who = match author {
            _ if is_authors => author,
            1 => self.people.len().min(PEOPLE.len()) - 1,
            _ => 1,
        };
        self.people[who].sync().await;
        let Some(open) = self.people[who].open(article).await else { return };
        let Some(standing) = self.people[who].standing(article) else { return };
        let wish = self.next_wish(&standing);
        self.ask(who, &open, wish).await;
        self.people[who].sync().await;
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

    /// Prints how everything stands: to look at a seed that fails.
    pub async fn tell(&self) {
        for article in &self.articles {
            let newsroom = self.server.as_ref().unwrap().newsroom();
            let there = newsroom.text_of(*article).await.unwrap().body;
            let standing = self.newest(*article);
            let stage = standing.as_ref().map(|it| (it.stage, it.contests.len(), it.late.len()));
            eprintln!("{} {article} server {there} {stage:?}", self.step);
            for person in &self.people {
                let Some(open) = person.open(*article).await else { continue };
                eprintln!("    {} {} {}", person.name, open.body, person.upload(*article));
            }
        }
    }

    /// Who stands how, with what waits there.
    fn statuses(&self) -> Vec<String> {
        let told = self.people.iter().map(|person| {
            let rows = person.galley().outbox(0, 200).unwrap();
            let waiting: Vec<_> = rows.into_iter().filter(|row| row.state == "waiting").collect();
            format!("{} {:?} {waiting:?}", person.name, person.status())
        });
        told.collect()
    }
}

//! Galley's core is killed at random moments of real typing. At the next start everything that was acknowledged
//! is there: each splice, the headline being typed, the caret.
//!
//! The test starts itself again as the writer that gets killed. `cargo xtask kill --times N --from SEED` kills
//! more often, and from another seed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use galley_client::api::{FieldsRequest, PushAnswer, PushRequest, Splice, ViewUpdate};
use galley_client::{Galley, OpenOptions};
use galley_model::ArticleId;
use galley_testkit::random::Random;
use galley_testkit::typing::{Typing, typing};
use serde::{Deserialize, Serialize};

const NAME: &str = "sudden_death::nothing_acknowledged_is_lost_when_galley_is_killed";
/// Kills in one run of the tests.
const TIMES: usize = 100;
/// Splices between two kills, at most.
const BURST: usize = 40;
/// A headline is typed at each splice whose number this divides.
const HEADLINE_EVERY: usize = 5;

/// What one life of the writer needs to know of those before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Life {
    library: String,
    seed: u64,
    n_edits: usize,
    article: Option<ArticleId>,
    /// Splices that were acknowledged.
    typed: usize,
    /// Number of the last headline that was acknowledged.
    titled: usize,
}

/// What a writer says on its standard output.
#[derive(Debug, Serialize, Deserialize)]
enum Word {
    /// The article as it was found at the start of this life.
    Found { article: ArticleId, body: String, headline: String, caret: u32 },
    /// A splice was acknowledged.
    Typed(usize),
    /// A headline was acknowledged.
    Titled(usize),
}

#[test]
fn nothing_acknowledged_is_lost_when_galley_is_killed() {
    if let Ok(life) = std::env::var("GALLEY_TYPIST") {
        return write_until_killed(&serde_json::from_str(&life).unwrap());
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let times = number("GALLEY_KILL_TIMES").map_or(TIMES, |times| usize::try_from(times).unwrap());
    let seed = number("GALLEY_KILL_FROM").unwrap_or(1);
    let library = tempfile::tempdir().unwrap();
    let n_edits = (times + 1) * (BURST + 1);
    let copy = typing(seed, n_edits * 2, n_edits);
    let mut random = Random::new(seed);
    let mut life = Life {
        library: library.path().to_string_lossy().into_owned(),
        seed,
        n_edits,
        article: None,
        typed: 0,
        titled: 0,
    };
    let mut text = Replay::new(&copy);
    for kill in 0..times {
        let mut writer = Writer::start(&life);
        // Now and then death comes while the library is still being opened.
        if random.below(8) == 0 {
            std::thread::sleep(Duration::from_millis(random.below(300) as u64));
            writer.kill();
        }
        let Some(found) = writer.next() else { continue };
        judge(&found, &mut life, &mut text, &format!("kill {kill} of seed {seed}"));
        let burst = 1 + random.below(BURST);
        let mut heard = 0;
        while heard < burst
            && let Some(word) = writer.next()
        {
            heard += usize::from(matches!(word, Word::Typed(_)));
            note(&word, &mut life);
        }
        std::thread::sleep(Duration::from_micros(random.below(4_000) as u64));
        writer.kill();
        // What was said before death counts.
        while let Some(word) = writer.next() {
            note(&word, &mut life);
        }
    }
    let found = Writer::start(&life).next().unwrap();
    judge(&found, &mut life, &mut text, &format!("the end of seed {seed}"));
    assert!(life.typed >= times / 2, "the writer hardly wrote: {life:?}");
}

/// Holds what was found against what was acknowledged; one splice and one headline may have been on their way.
fn judge(found: &Word, life: &mut Life, text: &mut Replay<'_>, when: &str) {
    let Word::Found { article, body, headline, caret } = found else { panic!("{when}: {found:?}") };
    let in_flight = text.after(life.typed + 1);
    let acknowledged = text.after(life.typed);
    let typed = match body {
        body if *body == acknowledged.0 => life.typed,
        body if *body == in_flight.0 => life.typed + 1,
        body => panic!(
            "{when}: after {} splices the text should end “{}” and ends “{}”",
            life.typed,
            tail(&acknowledged.0),
            tail(body)
        ),
    };
    if typed > 0 {
        let expected = if typed == life.typed { acknowledged.1 } else { in_flight.1 };
        assert_eq!(*caret, expected, "{when}: the caret after {typed} splices");
    }
    let titled = headline.strip_prefix("标题 ").map_or(0, |number| number.parse().unwrap());
    // A headline that was on its way may have arrived; one that did not is never typed again.
    let may_have_arrived = life.titled..=typed.max(life.titled);
    assert!(
        may_have_arrived.contains(&titled),
        "{when}: {headline} after {typed} splices, known {}",
        life.titled
    );
    *life = Life { article: Some(*article), typed, titled, ..life.clone() };
}

fn note(word: &Word, life: &mut Life) {
    match word {
        Word::Typed(typed) => life.typed = *typed,
        Word::Titled(titled) => life.titled = *titled,
        Word::Found { .. } => {}
    }
}

fn tail(text: &str) -> String {
    let from = text.chars().count().saturating_sub(40);
    text.chars().skip(from).collect()
}

/// The text after each number of splices.
struct Replay<'a> {
    copy: &'a Typing,
    /// States that may still be asked for.
    known: BTreeMap<usize, (Vec<u16>, u32)>,
}

impl<'a> Replay<'a> {
    fn new(copy: &'a Typing) -> Self {
        Self { copy, known: BTreeMap::from([(0, (Vec::new(), 0))]) }
    }

    /// Text and caret after so many splices; asked for in rising order, give or take one.
    fn after(&mut self, typed: usize) -> (String, u32) {
        let (&from, (units, caret)) = self.known.range(..=typed).next_back().expect("never asked backwards");
        let (mut units, mut caret) = (units.clone(), *caret);
        for edit in &self.copy.edits[from..typed] {
            units.splice(edit.from..edit.to, edit.insert.encode_utf16());
            caret = caret_after(edit);
        }
        let text = String::from_utf16(&units).unwrap();
        self.known.insert(typed, (units, caret));
        self.known = self.known.split_off(&typed.saturating_sub(2).min(*self.known.keys().next().unwrap()));
        (text, caret)
    }
}

fn caret_after(edit: &galley_testkit::typing::Edit) -> u32 {
    u32::try_from(edit.from + edit.insert.encode_utf16().count()).unwrap()
}

/// A writer in a process of its own.
struct Writer {
    process: Child,
    words: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    fn start(life: &Life) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap());
        process.args([NAME, "--exact", "--nocapture"]);
        process.env("GALLEY_TYPIST", serde_json::to_string(life).unwrap());
        process.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = process.spawn().unwrap();
        let words = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, words }
    }

    fn next(&mut self) -> Option<Word> {
        loop {
            let line = self.words.next()?.ok()?;
            // The test runner of the writer's process has a few words of its own.
            if let Some(word) = line.strip_prefix("typist: ") {
                return serde_json::from_str(word).ok();
            }
        }
    }

    fn kill(&mut self) {
        self.process.kill().ok();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn say(word: &Word) {
    let mut out = std::io::stdout().lock();
    // One write, so that a word is said whole or not at all.
    let line = format!("\ntypist: {}\n", serde_json::to_string(word).unwrap());
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).unwrap();
}

fn write_until_killed(life: &Life) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(write(life));
}

async fn write(life: &Life) {
    let options = OpenOptions {
        data_dir: Path::new(&life.library).to_owned(),
        language: Some("zh-Hans".to_owned()),
        system_language: "zh-Hans".to_owned(),
    };
    let galley = Galley::open(options, |_| {}).await.unwrap();
    let opened = match life.article {
        Some(article) => galley.open_article(article).await.unwrap(),
        None => galley.create_article().await.unwrap(),
    };
    let article = opened.id;
    let headline = opened.meta.get("headline").cloned().unwrap_or_default();
    say(&Word::Found { article, body: opened.body.clone(), headline, caret: opened.caret });

    let copy = typing(life.seed, life.n_edits * 2, life.n_edits);
    let mut text = Replay::new(&copy);
    let typed = if text.after(life.typed).0 == opened.body { life.typed } else { life.typed + 1 };
    let view = format!("view {} {typed}", std::process::id());
    let mut base_rev = opened.rev;
    for (view_seq, (number, edit)) in (1..).zip(copy.edits.iter().enumerate().skip(typed)) {
        let number = number + 1;
        let splice = Splice {
            from: u32::try_from(edit.from).unwrap(),
            to: u32::try_from(edit.to).unwrap(),
            insert: edit.insert.clone(),
        };
        let updates = vec![ViewUpdate { view_seq, splices: vec![splice] }];
        let push = PushRequest { article, view: view.clone(), base_rev, updates, caret: caret_after(edit) };
        let PushAnswer::Accepted { rev, .. } = galley.push_edits(push).await.unwrap() else {
            panic!("stale")
        };
        base_rev = rev;
        say(&Word::Typed(number));
        if number.is_multiple_of(HEADLINE_EVERY) {
            let fields = [("headline".to_owned(), format!("标题 {number}"))].into();
            galley.draft_fields(FieldsRequest { article, fields }).await.unwrap();
            say(&Word::Titled(number));
        }
    }
}

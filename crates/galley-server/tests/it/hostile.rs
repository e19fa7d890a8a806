//! Bytes that were made to hurt whoever decodes them, looked at by real children. The number of cases is
//! `GALLEY_HOSTILE_CASES`, 2,000 unless said otherwise.

use galley_model::ArticleId;
use galley_newsroom::decoder::{Decoded, Decoder as _, Done, Job, Step, Stepped, Written};
use galley_newsroom::wire::{Bytes, Peer};
use galley_server::Children;
use galley_text::{Document, Splice, Update};
use uuid::Uuid;

use crate::house::program;

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

fn children() -> Children {
    Children::of(program(), vec!["decode".to_owned()])
}

/// An update as a device makes it.
pub(crate) fn update(peer: u64, text: &str) -> Update {
    let mut document = Document::new(peer).unwrap();
    document.edit(&[Splice::new(0, 0, text)]).unwrap().unwrap()
}

fn written(update: &Update) -> Written {
    let bytes = Bytes(update.bytes.clone());
    Written { peer: Peer(update.peer), start: update.start, end: update.end, bytes }
}

fn job(written: Written) -> Job {
    let (article, steps) = (ArticleId(Uuid::from_u128(7)), vec![Step::Take(written)]);
    Job { article, snapshot: None, updates: Vec::new(), run: None, steps, wants_snapshot: true }
}

fn taken(decoded: &Decoded) -> Option<&str> {
    match decoded {
        Decoded::Done(Done { steps, .. }) => match steps.as_slice() {
            [Stepped::Taken(taken)] => Some(&taken.body),
            _ => None,
        },
        _ => None,
    }
}

/// Changes some bytes, cuts some off, or doubles some; the engine's checksum is set right again, so that what
/// stands behind it is reached.
pub(crate) fn mutated(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        match dice.roll(8) {
            0 => bytes.truncate(at.max(23)),
            1 => {
                let rest = bytes.split_off(at);
                bytes.extend([0xff, 0xff, 0xff, 0x7f]);
                bytes.extend(rest);
            }
            2 => bytes[at] = 0xff,
            _ => bytes[at] ^= 1 << dice.roll(8),
        }
    }
    with_checksum(bytes)
}

/// `loro`, 12 bytes unused, 4 bytes xxh32 of what follows with its seed, 2 bytes mode.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() > 22 {
        let sum = xxh32(&bytes[20..], u32::from_le_bytes(*b"LORO"));
        bytes[16..20].copy_from_slice(&sum.to_le_bytes());
        bytes[..4].copy_from_slice(b"loro");
    }
    bytes
}

/// The published algorithm, in as many lines as it takes.
fn xxh32(input: &[u8], seed: u32) -> u32 {
    const P: [u32; 5] = [2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263, 374_761_393];
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let round = |lane: u32, value: u32| {
        lane.wrapping_add(value.wrapping_mul(P[1])).rotate_left(13).wrapping_mul(P[0])
    };
    let mut sum = if input.len() >= 16 {
        let mut lanes = [
            seed.wrapping_add(P[0]).wrapping_add(P[1]),
            seed.wrapping_add(P[1]),
            seed,
            seed.wrapping_sub(P[0]),
        ];
        for stripe in input.chunks_exact(16) {
            for (lane, value) in lanes.iter_mut().zip(stripe.chunks_exact(4)) {
                *lane = round(*lane, word(value));
            }
        }
        let turns = [1, 7, 12, 18];
        lanes.iter().zip(turns).fold(0_u32, |sum, (lane, turn)| sum.wrapping_add(lane.rotate_left(turn)))
    } else {
        seed.wrapping_add(P[4])
    };
    sum = sum.wrapping_add(u32::try_from(input.len()).unwrap());
    let rest = &input[input.len() / 16 * 16..];
    for value in rest.chunks_exact(4) {
        sum = sum.wrapping_add(word(value).wrapping_mul(P[2])).rotate_left(17).wrapping_mul(P[3]);
    }
    for byte in &rest[rest.len() / 4 * 4..] {
        sum = sum.wrapping_add(u32::from(*byte).wrapping_mul(P[4])).rotate_left(11).wrapping_mul(P[0]);
    }
    sum = (sum ^ (sum >> 15)).wrapping_mul(P[1]);
    sum = (sum ^ (sum >> 13)).wrapping_mul(P[2]);
    sum ^ (sum >> 16)
}

#[test]
fn the_checksum_is_the_engines() {
    let good = update(7, "县水务局昨日通报。").bytes;
    assert_eq!(with_checksum(good.clone()), good);
}

/// Memory of this process, in bytes.
pub(crate) fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[tokio::test]
async fn among_mutated_updates_every_sound_one_is_taken_and_the_parent_stays_small() {
    let n_cases = std::env::var("GALLEY_HOSTILE_CASES").map_or(2000, |n| n.parse().unwrap());
    let children = children();
    let mut dice = Dice(1);
    let text = "县水务局昨日通报，𠮷“洪峰”已过境。";
    let (mut n_sound, mut n_refused, mut n_died) = (0, 0, 0);
    let mut before = 0;
    for round in 0..n_cases / 40 {
        let sound = |n: usize| n.is_multiple_of(10);
        let jobs: Vec<Job> = (0..40)
            .map(|n| {
                let update = update(1 + n as u64, text);
                let mut written = written(&update);
                if !sound(n) {
                    written.bytes = Bytes(mutated(&update.bytes, &mut dice));
                }
                job(written)
            })
            .collect();
        let answers = children.decode(jobs).await;
        assert_eq!(answers.len(), 40);
        for (n, answer) in answers.iter().enumerate() {
            if sound(n) {
                assert_eq!(taken(answer), Some(text), "round {round}, {n}: {answer:?}");
                n_sound += 1;
            }
            match answer {
                Decoded::Done(_) if taken(answer).is_none() => n_refused += 1,
                Decoded::Died | Decoded::TimedOut => n_died += 1,
                Decoded::Done(_) => {}
                other => panic!("round {round}, {n}: {other:?}"),
            }
        }
        if round == 2 {
            before = memory();
        }
    }
    println!("{n_cases} cases: {n_sound} sound and taken, {n_refused} refused, {n_died} died");
    assert!(n_refused > n_cases / 2, "the mutations reach what they are to reach");
    let grown = memory().saturating_sub(before);
    assert!(grown < 64 << 20, "the parent grew by {grown} bytes");
}

#[tokio::test]
async fn bytes_that_ask_for_all_memory_kill_a_child_and_nobody_else() {
    let children = children();
    // Claims of huge runs in every place of a sound update: some ask for more than there is.
    let sound = update(7, "甲乙丙丁");
    let mut jobs = vec![job(written(&sound))];
    for at in 22..sound.bytes.len() {
        let mut bytes = sound.bytes[..at].to_vec();
        bytes.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
        bytes.extend(&sound.bytes[at..]);
        let bytes = Bytes(with_checksum(bytes));
        jobs.push(job(Written { bytes, ..written(&sound) }));
    }
    jobs.push(job(written(&sound)));
    let answers = children.decode(jobs).await;
    assert_eq!(taken(&answers[0]), Some("甲乙丙丁"));
    assert_eq!(taken(answers.last().unwrap()), Some("甲乙丙丁"));
    assert!(answers[1..answers.len() - 1].iter().all(|answer| taken(answer).is_none()));
}

#[tokio::test]
async fn what_is_valid_and_too_much_is_refused_with_its_reason_and_kills_no_child() {
    let children = children();
    let check = async |text: &str, change: &dyn Fn(&mut Written), expected: &str| {
        let mut written = written(&update(7, text));
        change(&mut written);
        let answers = children.decode(vec![job(written)]).await;
        let [Decoded::Done(Done { steps, .. })] = answers.as_slice() else { panic!("{answers:?}") };
        match steps.as_slice() {
            [Stepped::Refused { reason }] => assert_eq!(reason, expected),
            [Stepped::Missing { .. }] => assert_eq!(expected, "missing"),
            other => panic!("{expected}: {other:?}"),
        }
    };
    check(&"长".repeat(200_001), &|_| {}, "too_long").await;
    check(&"长".repeat(300_001), &|_| {}, "too_large").await;
    check("甲", &|written| written.bytes.0.resize((1 << 20) + 1, 0), "too_large").await;
    check("甲", &|written| written.bytes.0.clear(), "unreadable").await;
    check("甲乙", &|written| written.end = 1, "unreadable").await;
    check("甲乙", &|written| written.peer = Peer(8), "unreadable").await;
    check("甲乙", &|written| (written.start, written.end) = (-1, 1), "unreadable").await;
}

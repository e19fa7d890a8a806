//! Children that misbehave.

use std::time::Duration;

use super::pool::{Broken, Pool};

/// A child that is this line of shell.
fn child(line: &str) -> Pool {
    let arguments = vec!["-c".to_owned(), line.to_owned()];
    Pool::new("/bin/sh".into(), arguments).with_patience(Duration::from_millis(500))
}

async fn ask(pool: &Pool, question: &str) -> Result<String, Broken> {
    pool.ask(&[question]).await.map(|mut answers| answers.remove(0))
}

/// What comes back is what was asked: the simplest child that keeps to the form.
const ECHO: &str = "exec cat";

#[tokio::test]
async fn a_child_is_asked_again_and_again() {
    let pool = child(ECHO);
    for question in ["", "甲", &"长".repeat(10_000)] {
        assert_eq!(ask(&pool, question).await.unwrap(), question);
    }
}

#[tokio::test]
async fn whatever_a_child_does_the_next_question_gets_a_fresh_one() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("was-here");
    let mark = mark.display();
    for (misbehaviour, expected) in [
        ("exit 0", "Died"),
        ("kill -9 $$", "Died"),
        ("head -c 5 >/dev/null; exit 1", "Died"),
        ("sleep 60", "Hung"),
        ("exec 0<&-; exec 1>&-; sleep 60", "Died"),
        ("printf '\\000\\000\\000\\377 nonsense'", "Garbage"),
        ("cat >/dev/null & printf '\\004\\000\\000\\000oops'; sleep 60", "Garbage"),
        ("cat >/dev/null & printf '\\377\\000\\000\\000too short'", "Died"),
    ] {
        // The first child misbehaves, those after it echo.
        let pool = child(&format!("if [ -e {mark} ]; then {ECHO}; fi; touch {mark}; {misbehaviour}"));
        let broken = ask(&pool, "甲").await.unwrap_err();
        assert_eq!(format!("{broken:?}"), expected, "{misbehaviour}");
        assert_eq!(ask(&pool, "乙").await.unwrap(), "乙", "{misbehaviour}");
        std::fs::remove_file(folder.path().join("was-here")).unwrap();
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_apart_from_a_child_that_died() {
    let pool = Pool::new("/nowhere/galley-server".into(), Vec::new());
    assert!(matches!(ask(&pool, "甲").await, Err(Broken::NotStarted(_))));
}

#[tokio::test]
async fn a_child_sees_nothing_of_the_servers_surroundings() {
    let pool = child("env >&2; [ -z \"$HOME$CARGO_MANIFEST_DIR\" ] || exit 1; exec cat");
    assert_eq!(ask(&pool, "甲").await.unwrap(), "甲");
}

/// A child that does what jobs say: their article's last digit is what it does.
mod jobs {
    use std::sync::Arc;

    use galley_model::ArticleId;
    use galley_newsroom::decoder::{
        BodyContest, Decoded, Decoder as _, Done, Job, Run, Step, Stepped, Taken, Written,
    };
    use galley_sync::wire::{Bytes, Peer};
    use uuid::Uuid;

    use super::child;
    use crate::decode::Children;

    fn job(n: u128) -> Job {
        let article = ArticleId(Uuid::from_u128(n));
        Job {
            article,
            snapshot: None,
            updates: Vec::new(),
            run: None,
            steps: Vec::new(),
            wants_snapshot: false,
        }
    }

    /// Answers each job with *done*, unless one of them is to kill, hang or answer nonsense. A job without text is
    /// the text of an id behind its length and five zeros, and a job done is three.
    const SCRIPT: &str = r#"
        exec python3 -c '
import struct, sys, time
i, o = sys.stdin.buffer, sys.stdout.buffer
while True:
    head = i.read(4)
    if len(head) < 4: break
    jobs = i.read(struct.unpack("<I", head)[0])
    n, last = jobs[0], [chr(jobs[42 * k + 37]) for k in range(jobs[0])]
    if "d" in last: sys.exit(1)
    if "e" in last: time.sleep(60)
    if "f" in last: n -= 1
    out = bytes([n]) + bytes(3 * n)
    o.write(struct.pack("<I", len(out)) + out); o.flush()
'"#;

    #[test]
    fn a_job_comes_through_a_pipe_as_it_is() {
        let written =
            Written { peer: Peer(u64::MAX - 1), start: 0, end: 7, bytes: Bytes(vec![0, 0xff, b'"']) };
        let steps = vec![
            Step::Take(written.clone()),
            Step::TryOn(written),
            Step::WriteField {
                peer: Peer(1), key: "headline".into(), seen: "甲".into(), text: "乙".into()
            },
            Step::Read { have: [(Peer(1), 7)].into() },
        ];
        let run = Some(Run { peer: Peer(3), since: 2 });
        let asked = vec![Job { snapshot: Some(Bytes(vec![1])), run, steps, wants_snapshot: true, ..job(1) }];
        let message = crate::decode::written(&asked).unwrap();
        assert_eq!(crate::decode::read::<Vec<Job>>(&message), Some(asked));
        let longer = [message.as_slice(), b"x"].concat();
        assert_eq!(crate::decode::read::<Vec<Job>>(&longer), None, "and nothing behind it");
        let (from, to) = (Bytes(vec![1]), Bytes(vec![2]));
        let text = || "甲".to_owned();
        let contest = BodyContest {
            from,
            to,
            base: text(),
            mine: text(),
            theirs: text(),
            result: text(),
            suggestion: Some(text()),
        };
        let taken = Taken {
            end: 7,
            bytes: Bytes(vec![0xff]),
            body: text(),
            meta: [("headline".to_owned(), text())].into(),
            judged_since: 2,
            contests: vec![contest],
            unknown_to_writer: vec![Peer(9)],
            ..Taken::default()
        };
        let steps = vec![
            Stepped::Taken(Box::new(taken)),
            Stepped::Missing { have: [(Peer(1), 7)].into() },
            Stepped::Refused { reason: text() },
        ];
        let answered = vec![Decoded::Done(Done { steps, snapshot: Some(Bytes(vec![3])) }), Decoded::Damaged];
        let message = crate::decode::written(&answered).unwrap();
        assert_eq!(crate::decode::read_all(&message, 2), Some(answered));
        assert_eq!(crate::decode::read_all::<Decoded>(&message, 1), None, "one answer for each question");
    }

    #[tokio::test]
    async fn exactly_the_job_that_a_child_breaks_on_is_not_done() {
        let children = Children(Arc::new(child(SCRIPT).with_patience(std::time::Duration::from_secs(2))));
        let done = Decoded::Done(Done::default());
        for (jobs, expected) in [
            (vec![1, 2, 3], vec![done.clone(), done.clone(), done.clone()]),
            (vec![1, 0xd, 3], vec![done.clone(), Decoded::Died, done.clone()]),
            (vec![0xe, 2], vec![Decoded::TimedOut, done.clone()]),
            (vec![1, 0xf], vec![done.clone(), Decoded::Died]),
            (vec![0xd], vec![Decoded::Died]),
            (vec![], vec![]),
            (vec![5], vec![done]),
        ] {
            let asked = jobs.iter().copied().map(job).collect();
            assert_eq!(children.decode(asked).await, expected, "{jobs:x?}");
        }
    }

    #[tokio::test]
    async fn without_a_child_nothing_is_blamed_on_the_bytes() {
        let nowhere = crate::decode::pool::Pool::new("/nowhere".into(), Vec::new());
        let answers = Children(Arc::new(nowhere)).decode(vec![job(1), job(2)]).await;
        assert_eq!(answers, [Decoded::Unavailable, Decoded::Unavailable]);
    }
}

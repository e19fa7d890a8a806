//! Eight conflicts of a newsroom, each made twice: with replacements as deletion and insertion, the way most
//! editors hand them on, and as differences of words, the way this crate applies them.

use galley_text::contest::{self, Contest, Verdict};
use galley_text::{Document, Splice, splice};

const BASE: u64 = 1;
const REPORTER: u64 = 20;
const EDITOR: u64 = 30;
const DESK: u64 = 40;

/// Two people change one text at the same time.
pub(super) struct Conflict {
    pub(super) name: &'static str,
    pub(super) base: &'static str,
    /// What the reporter does: each text found is replaced by another, one after the other.
    pub(super) reporter: &'static [(&'static str, &'static str)],
    /// What the editor does.
    pub(super) editor: &'static [(&'static str, &'static str)],
    /// What the document then says when replacements are deletion and insertion, and how it is judged.
    pub(super) raw: (&'static str, Judged),
    /// The same when they are differences of words.
    pub(super) words: (&'static str, Judged),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Judged {
    /// Reads as it should; nobody is asked.
    Silent,
    /// A person is asked, and this is proposed.
    Proposed(&'static str),
    /// A person is asked, and has to choose between the two.
    Open,
}

pub(super) const CONFLICTS: &[Conflict] = &[
    Conflict {
        name: "1 different words of a paragraph",
        base: "全市三个区的供水管网本周检修，预计周五傍晚恢复供水。",
        reporter: &[("三个区", "四个区")],
        editor: &[("周五", "周六")],
        raw: ("全市四个区的供水管网本周检修，预计周六傍晚恢复供水。", Judged::Silent),
        words: ("全市四个区的供水管网本周检修，预计周六傍晚恢复供水。", Judged::Silent),
    },
    Conflict {
        name: "2 a slip mended in a lead that the other rewrites",
        base: "入讯以来，全市先后五次发布暴雨预警，市防办昨晚通报了有关情况。\n水库水位正在回落。",
        reporter: &[("讯", "汛")],
        editor: &[(
            "入讯以来，全市先后五次发布暴雨预警，市防办昨晚通报了有关情况。",
            "记者昨晚从市防办获悉，入汛以来，全市先后五次发布暴雨预警。",
        )],
        raw: (
            "记者昨晚从市防办获悉，入汛以来，全市先后五次发布暴雨预警。汛\n水库水位正在回落。",
            Judged::Proposed(
                "记者昨晚从市防办获悉，入汛以来，全市先后五次发布暴雨预警。\n水库水位正在回落。",
            ),
        ),
        words: (
            "记者昨晚从市防办获悉，入汛汛以来，全市先后五次发布暴雨预警。\n水库水位正在回落。",
            Judged::Proposed(
                "记者昨晚从市防办获悉，入汛以来，全市先后五次发布暴雨预警。\n水库水位正在回落。",
            ),
        ),
    },
    Conflict {
        name: "3 a figure mended in a paragraph that the other moves",
        base: "桥下积水昨晨退去。\n积水最深处约三十厘米。\n多名住在桥边的居民说，夜里听见警报以后就把车开到了高处，损失不大。\n",
        reporter: &[("三十", "五十")],
        editor: &[("积水最深处约三十厘米。\n", ""), ("损失不大。\n", "损失不大。\n积水最深处约三十厘米。\n")],
        raw: (
            "桥下积水昨晨退去。\n五十多名住在桥边的居民说，夜里听见警报以后就把车开到了高处，损失不大。\n积水最深处约三十厘米。\n",
            Judged::Open,
        ),
        words: (
            "桥下积水昨晨退去。\n五多名住在桥边的居民说，夜里听见警报以后就把车开到了高处，损失不大。\n积水最深处约三十厘米。\n",
            Judged::Open,
        ),
    },
    Conflict {
        name: "4 a paragraph made longer that the other deletes",
        base: "展览昨日开幕。\n首日入场人数近两千。\n展期至下月底。\n",
        reporter: &[("近两千", "近两千，超过往年")],
        editor: &[("首日入场人数近两千。\n", "")],
        raw: ("展览昨日开幕。\n近两千，超过往年展期至下月底。\n", Judged::Open),
        words: ("展览昨日开幕。\n，超过往年展期至下月底。\n", Judged::Open),
    },
    Conflict {
        name: "5 both add at the same place",
        base: "比赛因雨推迟一天。",
        reporter: &[("", "门票继续有效。")],
        editor: &[("", "退票可到原售票点办理。")],
        raw: ("门票继续有效。退票可到原售票点办理。比赛因雨推迟一天。", Judged::Open),
        words: ("门票继续有效。退票可到原售票点办理。比赛因雨推迟一天。", Judged::Open),
    },
    Conflict {
        name: "6 both write a new headline",
        base: "我市启动防汛三级应急响应",
        reporter: &[("我市启动防汛三级应急响应", "防汛应急响应升为二级，已转移上万人")],
        editor: &[("我市启动防汛三级应急响应", "暴雨持续，我市七次启动应急响应")],
        raw: ("防汛应急响应升为二级，已转移上万人暴雨持续，我市七次启动应急响应", Judged::Open),
        words: ("暴雨持续，七次应急响应升为二级，已转移上万人", Judged::Open),
    },
    Conflict {
        name: "7 a name replaced everywhere while the other writes beside it",
        base: "居民把噪声问题反映给市水务局。市水务局表示，泵站将加装隔音棚。",
        reporter: &[
            ("反映给市水务局", "反映给街道办和市水务局"),
            ("隔音棚。", "隔音棚。市水务局下周公布工期。"),
        ],
        editor: &[("市水务局", "市水利局"), ("市水务局", "市水利局")],
        raw: (
            "居民把噪声问题反映给街道办和市水务局市水利局。市水利局表示，泵站将加装隔音棚。市水务局下周公布工期。",
            Judged::Proposed(
                "居民把噪声问题反映给街道办和市水利局。市水利局表示，泵站将加装隔音棚。市水务局下周公布工期。",
            ),
        ),
        words: (
            "居民把噪声问题反映给街道办和市水利局。市水利局表示，泵站将加装隔音棚。市水务局下周公布工期。",
            Judged::Silent,
        ),
    },
    Conflict {
        name: "8 a rewrite pasted over everything while the other mends two figures",
        base: "昨晨暴雨，城南桥下积水约三十厘米，十余名群众被困，消防员到场后全部救出。",
        reporter: &[(
            "昨晨暴雨，城南桥下积水约三十厘米，十余名群众被困，消防员到场后全部救出。",
            "昨晨一场暴雨后，城南桥下积水约三十厘米，十余名群众一度被困，消防员赶到后将他们全部救出，无人受伤。",
        )],
        editor: &[("三十厘米", "三十二厘米"), ("十余名", "十三名")],
        raw: (
            "昨晨一场暴雨后，城南桥下积水约三十厘米，十余名群众一度被困，消防员赶到后将他们全部救出，无人受伤。三十二厘米十三名",
            Judged::Proposed(
                "昨晨一场暴雨后，城南桥下积水约三十二厘米，十三名群众一度被困，消防员赶到后将他们全部救出，无人受伤。",
            ),
        ),
        words: (
            "昨晨一场暴雨后，城南桥下积水约三十二厘米，十三名群众一度被困，消防员赶到后将他们全部救出，无人受伤。",
            Judged::Silent,
        ),
    },
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    DeleteAndInsert,
    Words,
}

impl Conflict {
    pub(super) fn after(&self, steps: &[(&str, &str)]) -> String {
        steps.iter().fold(self.base.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{}: {old} is in the text", self.name);
            text.replacen(old, new, 1)
        })
    }
}

pub(super) fn change(document: &mut Document, steps: &[(&str, &str)], way: Way, after: &str) -> Vec<Vec<u8>> {
    let mut updates = Vec::new();
    let mut push = |update: Option<galley_text::Update>| updates.extend(update.map(|update| update.bytes));
    match way {
        Way::Words => push(document.replace_body(after).unwrap().map(|(update, _)| update)),
        Way::DeleteAndInsert => {
            for (old, new) in steps {
                let body = document.body().unwrap();
                let from = splice::len_utf16(body.split_once(old).unwrap().0);
                push(document.edit(&[Splice::new(from, from + splice::len_utf16(old), "")]).unwrap());
                push(document.edit(&[Splice::new(from, from, *new)]).unwrap());
            }
        }
    }
    assert_eq!(document.body().unwrap(), after);
    updates
}

/// What the document says after both, and what a second look at it finds.
fn merge(conflict: &Conflict, way: Way, [reporter_peer, editor_peer]: [u64; 2]) -> (String, Verdict) {
    let (mine, theirs) = (conflict.after(conflict.reporter), conflict.after(conflict.editor));
    let mut base = Document::new(BASE).unwrap();
    base.edit(&[Splice::new(0, 0, conflict.base)]).unwrap();
    let start = base.snapshot().unwrap();
    let mut reporter = Document::load(Some(&start), &[], reporter_peer).unwrap();
    let mut editor = Document::load(Some(&start), &[], editor_peer).unwrap();
    let mut updates = change(&mut reporter, conflict.reporter, way, &mine);
    updates.extend(change(&mut editor, conflict.editor, way, &theirs));
    let merged = Document::load(Some(&start), &updates, DESK).unwrap().body().unwrap();
    let verdict = contest::three_way(conflict.base, &mine, &theirs, &merged);
    (merged, verdict)
}

fn judged(verdict: &Verdict) -> (bool, Option<&str>) {
    (!verdict.contests.is_empty(), verdict.suggestion.as_deref())
}

fn check(way: Way) {
    for conflict in CONFLICTS {
        let (reads, expected) = match way {
            Way::DeleteAndInsert => conflict.raw,
            Way::Words => conflict.words,
        };
        let (merged, verdict) = merge(conflict, way, [REPORTER, EDITOR]);
        assert_eq!(merged, reads, "{}", conflict.name);
        let expected = match expected {
            Judged::Silent => (false, None),
            Judged::Proposed(suggestion) => (true, Some(suggestion)),
            Judged::Open => (true, None),
        };
        assert_eq!(judged(&verdict), expected, "{}: {verdict:#?}", conflict.name);
    }
}

#[test]
fn deletion_and_insertion_prints_wrong_copy_and_a_person_is_asked() {
    check(Way::DeleteAndInsert);
}

#[test]
fn differences_of_words_print_less_wrong_copy_and_a_person_is_asked_for_the_rest() {
    check(Way::Words);
}

#[test]
fn whoever_comes_first_nothing_wrong_passes_in_silence() {
    for conflict in CONFLICTS {
        for way in [Way::DeleteAndInsert, Way::Words] {
            let (merged, verdict) = merge(conflict, way, [EDITOR, REPORTER]);
            let right = match (conflict.raw.1, conflict.words.1) {
                (Judged::Proposed(right), _) => Some(right),
                (Judged::Silent, _) => Some(conflict.raw.0),
                (Judged::Open, _) => None,
            };
            assert_eq!(
                verdict.contests.is_empty(),
                right == Some(merged.as_str()),
                "{}: {merged}",
                conflict.name
            );
        }
    }
}

#[test]
fn a_contest_shows_what_each_made_of_the_place() {
    let of = |number: &str, way| {
        let conflict = CONFLICTS.iter().find(|conflict| conflict.name.starts_with(number)).unwrap();
        merge(conflict, way, [REPORTER, EDITOR]).1.contests
    };
    let contest =
        |at: std::ops::Range<usize>, [base, mine, theirs, result]: [&str; 4], suggestion: Option<&str>| {
            Contest {
                at,
                base: base.to_owned(),
                mine: mine.to_owned(),
                theirs: theirs.to_owned(),
                result: result.to_owned(),
                suggestion: suggestion.map(str::to_owned),
            }
        };
    assert_eq!(of("2", Way::Words), [contest(12..14, ["讯", "汛", "汛", "汛汛"], Some("汛"))]);
    assert_eq!(
        of("4", Way::Words),
        [contest(
            8..13,
            ["首日入场人数近两千。\n", "首日入场人数近两千，超过往年。\n", "", "，超过往年"],
            None
        )]
    );
    assert_eq!(
        of("8", Way::DeleteAndInsert),
        [
            contest(17..22, ["厘米，十余", "厘米，十余", "二厘米，十三", "厘米，十余"], Some("二厘米，十三")),
            contest(49..57, ["", "", "", "三十二厘米十三名"], Some("")),
        ]
    );
}

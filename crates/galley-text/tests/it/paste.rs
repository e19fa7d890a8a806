//! Pasting a whole article over a whole article: the work is bounded whatever the texts, and what others mend
//! meanwhile survives where the pasted text still has it.

use galley_text::{Document, Splice, Update, contest, diff, splice};

use crate::prose::{Subject, article, noise, revised};

const REPORTER: u64 = 20;
const EDITOR: u64 = 30;
const LENGTH: usize = 50_000;

/// Pastes `new` over `old` as the window does: one splice over everything.
fn paste(old: &str, new: &str) -> (Document, Update) {
    let mut first = Document::new(1).unwrap();
    first.edit(&[Splice::new(0, 0, old)]).unwrap();
    let mut document = Document::load(Some(&first.snapshot().unwrap()), &[], REPORTER).unwrap();
    let update = document.edit(&[Splice::new(0, splice::len_utf16(old), new)]).unwrap().unwrap();
    assert_eq!(document.body().unwrap(), new);
    (document, update)
}

/// Characters that the splices take out and put in.
fn n_touched(old: &str, splices: &[Splice]) -> usize {
    let scalars: Vec<char> = old.chars().collect();
    assert_eq!(scalars.len(), splice::len_utf16(old), "without astral characters scalars are UTF-16 units");
    splices.iter().map(|splice| splice.to - splice.from + splice.insert.chars().count()).sum()
}

fn plain(text: &str) -> String {
    text.replace('𠮷', "大")
}

fn check(name: &str, old: &str, new: &str, max_splices: usize, max_touched: usize) {
    let splices = diff::splices(old, new);
    assert_eq!(splice::apply(old, &splices).unwrap(), new, "{name}");
    let touched = n_touched(old, &splices);
    assert!(splices.len() <= max_splices, "{name}: {} splices", splices.len());
    assert!(touched <= max_touched, "{name}: {touched} characters");
    let (_, update) = paste(old, new);
    let n_operations = usize::try_from(update.end - update.start).unwrap();
    assert_eq!(n_operations, touched, "{name}: an operation for each character touched, none for the kept");
    assert!(
        update.bytes.len() <= 4 * touched + 24 * splices.len() + 256,
        "{name}: {} bytes",
        update.bytes.len()
    );
}

#[test]
fn the_work_of_a_paste_is_bounded_by_what_it_changes() {
    let old = plain(&article(Subject::Flood, 1, LENGTH));
    let whole = 2 * LENGTH + 200;
    let similar = revised(&old, 2, 12);
    // Some 450 of 5,000 clauses are rewritten, 11 characters each.
    check("similar", &old, &similar, 500, 6_000);
    check("unrelated", &old, &plain(&article(Subject::Concert, 3, LENGTH)), 1, whole);
    check("noise", &old, &noise(4, LENGTH), 1, whole);
    check("noise over noise", &noise(5, LENGTH), &noise(4, LENGTH), 1, whole);
    check("one character repeated", &"雨".repeat(LENGTH), &"雨".repeat(LENGTH - 7), 1, 7);
    let middle: String = old.chars().skip(20_000).take(5_000).collect();
    check("cut down to its middle", &old, &middle, 2, LENGTH - 4_900);
    check("a paragraph grown to an article", &middle, &old, 2, LENGTH - 4_900);
    check("a short note over an article", &old, &plain(&article(Subject::Concert, 6, 60)), 1, whole);
}

#[test]
fn small_fixes_survive_a_paste_over_everything() {
    // Four parts that the paste rewrites, and between them three paragraphs that it still has.
    let parts: Vec<String> = (0..4).map(|part| article(Subject::Flood, part, LENGTH / 4)).collect();
    let gauges = ["甲闸", "乙闸", "丙闸", ""].map(|gate| match gate {
        "" => String::new(),
        gate => format!("\n\n{gate}水位三十厘米，无人员伤亡。\n\n"),
    });
    let join = |parts: &[String], gauges: &[String]| -> String {
        parts.iter().zip(gauges).map(|(part, gauge)| format!("{part}{gauge}")).collect()
    };
    let rewritten: Vec<String> = parts.iter().map(|part| revised(part, 8, 12)).collect();
    let (base, pasted) = (join(&parts, &gauges), join(&rewritten, &gauges));
    let mend = |text: &str| text.replace("三十厘米，无人员", "三十二厘米，无人员");
    assert_eq!(pasted.matches("三十厘米，无人员").count(), 3);

    let mut first = Document::new(1).unwrap();
    first.edit(&[Splice::new(0, 0, base.as_str())]).unwrap();
    let start = first.snapshot().unwrap();
    let mut reporter = Document::load(Some(&start), &[], REPORTER).unwrap();
    let over_everything = Splice::new(0, splice::len_utf16(&base), pasted.as_str());
    let paste = reporter.edit(&[over_everything]).unwrap().unwrap();
    let mut editor = Document::load(Some(&start), &[], EDITOR).unwrap();
    editor.replace_body(&mend(&base)).unwrap();
    editor.import(&[paste.bytes]).unwrap();

    let merged = editor.body().unwrap();
    assert!(merged == mend(&pasted), "the paste with the three figures mended, and nothing else");
    assert_eq!(contest::three_way(&base, &pasted, &mend(&base), &merged), Default::default());
}

//! A process that is killed loses nothing it acknowledged, in the middle of folding either.

use std::path::Path;

use crate::child::{command, listen, say};
use crate::common::{NOON, append, article, folded, open, text};

/// Types for ever, folds every seventh row, and says each number once it is acknowledged.
pub(crate) fn type_and_fold(folder: &Path) {
    let library = open(folder);
    library.create_article(article(1), NOON).wait().unwrap();
    let first = library.load(article(1)).unwrap().last_seq + 1;
    for seq in first.. {
        library.append(append(article(1), seq, seq)).wait().unwrap();
        say(&seq.to_string());
        if seq % 7 == 0 {
            let folding = library.fold(article(1), seq, folded(seq), NOON);
            say("folding");
            folding.wait().unwrap();
        }
    }
}

#[test]
fn a_kill_while_typing_and_folding_leaves_exactly_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..24 {
        let mut child = command("type and fold", folder.path(), &[]).spawn().unwrap();
        let said = listen(&mut child);
        let mut heard = 0;
        // A different moment each round: after some lines, on a keystroke or in a fold.
        for line in said {
            heard += 1;
            match line.parse::<i64>() {
                Ok(seq) => acknowledged = seq,
                Err(_) if round % 2 == 0 && heard > round * 3 => break,
                Err(_) => {}
            }
            if round % 2 == 1 && heard > 3 + round * 5 {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let library = open(folder.path());
        let stored = library.load(article(1)).unwrap();
        assert!(stored.last_seq >= acknowledged, "{} of {acknowledged}", stored.last_seq);
        assert_eq!(stored.damage, None);
        let typed: String = (1..=stored.last_seq).map(|seq| format!("<{seq}>")).collect();
        assert_eq!(text(&stored), typed);
        let older = library.load_before(article(1), stored.snapshot_seq).unwrap();
        assert_eq!(text(&older), typed, "by the older generation");
        library.check().unwrap();
    }
    assert!(acknowledged > 300, "{acknowledged}");
}

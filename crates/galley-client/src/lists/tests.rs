use galley_model::workflow::{ItemStatus, Policy, Publication, Role};
use galley_model::{Instant, Sha256};
use galley_store::Reconcile;
use galley_sync::wire::{Person, PublicationStanding};
use uuid::Uuid;

use super::*;

const AUTHOR: u128 = 1;
const EDITOR: u128 = 3;

fn person(n: u128) -> Person {
    Person { id: PersonId(Uuid::from_u128(n)), name: format!("{n}") }
}

fn account(n: u128, roles: &[Role]) -> Account {
    Account {
        server: "https://galley.test".to_owned(),
        newsroom: Uuid::nil(),
        newsroom_name: String::new(),
        epoch: Uuid::nil(),
        device: Uuid::nil(),
        person: person(n).id,
        name: format!("{n}"),
        roles: roles.to_vec(),
        policy: None,
        cursor: 0,
        next_intent: 1,
        token_in: "file".to_owned(),
        reconcile: Reconcile::No,
    }
}

fn said(stage: Stage, is_live: bool, claimed_by: Option<u128>) -> Standing {
    Standing {
        article: ArticleId(Uuid::nil()),
        n: 1,
        wf_rev: 1,
        last_seq: 1,
        content_hash: Sha256::of(b"content"),
        stage,
        item_status: ItemStatus::Usable,
        policy: Policy::two_eyes().reference(),
        author: person(AUTHOR),
        author_word: None,
        co_authors: Vec::new(),
        claimed_by: claimed_by.map(person),
        responsible_editor: String::new(),
        publication: PublicationStanding {
            state: if is_live { Publication::Live } else { Publication::None },
            is_live,
            address: None,
            published_at: is_live.then_some(Instant(1)),
            modified_at: None,
            live_content_hash: None,
            failure: None,
            corrections: Vec::new(),
        },
        sign_offs: Vec::new(),
        opinions: Vec::new(),
        contests: Vec::new(),
        late: Vec::new(),
        peers: Vec::new(),
    }
}

#[test]
fn each_person_finds_an_article_in_the_list_that_says_what_it_is_to_them() {
    let (author, editor) = (account(AUTHOR, &[Role::Reporter]), account(EDITOR, &[Role::ResponsibleEditor]));
    let publisher = account(5, &[Role::Publisher]);
    for (stage, is_live, claimed_by, expected) in [
        (Stage::Draft, false, None, [List::Drafts; 3]),
        (Stage::Submitted, false, None, [List::InReview, List::ForMe, List::InReview]),
        (Stage::Review(1), false, Some(EDITOR), [List::InReview, List::ForMe, List::InReview]),
        (Stage::Review(1), false, Some(9), [List::InReview; 3]),
        (Stage::Returned, false, None, [List::SentBack; 3]),
        (Stage::Approved, false, None, [List::Approved; 3]),
        (Stage::Approved, true, None, [List::Published; 3]),
        (Stage::Held, false, None, [List::Held; 3]),
        (Stage::Spiked, false, None, [List::Declined; 3]),
        // Readers have it, and what was changed since waits for the editor.
        (Stage::Review(1), true, None, [List::Published, List::ForMe, List::Published]),
    ] {
        let said = said(stage, is_live, claimed_by);
        let found = [&author, &editor, &publisher].map(|account| list_of(account, &said));
        assert_eq!(found, expected, "{stage}, live {is_live}, claimed by {claimed_by:?}");
    }
}

#[test]
fn what_was_retracted_stands_among_the_published_whatever_its_stage() {
    let editor = account(EDITOR, &[Role::ResponsibleEditor, Role::EditorInChief]);
    for stage in [Stage::Draft, Stage::Submitted, Stage::Review(1), Stage::Approved, Stage::Returned] {
        let mut said = said(stage, false, None);
        said.item_status = ItemStatus::Canceled;
        said.publication.state = Publication::Retracted;
        assert_eq!(list_of(&editor, &said), List::Published, "{stage}");
    }
}

#[test]
fn nobody_is_asked_to_judge_what_they_wrote() {
    let mut said = said(Stage::Submitted, false, None);
    said.co_authors = vec![person(EDITOR)];
    let writes = account(EDITOR, &[Role::ResponsibleEditor, Role::EditorInChief]);
    assert_eq!(list_of(&writes, &said), List::InReview);
    said.policy = PolicyRef { id: "of a newer server".to_owned(), version: 9 };
    assert_eq!(list_of(&account(7, &[Role::EditorInChief]), &said), List::InReview);
}

//! What lists, search and the status line show of an article, computed beside the keystroke, never in it.

use std::sync::Arc;

use galley_model::checks::{self, CheckContext};
use galley_model::workflow::{Policy, PolicyRef, ResponsibleEditorRule};
use galley_model::{Content, Instant};
use galley_page::BodyText;
use galley_store::{OpenReport, Projection, Publication};

use crate::Galley;
use crate::api::{ApiError, Counts, Notice, Problem};
use crate::clock;
use crate::events::Event;
use crate::preview::Basis;
use crate::session::Session;

/// Characters of text shown in a list.
const EXCERPT: usize = 60;
/// How often a backup is due.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The counts of a text as the window shows them.
pub(crate) fn counts(text: &BodyText) -> Counts {
    let counts = text.counts();
    Counts {
        words: counts.words,
        characters: counts.characters,
        characters_without_spaces: counts.characters_without_spaces,
        han: counts.han,
        latin_words: counts.latin_words,
        paragraphs: counts.paragraphs,
    }
}

/// What stands between an article and its publication under the solo policy.
pub(crate) fn problems(content: &Content, basis: &Basis) -> Vec<Problem> {
    let context = CheckContext {
        responsible_editor: basis.authority.responsible_editor.clone(),
        responsible_editor_required: requires_responsible_editor(&basis.authority.policy),
        now: clock::now(),
    };
    checks::problems(content, &basis.settings, &context)
        .into_iter()
        .map(|problem| Problem {
            code: problem.code.to_owned(),
            field: problem.field,
            hard: problem.hard,
            values: problem.values,
        })
        .collect()
}

/// A policy that this version does not know demands one: the safe side.
fn requires_responsible_editor(policy: &PolicyRef) -> bool {
    let known = [Policy::solo(), Policy::two_eyes(), Policy::three_reviews()];
    let known = known.into_iter().find(|known| known.reference() == *policy);
    known.is_none_or(|policy| policy.responsible_editor == ResponsibleEditorRule::Required)
}

impl Galley {
    /// Brings list text, counts and search up to the document, when they lag behind.
    pub(crate) async fn refresh_projection(&self, session: &Arc<Session>) -> Result<(), ApiError> {
        let (content, upto_seq) = {
            let mut state = session.state();
            if !state.projection_due {
                return Ok(());
            }
            state.projection_due = false;
            (session.content_of(&mut state)?, state.last_seq())
        };
        let written = self.write_projection(session, &content, upto_seq).await;
        if written.is_err() {
            session.state().projection_due = true;
        }
        written
    }

    /// The row numbers that a projection covers must not run ahead of the document it was made from.
    async fn write_projection(
        &self,
        session: &Arc<Session>,
        content: &Content,
        upto_seq: i64,
    ) -> Result<(), ApiError> {
        let projection = projection(content, self.publication_of(session, content).await?, upto_seq);
        self.library().write_projection(session.id, projection).await?;
        self.emit(Event::Changed { article: Some(session.id), lists: true });
        Ok(())
    }

    /// Computes what an unclean exit left undone.
    pub(crate) async fn complete_projections(&self) {
        for id in self.library().dirty_articles().unwrap_or_default() {
            let done = async {
                let (session, _) = self.session(id).await?;
                session.state().projection_due = true;
                self.refresh_projection(&session).await
            };
            if let Err(error) = done.await {
                tracing::warn!(article = %id, ?error, "an article's list text could not be completed");
            }
        }
    }

    /// A quick check of the library after an unclean exit, once the window is there.
    pub(crate) async fn check_library(&self, unclean_exit: bool) {
        if !unclean_exit {
            return;
        }
        let library = self.library().clone();
        let checked = tokio::task::spawn_blocking(move || library.check()).await;
        if let Ok(Err(error)) = checked {
            tracing::error!(%error, "the library did not pass its check");
            self.tell(Notice::new("library_damaged"));
        }
    }

    /// One backup a day while the app runs.
    pub(crate) async fn backup_when_due(&self) {
        let last = self.library().setting("last_backup").ok().flatten();
        let last = Instant(last.and_then(|at| at.parse().ok()).unwrap_or_default());
        let now = clock::now();
        if (0..DAY_MS).contains(&(now.0 - last.0)) {
            return;
        }
        let library = self.library().clone();
        let made = tokio::task::spawn_blocking(move || library.backup(now)).await;
        let records = self.newsroom().backup_when_due(now).await;
        if !matches!(made, Ok(Ok(_))) || records.is_err() {
            tracing::error!("the daily backup failed");
            self.tell(Notice::new("backup_failed"));
        }
        // Tried again tomorrow either way: a full disk is told once a day, not twice a second.
        if let Err(error) = self.library().set_setting("last_backup", &now.0.to_string()).await {
            tracing::warn!(?error, "the time of the backup was not kept");
        }
    }
}

/// What lists and search show of an article.
pub(crate) fn projection(content: &Content, publication: Option<Publication>, upto_seq: i64) -> Projection {
    let text = galley_page::plain_text(&content.body);
    Projection {
        headline: content.headline.clone(),
        excerpt: galley_page::excerpt(content, EXCERPT),
        words: galley_model::counts::count(&text).words,
        search_text: search_text(content, &text),
        publication,
        upto_seq,
    }
}

/// Everything a reporter may search for: text, headline, people, source, keywords.
fn search_text(content: &Content, text: &str) -> String {
    let people = content.contributors.iter().map(|person| person.name.as_str());
    let captions = content.photos.iter().map(|photo| photo.caption.as_str());
    let lines = [
        content.headline.as_str(),
        content.kicker.as_str(),
        content.subheadline.as_str(),
        content.source.name.as_str(),
        content.byline.as_str(),
        content.summary.as_str(),
    ];
    let all =
        lines.into_iter().chain(people).chain(captions).chain(content.keywords.iter().map(String::as_str));
    all.chain([text]).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What opening the library has to tell.
pub(crate) fn notices_of(report: &OpenReport) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let Some(salvage) = &report.salvaged {
        notices.push(
            Notice::new("library_salvaged")
                .with("folder", &salvage.set_aside.display().to_string())
                .with("articles", &salvage.articles.to_string()),
        );
    }
    if report.replayed > 0 {
        notices.push(Notice::new("library_replayed").with("count", &report.replayed.to_string()));
    }
    notices
}

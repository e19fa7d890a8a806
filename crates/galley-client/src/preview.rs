//! The preview: the page as the newsroom will publish it, told to the window as what changed since the last.
//!
//! Never stored. It does not wait for the disk: it shows the document in memory.

use std::sync::Arc;

use galley_model::site::SiteSettings;
use galley_model::{ArticleId, Content, Instant, Sha256};
use galley_page::{ArticleBlock, PageFacts, Templates};

use crate::Galley;
use crate::api::{ApiError, BlockPatch, CorrectionNote, Preview, PreviewRequest};
use crate::clock;
use crate::events::Event;
use crate::projection;
use crate::session::Session;

const MINUTE_MS: i64 = 60_000;

/// What the window shows of an article, as far as the core knows.
#[derive(Default)]
pub(crate) struct Shown {
    version: u32,
    /// Grows when the frame or the newsroom's facts move: the next preview is a whole page.
    pub(crate) frame_moved: bool,
    head: String,
    blocks: Vec<String>,
    starts: Vec<u32>,
    foot: String,
    /// The correction that the page is shown with.
    correction: Option<CorrectionNote>,
    /// What the newsroom says of this article, read anew when `frame_moved`.
    pub(crate) basis: Option<Arc<Basis>>,
}

/// All that a page is made of beside the text.
pub(crate) struct Basis {
    pub(crate) settings: Arc<SiteSettings>,
    pub(crate) templates: Arc<Templates>,
    pub(crate) authority: galley_newsroom::ArticleAuthority,
    pub(crate) frame: galley_page::Frame,
}

impl Galley {
    /// Renders what the core holds of an article, as the difference to what the window shows.
    ///
    /// # Errors
    /// `template` names the file and line of a broken template; the window keeps the last good page.
    pub async fn preview(&self, request: PreviewRequest) -> Result<Preview, ApiError> {
        let session = self.open_session(request.article).await?;
        session.wait_applied(&request.view, request.view_seq).await;
        let basis = self.basis(&session).await?;
        let templates = &basis.templates;
        let mut state = session.state();
        let content = session.content_of(&mut state)?;
        let note = request.correction.filter(|note| !note.text.trim().is_empty());
        let facts = self.page_facts(&session, &basis, &content, note.as_ref());
        let block = templates.article(&content, &facts, &basis.settings)?;
        let page_hash = templates.page_hash_of(&block, &content, &facts, &basis.settings)?;
        // A correction stands in the page's head too.
        state.shown.frame_moved |= std::mem::replace(&mut state.shown.correction, note.clone()) != note;
        let whole = request.have == 0 || request.have != state.shown.version || state.shown.frame_moved;
        let page = match whole {
            true => Some(templates.page(&content, &facts, &basis.settings, &basis.frame, &block)?),
            false => None,
        };
        let counts = projection::counts(&block.text);
        let problems = projection::problems(&content, &basis);
        state.shown.frame_moved = false;
        Ok(state.shown.replace(block, page, page_hash, counts, problems))
    }

    /// The facts a page of this article is rendered from now: the stored times once it is live, and the minute
    /// of looking before that. Seconds are not printed, and would change the page's head with every one.
    pub(crate) fn page_facts(
        &self,
        session: &Session,
        basis: &Basis,
        content: &Content,
        note: Option<&CorrectionNote>,
    ) -> PageFacts {
        let mut facts = self.newsroom().facts_with(session.id, content, &basis.authority, note);
        if facts.published_at.is_none() {
            let now = clock::now().0;
            facts.published_at = Some(Instant(now - now.rem_euclid(MINUTE_MS)));
        }
        facts
    }

    /// What the newsroom says, read again only when it moved.
    pub(crate) async fn basis(&self, session: &Session) -> Result<Arc<Basis>, ApiError> {
        if let Some(basis) = session.state().shown.basis.clone() {
            return Ok(basis);
        }
        let content = session.content()?;
        if let Some(basis) = self.servers_basis(session.id).await? {
            let basis = Arc::new(basis);
            session.state().shown.basis = Some(basis.clone());
            return Ok(basis);
        }
        let (_, settings) = self.newsroom().settings().await?;
        let authority = self.newsroom().authority(session.id).await?;
        let frame = self.newsroom().frame(session.id, &content).await?;
        let templates = self.newsroom().templates();
        let basis = Arc::new(Basis { settings: Arc::new(settings), templates, authority, frame });
        session.state().shown.basis = Some(basis.clone());
        Ok(basis)
    }

    /// Site settings or neighbours moved: every preview is rendered whole the next time.
    pub(crate) fn frame_moved(&self) {
        for session in self.sessions().values() {
            session.state().shown.forget_basis();
        }
        self.emit(Event::Changed { article: None, lists: false });
    }

    /// The newsroom's facts of one article moved.
    pub(crate) fn authority_moved(&self, article: ArticleId) {
        if let Some(session) = self.sessions().get(&article) {
            session.state().shown.forget_basis();
        }
        self.emit(Event::Changed { article: Some(article), lists: true });
    }
}

impl Shown {
    fn forget_basis(&mut self) {
        self.basis = None;
        self.frame_moved = true;
    }

    /// Takes a new rendering and tells what changed.
    fn replace(
        &mut self,
        block: ArticleBlock,
        page: Option<String>,
        page_hash: Sha256,
        counts: crate::api::Counts,
        problems: Vec<crate::api::Problem>,
    ) -> Preview {
        let whole = page.is_some();
        let (starts, blocks): (Vec<u32>, Vec<String>) =
            block.blocks.into_iter().map(|block| (block.start_utf16, block.html)).unzip();
        let preview = Preview {
            version: self.version.wrapping_add(1).max(1),
            page,
            head: (!whole && self.head != block.head).then(|| block.head.clone()),
            foot: (!whole && self.foot != block.foot).then(|| block.foot.clone()),
            patch: if whole { None } else { patch(&self.blocks, &blocks) },
            block_starts: (whole || self.starts != starts).then(|| starts.clone()),
            page_hash,
            counts,
            problems,
        };
        self.version = preview.version;
        self.head = block.head;
        self.foot = block.foot;
        self.blocks = blocks;
        self.starts = starts;
        preview
    }
}

/// The one stretch between the common beginning and the common end.
fn patch(before: &[String], after: &[String]) -> Option<BlockPatch> {
    let same = |pair: &(&String, &String)| pair.0 == pair.1;
    let start = before.iter().zip(after).take_while(same).count();
    let rest = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(same).count();
    let insert: Vec<String> = after.iter().take(after.len() - end).skip(start).cloned().collect();
    let remove = before.len() - end - start;
    if remove == 0 && insert.is_empty() {
        return None;
    }
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Some(BlockPatch { at: number(start), remove: number(remove), insert })
}

#[cfg(test)]
mod tests {
    use super::patch;

    fn check(before: &str, after: &str) {
        let blocks = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let (mut shown, wanted) = (blocks(before), blocks(after));
        if let Some(patch) = patch(&shown, &wanted) {
            let at = patch.at as usize;
            shown.splice(at..at + patch.remove as usize, patch.insert);
        }
        assert_eq!(shown, wanted, "{before} → {after}");
    }

    #[test]
    fn a_patch_turns_what_is_shown_into_what_is_wanted() {
        for (before, after) in [
            ("", ""),
            ("", "a"),
            ("a", ""),
            ("abc", "abc"),
            ("abc", "axc"),
            ("aa", "a"),
            ("a", "aaa"),
            ("aba", "aa"),
        ] {
            check(before, after);
        }
    }

    #[test]
    fn one_changed_block_is_all_that_travels() {
        let blocks = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let patch = patch(&blocks("abcdef"), &blocks("abXdef")).unwrap();
        assert_eq!((patch.at, patch.remove, patch.insert), (2, 1, vec!["X".to_owned()]));
    }
}

//! What moved, and the text: answered only to who may read it.

use galley_model::workflow::review::Writing;
use galley_model::{Meta, PersonId};
use galley_sync::wire::{
    ArticleUpdates, AuthorWord, Bytes, Change, ChangesAnswer, ChangesRequest, Correction, Cursor, Late,
    MAX_CHANGES, Peer, PeerPerson, PublicationStanding, Site, Standing, UpdatesAnswer, UpdatesRequest,
    VersionsAnswer, VersionsRequest, Want, You,
};

use crate::caller::Caller;
use crate::content::have_of;
use crate::error::NewsroomError;
use crate::newsroom::{ArticleAuthority, Newsroom};
use crate::storage::{ArticleFile, OpenLate, Storage};
use crate::text::{Basis, MAX_TOLD, json_len};

/// An answer of more than one article has at most so many bytes of JSON. One article has more only by its contests and
/// late updates, of which [`MAX_TOLD`] are told: a device takes 8 MiB.
const FULL: usize = 3 << 20;
/// Bytes of updates in one answer; base64 makes a third more of them.
const UPDATE_BUDGET: usize = 5 << 19;
/// Files that are in memory at once: late updates make one as large as many texts.
const AT_ONCE: usize = 32;
/// Articles that are looked through for one answer, readable or not.
const LOOKED_THROUGH: usize = 5_000;

impl<S: Storage> Newsroom<S> {
    /// How the articles stand that moved after a cursor, each once, in the order of their newest feed number.
    ///
    /// # Errors
    /// `OtherNewsroom`, `OtherEpoch`, `Storage`.
    pub async fn changes(
        &self,
        caller: &Caller,
        request: ChangesRequest,
    ) -> Result<ChangesAnswer, NewsroomError> {
        let identity = self.0.identity;
        if request.cursor.newsroom != identity.newsroom {
            return Err(NewsroomError::OtherNewsroom);
        }
        if request.cursor.epoch != identity.epoch {
            return Err(NewsroomError::OtherEpoch);
        }
        let limit = request.limit.clamp(1, MAX_CHANGES);
        let (settings_version, settings) = self.settings().await?;
        let look = self.templates().look();
        let has_other_look = request.look.is_some_and(|known| known != look);
        let you = Some(Box::new(You {
            name: caller.actor.name.clone(),
            roles: caller.actor.roles.iter().copied().collect(),
            policy: self.new_policy().await?,
            newsroom_name: settings.name.clone(),
        }));
        let site = (request.site != settings_version || has_other_look)
            .then(|| Box::new(Site { version: settings_version, settings: settings.clone(), look }));
        let (mut articles, mut size, mut looked_through) = (Vec::new(), 0, 0);
        let mut n = request.cursor.n;
        let at = |n| Cursor { n, ..request.cursor };
        loop {
            let (moved, now) = self.0.storage.moved(n, limit).await?;
            if moved.is_empty() {
                // A cursor beyond the feed is not turned back: nothing is behind it.
                return Ok(ChangesAnswer { articles, cursor: at(n.max(now)), more: false, site, you });
            }
            for some in moved.chunks(AT_ONCE) {
                let files = self.0.storage.files(some.iter().map(|(article, _)| *article).collect()).await?;
                for ((article, moved_at), file) in some.iter().copied().zip(files) {
                    let is_full =
                        articles.len() >= limit as usize || size >= FULL || looked_through >= LOOKED_THROUGH;
                    if is_full {
                        return Ok(ChangesAnswer { articles, cursor: at(n), more: true, site, you });
                    }
                    looked_through += 1;
                    let Some(file) = file.file() else {
                        n = moved_at;
                        continue;
                    };
                    let word = self.0.seal.word(&identity, article, file.document.author.clone());
                    let mut change = change(caller, file, word, settings_version, &settings.base_url);
                    if let Some(Change::Standing(standing)) = &mut change {
                        self.tell_texts(standing).await?;
                    }
                    size += change.as_ref().map_or(0, json_len);
                    if size > FULL && !articles.is_empty() && change.is_some() {
                        return Ok(ChangesAnswer { articles, cursor: at(n), more: true, site, you });
                    }
                    n = moved_at;
                    articles.extend(change);
                }
            }
        }
    }

    /// Of the contests and the late updates that this reader may see as many as fit, the oldest first: each that is
    /// decided moves the article, and makes way for the next. The late updates were found without their texts.
    async fn tell_texts(&self, standing: &mut Standing) -> Result<(), NewsroomError> {
        let mut left = MAX_TOLD;
        let mut fits = |len: usize| left.checked_sub(len).map(|less| left = less).is_some();
        let n_told = standing.contests.iter().take_while(|contest| fits(json_len(contest))).count();
        let mut all_told = n_told == standing.contests.len();
        standing.contests.truncate(n_told);
        for mut late in std::mem::take(&mut standing.late) {
            if !all_told {
                break;
            }
            // None when the article was deleted just now, which comes with the next change.
            (late.body, late.meta) = self.0.storage.late_text(late.id).await?.unwrap_or_default();
            all_told = fits(json_len(&late));
            standing.late.extend(all_told.then_some(late));
        }
        Ok(())
    }

    /// The text of articles that this person may read, as many updates as fit, at least one for the first.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn updates(
        &self,
        caller: &Caller,
        request: UpdatesRequest,
    ) -> Result<UpdatesAnswer, NewsroomError> {
        let mut answer = UpdatesAnswer::default();
        let mut left = UPDATE_BUDGET;
        let wants: Vec<Want> = request.wants.into_iter().take(MAX_CHANGES as usize).collect();
        let mut files = Vec::new().into_iter();
        for (at, want) in wants.iter().enumerate() {
            if left == 0 {
                break;
            }
            if at % AT_ONCE == 0 {
                let some = wants.iter().skip(at).take(AT_ONCE).map(|want| want.article);
                files = self.0.storage.files(some.collect()).await?.into_iter();
            }
            let Some(file) = files.next() else { break };
            if !file.file().is_some_and(|file| may_read(caller, &file)) {
                continue;
            }
            let found = self.0.storage.updates_after(want.article, want.after.max(0), left).await?;
            let snapshot_len = found.bytes.snapshot.as_ref().map_or(0, Vec::len);
            let len = found.bytes.updates.iter().map(Vec::len).sum::<usize>() + snapshot_len;
            if len > left && !answer.articles.is_empty() {
                break;
            }
            left = if found.more { 0 } else { left.saturating_sub(len) };
            answer.articles.push(ArticleUpdates {
                article: want.article,
                snapshot: found.bytes.snapshot.map(Bytes),
                updates: found.bytes.updates.into_iter().map(Bytes).collect(),
                upto: found.upto,
                more: found.more,
            });
        }
        Ok(answer)
    }

    /// What the newsroom has of each peer, of articles that this person may read.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn versions(
        &self,
        caller: &Caller,
        request: VersionsRequest,
    ) -> Result<VersionsAnswer, NewsroomError> {
        let mut answer = VersionsAnswer::default();
        let articles: Vec<_> = request.articles.into_iter().take(MAX_CHANGES as usize).collect();
        for some in articles.chunks(AT_ONCE) {
            let files = self.0.storage.files(some.to_vec()).await?;
            for (article, file) in some.iter().zip(files) {
                if let Some(file) = file.file().filter(|file| may_read(caller, file)) {
                    answer.articles.insert(*article, have_of(&file));
                }
            }
        }
        Ok(answer)
    }
}

fn may_read(caller: &Caller, file: &ArticleFile) -> bool {
    !file.document.is_deleted && Basis::of(file).case(&caller.actor, file).may_read()
}

fn correction(correction: galley_page::Correction) -> Correction {
    Correction { at: correction.at, kind: correction.kind, text: correction.text }
}

/// What this person is told of an article; nothing of one that was never for their eyes.
fn change(
    caller: &Caller,
    file: ArticleFile,
    word: Option<AuthorWord>,
    settings_version: u32,
    base_url: &str,
) -> Option<Change> {
    let basis = Basis::of(&file);
    let case = basis.case(&caller.actor, &file);
    let article = file.article;
    let was_writer = file.document.former_co_authors.contains(&caller.actor.person);
    if file.document.is_deleted {
        return (case.is_own() || was_writer).then_some(Change::Deleted { article });
    }
    if !case.may_read() {
        return (case.may_have_read() || was_writer).then_some(Change::Withdrawn { article });
    }
    let decides = case.writing() == Writing::Merges;
    let standing = standing(file, decides, caller.actor.person, settings_version, base_url);
    Some(Change::Standing(Box::new(Standing { author_word: word, ..standing })))
}

fn standing(
    file: ArticleFile,
    decides: bool,
    reader: PersonId,
    settings_version: u32,
    base_url: &str,
) -> Standing {
    let authority =
        ArticleAuthority::of(file.article, file.record.clone(), file.corrections.clone(), settings_version);
    // Those who may decide see all, the others what they wrote themselves.
    let shown = |late: &OpenLate| decides || late.person.id == reader;
    let late = |late: OpenLate| Late {
        id: late.id,
        by: late.person,
        at: late.received_at,
        body: String::new(),
        meta: Meta::new(),
    };
    Standing {
        article: file.article,
        n: file.document.feed,
        wf_rev: file.record.wf_rev,
        last_seq: file.document.last_seq,
        content_hash: file.document.content_hash,
        stage: file.record.stage,
        item_status: file.record.item_status,
        policy: file.record.policy,
        author: file.document.author,
        author_word: None,
        co_authors: file.document.co_authors,
        claimed_by: file.document.claimed_by,
        responsible_editor: file.record.responsible_editor,
        publication: PublicationStanding {
            state: authority.publication,
            is_live: authority.is_live,
            address: authority.address.map(|path| format!("{base_url}{path}")),
            published_at: authority.published_at,
            modified_at: authority.modified_at,
            live_content_hash: authority.live_content_hash,
            failure: authority.failure.map(|failure| failure.code),
            corrections: authority.corrections.into_iter().map(correction).collect(),
        },
        sign_offs: file.sign_offs,
        opinions: file.opinions,
        contests: file.contests,
        late: file.late.into_iter().filter(shown).map(late).collect(),
        peers: file
            .peers
            .into_iter()
            .map(|peer| PeerPerson { peer: Peer(peer.peer), name: peer.name, recovered: peer.recovered })
            .collect(),
    }
}

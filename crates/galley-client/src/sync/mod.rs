//! The driver of the sync: it does what the engine asks for. One per account; the typing path never waits for it.
//!
//! [`Driver::play`] does one event and everything it leads to, so that a test plays whole newsrooms step by step;
//! the app runs it in one task. The plan is the engine's (`galley-sync`), the state is the library's.

mod apply;
mod at_once;
mod closed;
mod http;
mod pace;
mod prepare;
mod recover;
mod secrets;
mod site;
mod talk;
mod theme;
mod transport;

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use galley_model::{ArticleId, PersonId};
use galley_store::{Account, Behind, OutboxItem, OutboxKind, Reconcile};
use galley_sync::engine::{Answer, Effect, Engine, Event, Fault, Flow, Fresh, Request, Status, Stored};
use galley_sync::wire::{self, ChangesAnswer, ChangesRequest, ContentResult, Cursor, Hello, UpdatesAnswer};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::api::{ApiError, Notice};
use crate::galley::Inner;
use crate::{Galley, clock};

use at_once::Ahead;
use pace::Pace;
use prepare::Rows;

pub use http::Http;
pub(crate) use prepare::open as read_document;
pub use secrets::{FileSecrets, Secrets, SystemSecrets};
pub(crate) use talk::Talk;
pub use transport::{Answering, Connect, HttpRequest, HttpResponse, Method, Transport, TransportError};

/// The newest version of the protocol that this app speaks.
const API: u32 = 1;
/// Bytes of a chunk of a photo at most.
const CHUNK_BYTES: usize = 1 << 20;

/// What of the outside world the sync uses.
#[derive(Clone)]
pub struct Wiring {
    /// Makes the way to a server.
    pub connect: Connect,
    /// Keeps the token; none for the system's keychain with a file beside the library as the last resort.
    pub secrets: Option<Arc<dyn Secrets>>,
    /// Where jitter comes from; the same seed gives the same waits.
    pub seed: u64,
    /// Bytes of text that one request carries at most; a test makes it small, so that little goes in many.
    pub request_bytes: usize,
    /// Whether a task syncs by itself; a test that plays step by step says no.
    pub runs_by_itself: bool,
    /// Whether the site of this computer is opened and served; a test with many cores, whose articles are all the
    /// server's, says no.
    pub serves_site: bool,
}

impl Default for Wiring {
    fn default() -> Self {
        Self {
            connect: Arc::new(Http::connect),
            secrets: None,
            seed: uuid::Uuid::new_v4().as_u64_pair().1,
            request_bytes: 2_800_000,
            runs_by_itself: true,
            serves_site: true,
        }
    }
}

/// The task of an account and the way to it.
pub(crate) struct Running {
    events: mpsc::UnboundedSender<Event>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Large answers between the request and their write.
enum Held {
    Hello(Box<Hello>),
    Versions(wire::VersionsAnswer),
    Changes(ChangesAnswer),
    Updates(UpdatesAnswer),
}

/// Does what the engine asks for.
pub struct Driver {
    galley: Weak<Inner>,
    /// For whom it asks.
    person: Option<PersonId>,
    talk: Talk,
    engine: Engine,
    random: u64,
    began: tokio::time::Instant,
    held: Option<Held>,
    /// Articles that are compared now, by their number in the library.
    comparing: Vec<(i64, ArticleId)>,
    /// Up to this number all are compared.
    compared_upto: i64,
    wants: Vec<Behind>,
    /// How much goes into one request.
    pace: Pace,
    /// Whether the next rows may be sent before these are answered.
    may_send_ahead: bool,
    /// Rows that are sent before their turn, and what is asked before its turn.
    sent_ahead: Option<Ahead<Rows, Vec<ContentResult>>>,
    changes_ahead: Option<Ahead<ChangesRequest, ChangesAnswer>>,
    updates_ahead: Option<Ahead<Vec<Behind>, UpdatesAnswer>>,
    ears: Option<mpsc::Receiver<()>>,
}

impl Driver {
    pub(crate) fn new(galley: &Galley, talk: Talk, wiring: &Wiring) -> Self {
        Self {
            galley: galley.downgraded(),
            person: galley.library().account().ok().flatten().map(|account| account.person),
            talk,
            engine: Engine::new(),
            random: wiring.seed | 1,
            began: tokio::time::Instant::now(),
            held: None,
            comparing: Vec::new(),
            compared_upto: 0,
            wants: Vec::new(),
            pace: Pace::new(wiring.request_bytes),
            may_send_ahead: false,
            sent_ahead: None,
            changes_ahead: None,
            updates_ahead: None,
            ears: None,
        }
    }

    /// What the status line says.
    pub fn status(&self) -> Status {
        self.engine.status()
    }

    /// When it wants [`Event::Timer`], in milliseconds since it began.
    pub fn wake_at(&self) -> Option<u64> {
        self.engine.wake_at()
    }

    /// Begins where the last run of the app stopped.
    pub async fn begin(&mut self) {
        let Some(galley) = self.galley.upgrade().map(Galley::from_inner) else { return };
        let reconcile = account(&galley).is_ok_and(|account| account.reconcile != Reconcile::No);
        drop(galley);
        self.play(Event::Started { signed_in: true, reconcile }).await;
    }

    /// Does one event and everything it leads to, until the engine rests.
    pub async fn play(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            // The app is closing.
            let Some(galley) = self.galley.upgrade().map(Galley::from_inner) else { return };
            self.random ^= self.random << 13;
            self.random ^= self.random >> 7;
            self.random ^= self.random << 17;
            for effect in self.engine.handle(event, self.now(), self.random) {
                events.extend(self.act(&galley, effect).await);
            }
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn act(&mut self, galley: &Galley, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Prepare { no, step, limit, skip } => {
                let prepared = self.prepare(galley, step, limit, &skip).await;
                Some(match prepared {
                    Ok(items) => Event::Prepared { no, items },
                    Err(error) => not_done(no, "preparing", &error),
                })
            }
            Effect::Send { no, request } => Some(match self.send(galley, request).await {
                Ok(answer) => Event::Answered { no, answer },
                Err(Sending::Fault(fault)) => Event::Failed { no, fault },
                Err(Sending::Library(error)) => not_done(no, "sending", &error),
            }),
            Effect::Store { no, write } => Some(match self.write(galley, write).await {
                Ok(stored) => Event::Stored { no, stored },
                Err(error) => not_done(no, "storing", &error),
            }),
            Effect::Listen => match self.talk.transport.listen(self.talk.token.as_deref()?).await {
                Ok(ears) => {
                    self.ears = Some(ears);
                    Some(Event::Listening)
                }
                Err(_) => Some(Event::Deaf),
            },
            Effect::Hush => {
                self.ears = None;
                None
            }
            Effect::Wake { .. } => None,
            Effect::Tell { row, code } => {
                galley.emit(crate::Event::Outbox { row, code: code.to_owned() });
                None
            }
            Effect::Halt { problem } => {
                if problem == galley_sync::engine::Problem::SignedOut {
                    let _ = galley.library().sign_out().await;
                }
                galley
                    .tell(Notice::new("sync_stopped").with("reason", crate::account::problem_word(problem)));
                None
            }
            Effect::Status(status) => {
                galley.note_status(status);
                None
            }
        }
    }

    async fn send(&mut self, galley: &Galley, request: Request) -> Result<Answer, Sending> {
        Ok(match request {
            Request::Hello => {
                // What was begun before is of another time, perhaps of other records.
                (self.sent_ahead, self.changes_ahead, self.updates_ahead) = (None, None, None);
                // Whoever may answer there learns no token by it.
                let hello: Hello = self.talk.without_token().get("/hello").await?;
                let account = account(galley)?;
                let answer = Answer::Hello {
                    same_newsroom: hello.newsroom == account.newsroom,
                    same_epoch: hello.epoch == account.epoch,
                    speaks: hello.api_min <= API && hello.api >= API,
                };
                self.held = Some(Held::Hello(Box::new(hello)));
                prepare::retry_unreadable(galley).await?;
                answer
            }
            Request::Photo { row } => Answer::Photo(self.send_photo(galley, row).await?),
            Request::Content { rows } => Answer::Content(self.send_content(galley, rows).await?),
            Request::Intents { rows } => {
                let items = galley.library().outbox_rows(&rows).map_err(ApiError::from)?;
                if items.len() != rows.len() {
                    return Err(Sending::Fault(Fault::Timeout));
                }
                let items = items.into_iter().filter_map(prepare::intent).collect();
                let answer: wire::IntentsAnswer =
                    self.talk.post("/intents", &wire::IntentsRequest { items }).await?;
                Answer::Intents(answer.results)
            }
            Request::Versions => {
                let articles = self.comparing.iter().map(|(_, article)| *article).collect();
                let answer = self.talk.post("/versions", &wire::VersionsRequest { articles }).await?;
                self.held = Some(Held::Versions(answer));
                Answer::Versions
            }
            Request::Changes => {
                self.updates_ahead = None;
                let account = account(galley)?;
                let cursor = Cursor { newsroom: account.newsroom, epoch: account.epoch, n: account.cursor };
                let site = galley.servers_site()?;
                let request = ChangesRequest {
                    cursor,
                    limit: wire::MAX_CHANGES,
                    site: site.as_ref().map_or(0, |site| site.version),
                    look: site.map(|site| site.look),
                };
                let ask = changes(self.talk.clone(), request.clone());
                let mut answer = at_once::answer(self.changes_ahead.take(), &request, ask).await?;
                match &mut answer.site {
                    Some(site) => match self.fetch_theme(galley, site).await {
                        // It keeps nothing else back: under the look that pages have here it is told with each cycle.
                        Err(Sending::Fault(Fault::Refused { .. } | Fault::Unreadable)) => {
                            site.look = galley.templates_for(site).await?.look();
                        }
                        fetched => fetched?,
                    },
                    // While these are taken in, the server is asked for the next.
                    None if answer.more => {
                        let next = ChangesRequest { cursor: answer.cursor, ..request };
                        let ask = changes(self.talk.clone(), next.clone());
                        self.changes_ahead = Some(Ahead::begin(next, ask));
                    }
                    None => {}
                }
                self.held = Some(Held::Changes(answer));
                Answer::Changes
            }
            Request::Updates => {
                let ask = at_once::updates(&self.talk, &self.wants);
                let answer = at_once::answer(self.updates_ahead.take(), &self.wants, ask).await?;
                if at_once::is_whole(&answer, &self.wants) {
                    self.updates_ahead = prepare::wanted_after(galley, &self.wants)?.map(|wants| {
                        let (talk, asked) = (self.talk.clone(), wants.clone());
                        Ahead::begin(wants, async move { at_once::updates(&talk, &asked).await })
                    });
                }
                self.held = Some(Held::Updates(answer));
                Answer::Updates
            }
        })
    }

    /// Sends rows, unless they are under way; while the server looks at them, the next are exported and, on a fast line,
    /// sent behind them.
    async fn send_content(&mut self, galley: &Galley, rows: Vec<i64>) -> Result<Vec<ContentResult>, Sending> {
        let sent = match self.sent_ahead.take().filter(|ahead| ahead.of().is_of(&rows)) {
            Some(ahead) => ahead,
            None => {
                let items = galley.library().outbox_rows(&rows).map_err(ApiError::from)?;
                // Rows that are gone keep their place in the answers.
                if items.len() != rows.len() {
                    return Err(Sending::Fault(Fault::Timeout));
                }
                self.begin_content(Rows::new(rows, &items), items, at_once::MOST)
            }
        };
        let (rows, begun) = (sent.of().clone(), sent.begun());
        let answered = async { (sent.answer().await, begun.elapsed()) };
        let ((results, after), ahead) = tokio::join!(answered, self.send_ahead(galley, &rows));
        self.pace.note(&results, after);
        let results = results?;
        self.sent_ahead = ahead.unwrap_or_else(|error| {
            tracing::warn!(?error, "the next could not be sent ahead");
            None
        });
        Ok(results)
    }

    async fn send_ahead(
        &self,
        galley: &Galley,
        behind: &Rows,
    ) -> Result<Option<Ahead<Rows, Vec<ContentResult>>>, ApiError> {
        prepare::queue_some(galley).await?;
        let next = match self.may_send_ahead && self.pace.is_full() {
            true => prepare::next_rows(galley, behind, self.pace.bytes())?,
            false => None,
        };
        // Half as many: what waits on the server leaves places to others.
        Ok(next.map(|(rows, items)| self.begin_content(rows, items, at_once::MOST / 2)))
    }

    fn begin_content(
        &self,
        rows: Rows,
        items: Vec<OutboxItem>,
        at_once: usize,
    ) -> Ahead<Rows, Vec<ContentResult>> {
        let (talk, items) = (self.talk.clone(), items.into_iter().map(prepare::push).collect());
        Ahead::begin(rows, async move { at_once::content(&talk, items, at_once).await })
    }

    /// Asks where a photo stands, and sends one chunk from there.
    async fn send_photo(&mut self, galley: &Galley, row: i64) -> Result<Flow, Sending> {
        let rows = galley.library().outbox_rows(&[row]).map_err(ApiError::from)?;
        let Some(row) = rows.into_iter().next() else { return Ok(Flow::Done) };
        let library = galley.library().clone();
        let read = tokio::task::spawn_blocking(move || library.media().read(row.sha256)).await;
        let Ok(Ok((mime, bytes))) = read else {
            let code = wire::code::INVALID.to_owned();
            return Err(Sending::Fault(Fault::Refused { status: 422, code, retry_after_ms: None }));
        };
        let size = bytes.len() as u64;
        let request = wire::MediaRequest { sha256: row.sha256, size, mime };
        let wire::MediaAnswer::Upload { id, offset } = self.talk.post("/media", &request).await? else {
            return Ok(Flow::Done);
        };
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        // A chunk that is cut off is sent again whole.
        let to = (from + self.pace.bytes().clamp(32 << 10, CHUNK_BYTES)).min(bytes.len());
        let chunk = bytes.get(from..to).unwrap_or_default().to_vec();
        let begun = tokio::time::Instant::now();
        let taken = self.talk.raw(Method::Patch, &format!("/uploads/{id}"), Some(offset), chunk).await;
        self.pace.note(&taken, begun.elapsed());
        taken?;
        Ok(if to == bytes.len() { Flow::Done } else { Flow::More })
    }
}

async fn changes(talk: Talk, request: ChangesRequest) -> Result<ChangesAnswer, Fault> {
    talk.post("/changes", &request).await
}

/// Why nothing came of a request.
enum Sending {
    Fault(Fault),
    Library(ApiError),
}

impl From<Fault> for Sending {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<ApiError> for Sending {
    fn from(error: ApiError) -> Self {
        Self::Library(error)
    }
}

fn not_done(no: u64, what: &str, error: &ApiError) -> Event {
    tracing::warn!(?error, "the sync could not go on while {what}");
    Event::StoreFailed { no }
}

fn account(galley: &Galley) -> Result<Account, ApiError> {
    let account = galley.library().account()?;
    account.ok_or_else(|| crate::error::fail(crate::api::ErrorCode::SignedOut))
}

/// What waits, for the status line.
fn fresh(galley: &Galley) -> Result<Fresh, ApiError> {
    let (waiting, refused, unsent) = galley.library().outbox_counts()?;
    Ok(Fresh { waiting: waiting + unsent, refused })
}

/// Where a stored result stands in its step.
fn stored(galley: &Galley, more: bool, held: bool) -> Result<Stored, ApiError> {
    Ok(Stored { more, held, fresh: Some(fresh(galley)?) })
}

/// Runs a driver in a task of its own.
pub(crate) fn run(mut driver: Driver) -> Running {
    let (events, mut inbox) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        driver.begin().await;
        loop {
            let wake = driver.wake_at().map(|at| driver.began + std::time::Duration::from_millis(at));
            let mut ears = driver.ears.take();
            let event = tokio::select! {
                event = inbox.recv() => match event {
                    Some(event) => event,
                    None => return,
                },
                () = tokio::time::sleep_until(wake.unwrap_or(driver.began)), if wake.is_some() => Event::Timer,
                heard = heard(&mut ears), if ears.is_some() => match heard {
                    Some(()) => Event::Poked,
                    None => {
                        ears = None;
                        Event::Deaf
                    }
                },
            };
            driver.ears = ears;
            driver.play(event).await;
        }
    });
    Running { events, task }
}

async fn heard(ears: &mut Option<mpsc::Receiver<()>>) -> Option<()> {
    ears.as_mut()?.recv().await
}

/// Kinds of rows, by step.
fn kind(step: galley_sync::engine::Step) -> Option<OutboxKind> {
    use galley_sync::engine::Step;
    match step {
        Step::Photos => Some(OutboxKind::Photo),
        Step::Content => Some(OutboxKind::Content),
        Step::Intents => Some(OutboxKind::Intent),
        Step::Greet | Step::Compare | Step::Changes | Step::Updates => None,
    }
}

/// Now, as a label.
fn at() -> galley_model::Instant {
    clock::now()
}

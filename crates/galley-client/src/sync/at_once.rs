//! Large requests as several at once, and the next one begun while the answer of the last is taken in: a first sync is
//! bound by what each side does one after the other.
//!
//! Nothing here decides anything. Items of one article stay in one request and in their order, and an answer to what was
//! begun ahead is used for exactly that.

use std::collections::BTreeMap;

use galley_model::ArticleId;
use galley_store::Behind;
use galley_sync::engine::Fault;
use galley_sync::wire::{self, ContentResult, Push};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Talk;

/// Requests that are sent beside each other at most.
pub(super) const MOST: usize = 4;
/// Bytes of updates for which one more request is worth its way.
const WORTH_A_REQUEST: usize = 128 << 10;
/// Fewer articles than this are asked for with one request.
const WORTH_TWO_WANTS: usize = 50;

/// Sends updates, in so many requests at most; one result for each, in their order.
///
/// # Errors
/// The fault of any request. The others are waited for: what they stored is known when it is sent again.
pub(super) async fn content(
    talk: &Talk,
    items: Vec<Push>,
    at_once: usize,
) -> Result<Vec<ContentResult>, Fault> {
    let places = parts(&items, at_once);
    let mut of_part: BTreeMap<usize, Vec<Push>> = BTreeMap::new();
    for (item, place) in items.into_iter().zip(&places) {
        of_part.entry(*place).or_default().push(item);
    }
    // Each in a task of its own, so that all are written, looked at and stored beside each other.
    let mut sending = JoinSet::new();
    for (place, items) in of_part {
        let talk = talk.clone();
        sending.spawn(async move { (place, part(&talk, items).await) });
    }
    let (mut answered, mut fault) = (BTreeMap::new(), None);
    while let Some(sent) = sending.join_next().await {
        match sent {
            Ok((place, Ok(results))) => drop(answered.insert(place, results.into_iter())),
            Ok((_, Err(of_part))) => fault = Some(of_part),
            Err(_) => fault = Some(Fault::Timeout),
        }
    }
    let in_order = places.iter().map(|place| answered.get_mut(place)?.next());
    in_order.collect::<Option<Vec<_>>>().ok_or(fault.unwrap_or(Fault::Unreadable))
}

async fn part(talk: &Talk, items: Vec<Push>) -> Result<Vec<ContentResult>, Fault> {
    let n_items = items.len();
    let answer: wire::ContentAnswer = talk.post("/content", &wire::ContentRequest { items }).await?;
    if answer.results.len() == n_items { Ok(answer.results) } else { Err(Fault::Unreadable) }
}

/// Into which request each item goes: all of an article into one, and each about as large as the others.
fn parts(items: &[Push], at_once: usize) -> Vec<usize> {
    let mut of_article: BTreeMap<ArticleId, usize> = BTreeMap::new();
    for item in items {
        *of_article.entry(item.article).or_default() += item.bytes.0.len();
    }
    let n_bytes: usize = of_article.values().sum();
    let n_parts = (n_bytes / WORTH_A_REQUEST).clamp(1, at_once.max(1));
    let (mut places, mut so_far) = (BTreeMap::new(), 0);
    let place = |item: &Push| {
        *places.entry(item.article).or_insert_with(|| {
            let next = so_far * n_parts / n_bytes.max(1);
            so_far += of_article.get(&item.article).copied().unwrap_or_default();
            next.min(n_parts - 1)
        })
    };
    items.iter().map(place).collect()
}

/// Asks for updates of articles.
///
/// # Errors
/// The fault of either request.
pub(super) async fn updates(talk: &Talk, wants: &[Behind]) -> Result<wire::UpdatesAnswer, Fault> {
    let half = if wants.len() < WORTH_TWO_WANTS { wants.len() } else { wants.len().div_ceil(2) };
    let (first, second) = wants.split_at_checked(half).unwrap_or((wants, &[]));
    if second.is_empty() {
        return talk.post("/updates", &request(first)).await;
    }
    let mut beside = JoinSet::new();
    let (own, asked) = (talk.clone(), request(second));
    beside.spawn(async move { own.post::<wire::UpdatesAnswer>("/updates", &asked).await });
    let mut answer: wire::UpdatesAnswer = talk.post("/updates", &request(first)).await?;
    let second = beside.join_next().await.and_then(Result::ok).ok_or(Fault::Timeout)??;
    answer.articles.extend(second.articles);
    Ok(answer)
}

fn request(wants: &[Behind]) -> wire::UpdatesRequest {
    let want = |want: &Behind| wire::Want { article: want.article, after: want.seen_seq };
    wire::UpdatesRequest { wants: wants.iter().map(want).collect() }
}

/// Whether an answer gives everything that was asked for: only then is it known what is asked for next.
pub(super) fn is_whole(answer: &wire::UpdatesAnswer, wants: &[Behind]) -> bool {
    answer.articles.len() == wants.len() && answer.articles.iter().all(|article| !article.more)
}

/// A request that was begun before its turn. Dropped, it waits for no answer; what it sent may have been done.
pub(super) struct Ahead<K, A> {
    of: K,
    begun: Instant,
    under_way: JoinSet<Result<A, Fault>>,
}

impl<K: PartialEq, A: Send + 'static> Ahead<K, A> {
    /// Begins a request, known by what it is of.
    pub(super) fn begin(of: K, request: impl Future<Output = Result<A, Fault>> + Send + 'static) -> Self {
        let mut under_way = JoinSet::new();
        under_way.spawn(request);
        Self { of, begun: Instant::now(), under_way }
    }

    /// What it is of.
    pub(super) fn of(&self) -> &K {
        &self.of
    }

    /// When.
    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// # Errors
    /// The fault of the request.
    pub(super) async fn answer(mut self) -> Result<A, Fault> {
        self.under_way.join_next().await.and_then(Result::ok).unwrap_or(Err(Fault::Timeout))
    }
}

/// The answer to a request: of the one that was begun ahead, when that is of the same, or of one that is begun now.
///
/// # Errors
/// The fault of the request.
pub(super) async fn answer<K: PartialEq, A: Send + 'static>(
    ahead: Option<Ahead<K, A>>,
    of: &K,
    request: impl Future<Output = Result<A, Fault>>,
) -> Result<A, Fault> {
    match ahead.filter(|ahead| ahead.of() == of) {
        Some(ahead) => ahead.answer().await,
        None => request.await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use galley_model::{ArticleId, Instant as Moment, Sha256};
    use galley_sync::wire::{Bytes, ContentAnswer, ContentRequest, Peer};
    use tokio::sync::mpsc;
    use uuid::Uuid;

    use super::*;
    use crate::sync::{Answering, HttpRequest, HttpResponse, Transport, TransportError};

    /// A server that stores what it is sent under the number it begins with, and remembers the requests; the one with
    /// an article that it `refuses` is not answered.
    #[derive(Default)]
    struct Desk {
        requests: Mutex<Vec<Vec<(ArticleId, i32)>>>,
        refuses: Option<ArticleId>,
    }

    impl Transport for Desk {
        fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
            Box::pin(async move {
                let request: ContentRequest = serde_json::from_slice(&request.body).unwrap();
                let items = request.items.iter();
                let mut requests = self.requests.lock().unwrap();
                requests.push(items.map(|item| (item.article, item.start)).collect());
                if request.items.iter().any(|item| Some(item.article) == self.refuses) {
                    return Err(TransportError::NoNetwork);
                }
                let stored = |item: &Push| ContentResult::Stored { seq: item.start.into() };
                let answer = ContentAnswer { results: request.items.iter().map(stored).collect() };
                let body = serde_json::to_vec(&answer).unwrap();
                Ok(HttpResponse { status: 200, is_json: true, retry_after_ms: None, body })
            })
        }

        fn listen(&self, _: &str) -> Answering<'_, mpsc::Receiver<()>> {
            Box::pin(async { Err(TransportError::NoNetwork) })
        }
    }

    fn talk(desk: &Arc<Desk>) -> Talk {
        Talk { transport: desk.clone(), token: None }
    }

    /// Articles that take turns, so many items of so many bytes.
    fn items(n_items: i32, n_articles: i32, n_bytes: usize) -> Vec<Push> {
        let item = |n: i32| Push {
            article: ArticleId(Uuid::from_u128((n % n_articles).unsigned_abs().into())),
            peer: Peer(1),
            start: n,
            end: n + 1,
            sha256: Sha256::of(b""),
            bytes: Bytes(vec![0; n_bytes]),
            at: Moment(0),
            recovered: false,
            author: None,
        };
        (0..n_items).map(item).collect()
    }

    #[tokio::test]
    async fn answers_come_in_the_order_of_the_items_and_an_article_stays_in_one_request() {
        let desk = Arc::new(Desk::default());
        let results = content(&talk(&desk), items(120, 30, 16 << 10), MOST).await.unwrap();
        let stored = |n: i32| ContentResult::Stored { seq: n.into() };
        assert_eq!(results, (0..120).map(stored).collect::<Vec<_>>());
        let requests = desk.requests.lock().unwrap();
        assert_eq!(requests.len(), MOST);
        for article in (0..30).map(|n| ArticleId(Uuid::from_u128(n))) {
            let of_article = |request: &Vec<(ArticleId, i32)>| -> Vec<i32> {
                request.iter().filter(|(id, _)| *id == article).map(|(_, start)| *start).collect()
            };
            let of_each: Vec<Vec<i32>> =
                requests.iter().map(of_article).filter(|items| !items.is_empty()).collect();
            assert_eq!(of_each.len(), 1, "in one request");
            assert!(of_each[0].is_sorted(), "in its order");
        }
    }

    #[tokio::test]
    async fn little_goes_in_one_request_and_no_request_is_empty() {
        let desk = Arc::new(Desk::default());
        assert_eq!(content(&talk(&desk), items(3, 3, 100), MOST).await.unwrap().len(), 3);
        assert_eq!(desk.requests.lock().unwrap().len(), 1);
        // One large article and a small one behind it.
        let (mut uneven, small) = (items(1, 1, 2 << 20), items(2, 2, 100).pop());
        uneven.extend(small);
        let desk = Arc::new(Desk::default());
        assert_eq!(content(&talk(&desk), uneven, MOST).await.unwrap().len(), 2);
        assert!(desk.requests.lock().unwrap().iter().all(|request| !request.is_empty()));
    }

    #[tokio::test]
    async fn one_fault_is_the_fault_of_all_and_the_others_are_waited_for() {
        let refuses = items(40, 40, 16 << 10).first().map(|item| item.article);
        let desk = Arc::new(Desk { refuses, ..Desk::default() });
        assert_eq!(content(&talk(&desk), items(40, 40, 16 << 10), MOST).await, Err(Fault::NoNetwork));
        assert_eq!(desk.requests.lock().unwrap().len(), MOST);
    }

    #[test]
    fn one_large_article_is_one_request() {
        assert_eq!(parts(&items(40, 1, 64 << 10), MOST), [0; 40]);
        assert_eq!(parts(&[], MOST), [0_usize; 0]);
    }
    /// A server that has one update more of each article than it is asked after, and remembers what it was asked for;
    /// requests that begin with an article from here on are refused.
    struct Shelf {
        asked: Mutex<Vec<Vec<wire::Want>>>,
        refuses_from: u128,
    }

    impl Shelf {
        fn refusing(refuses_from: u128) -> Arc<Self> {
            Arc::new(Self { asked: Mutex::default(), refuses_from })
        }

        /// How many articles each request asked for, and all that were asked for, in order.
        fn asked(&self) -> (Vec<usize>, Vec<Behind>) {
            let mut requests = self.asked.lock().unwrap().clone();
            requests.sort_by_key(|wants| wants[0].article);
            let behind = |want: &wire::Want| Behind { article: want.article, seen_seq: want.after };
            (requests.iter().map(Vec::len).collect(), requests.iter().flatten().map(behind).collect())
        }
    }

    impl Transport for Shelf {
        fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
            Box::pin(async move {
                assert_eq!(request.path, "/updates");
                let wire::UpdatesRequest { wants } = serde_json::from_slice(&request.body).unwrap();
                let is_refused = wants[0].article.0.as_u128() >= self.refuses_from;
                let articles = wants.iter().map(|want| update(want.article, want.after + 1)).collect();
                self.asked.lock().unwrap().push(wants);
                if is_refused {
                    return Err(TransportError::NoNetwork);
                }
                let body = serde_json::to_vec(&wire::UpdatesAnswer { articles }).unwrap();
                Ok(HttpResponse { status: 200, is_json: true, retry_after_ms: None, body })
            })
        }

        fn listen(&self, _: &str) -> Answering<'_, mpsc::Receiver<()>> {
            Box::pin(async { Err(TransportError::NoNetwork) })
        }
    }

    fn shelf_talk(shelf: &Arc<Shelf>) -> Talk {
        Talk { transport: shelf.clone(), token: None }
    }

    fn update(article: ArticleId, upto: i64) -> wire::ArticleUpdates {
        let bytes = Bytes(article.0.as_bytes().to_vec());
        wire::ArticleUpdates { article, snapshot: None, updates: vec![bytes], upto, more: false }
    }

    fn wants(n: usize) -> Vec<Behind> {
        let want = |n: usize| Behind { article: ArticleId(Uuid::from_u128(n as u128)), seen_seq: n as i64 };
        (0..n).map(want).collect()
    }

    fn all_of(wants: &[Behind]) -> Vec<wire::ArticleUpdates> {
        wants.iter().map(|want| update(want.article, want.seen_seq + 1)).collect()
    }

    #[tokio::test]
    async fn many_updates_are_asked_for_in_two_halves_and_each_once() {
        let halves: [(usize, &[usize]); 4] = [(1, &[1]), (49, &[49]), (50, &[25, 25]), (101, &[51, 50])];
        for (n, halves) in halves {
            let (shelf, wants) = (Shelf::refusing(u128::MAX), wants(n));
            let answer = updates(&shelf_talk(&shelf), &wants).await.unwrap();
            assert_eq!(answer.articles, all_of(&wants), "in the order of the wants");
            assert_eq!(shelf.asked(), (halves.to_vec(), wants));
        }
    }

    #[tokio::test]
    async fn the_fault_of_either_half_is_the_fault_of_both() {
        for refuses_from in [0, 50] {
            let shelf = Shelf::refusing(refuses_from);
            assert_eq!(updates(&shelf_talk(&shelf), &wants(100)).await, Err(Fault::NoNetwork));
        }
    }

    #[tokio::test]
    async fn what_was_begun_ahead_is_the_answer_to_exactly_that() {
        let (shelf, asked) = (Shelf::refusing(u128::MAX), wants(60));
        let ask = |shelf: &Arc<Shelf>, wants: &[Behind]| {
            let (talk, wants) = (shelf_talk(shelf), wants.to_vec());
            async move { updates(&talk, &wants).await }
        };
        let begin = |shelf: &Arc<Shelf>| Ahead::begin(asked.clone(), ask(shelf, &asked));
        let answered = answer(Some(begin(&shelf)), &asked, ask(&shelf, &asked)).await.unwrap();
        assert_eq!(answered.articles, all_of(&asked));
        assert_eq!(shelf.asked(), (vec![30, 30], asked.clone()), "once");
        let refused = answer(Some(begin(&Shelf::refusing(0))), &asked, ask(&shelf, &asked)).await;
        assert_eq!(refused, Err(Fault::NoNetwork), "its fault is the fault of the request");
        // One that is of something else is let go of.
        let mut moved = asked.clone();
        moved[59].seen_seq += 1;
        let answered = answer(Some(begin(&Shelf::refusing(0))), &moved, ask(&shelf, &moved)).await.unwrap();
        assert_eq!(answered.articles, all_of(&moved));
    }
}

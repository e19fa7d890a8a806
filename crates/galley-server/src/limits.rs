//! How much one device, and all together, may ask for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use uuid::Uuid;

/// The bounds of a server; tests tighten them.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests of one device that may come at once.
    pub burst: u32,
    /// Requests per second that one device may go on with.
    pub per_second: u32,
    /// Requests with a body that are worked on at a time; others wait.
    pub at_once: usize,
    /// Of these, requests with a body of more than 64 KiB, or of a size that is not said: what is left are the places
    /// for what is being typed while others send much.
    pub large_at_once: usize,
    /// How long they wait.
    pub wait: Duration,
    /// How long a request may take.
    pub request: Duration,
    /// How long a chunk of a photo may take: 4 MiB over a bad line.
    pub chunk: Duration,
    /// Streams of events.
    pub streams: usize,
    /// A comment on each stream of events.
    pub heartbeat: Duration,
    /// Connections.
    pub connections: usize,
    /// How long what is under way may take once the server is asked to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            burst: 200,
            per_second: 20,
            at_once: 16,
            large_at_once: 10,
            wait: Duration::from_secs(10),
            request: Duration::from_secs(60),
            chunk: Duration::from_secs(300),
            streams: 2000,
            heartbeat: Duration::from_secs(15),
            connections: 4096,
            grace: Duration::from_secs(20),
        }
    }
}

/// Bytes of a body that is not large: what was typed in some minutes.
const LARGE_BODY: u64 = 64 << 10;

/// The places for requests with a body.
pub(crate) struct Places {
    all: Semaphore,
    large: Semaphore,
}

/// Kept until the request is answered.
pub(crate) struct Place<'a> {
    _large: Option<SemaphorePermit<'a>>,
    _one: SemaphorePermit<'a>,
}

impl Places {
    pub(crate) fn of(limits: &Limits) -> Self {
        Self { all: Semaphore::new(limits.at_once), large: Semaphore::new(limits.large_at_once) }
    }

    /// Waits for a place for a body of so many bytes; a size that is not said may be any.
    pub(crate) async fn take(&self, n_bytes: Option<u64>) -> Result<Place<'_>, AcquireError> {
        // First the one of which there are fewer: while it waits it keeps nobody from another.
        let large = match n_bytes {
            Some(..=LARGE_BODY) => None,
            Some(_) | None => Some(self.large.acquire().await?),
        };
        Ok(Place { _large: large, _one: self.all.acquire().await? })
    }
}

/// What is left of each device's burst.
#[derive(Default)]
pub(crate) struct Buckets(Mutex<HashMap<Uuid, Bucket>>);

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Devices that are remembered; a full bucket is no loss to forget.
const REMEMBERED: usize = 10_000;

impl Buckets {
    /// Takes one request of a device, or says how long it has to wait.
    pub(crate) fn take(&self, device: Uuid, limits: &Limits, now: Instant) -> Result<(), Duration> {
        let (burst, per_second) = (f64::from(limits.burst), f64::from(limits.per_second.max(1)));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let refilled = |bucket: &Bucket| {
            (bucket.left + now.duration_since(bucket.at).as_secs_f64() * per_second).min(burst)
        };
        if buckets.len() >= REMEMBERED {
            buckets.retain(|_, bucket| refilled(bucket) < burst);
        }
        let bucket = buckets.entry(device).or_insert(Bucket { left: burst, at: now });
        let left = refilled(bucket);
        if left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - left) / per_second));
        }
        *bucket = Bucket { left: left - 1.0, at: now };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn however_much_some_send_a_small_body_finds_a_place() {
        let limits = Limits { at_once: 3, large_at_once: 2, ..Limits::default() };
        let places = Places::of(&limits);
        let is_free = |n_bytes| places.take(n_bytes).now_or_never().is_some();
        let large = places.take(Some(LARGE_BODY + 1)).await.unwrap();
        let unsaid = places.take(None).await.unwrap();
        assert!(!is_free(Some(LARGE_BODY + 1)) && !is_free(None));
        let small = places.take(Some(LARGE_BODY)).await.unwrap();
        assert!(!is_free(Some(1)), "all are taken");
        drop(large);
        assert!(is_free(None) && is_free(Some(1)));
        drop((unsaid, small));
        assert!(Limits::default().large_at_once < Limits::default().at_once);
    }

    #[test]
    fn a_device_has_its_burst_then_its_pace_and_harms_no_other() {
        let limits = Limits { burst: 3, per_second: 2, ..Limits::default() };
        let buckets = Buckets::default();
        let begun = Instant::now();
        let take = |device: u128, ms: u64| {
            buckets.take(Uuid::from_u128(device), &limits, begun + Duration::from_millis(ms))
        };
        assert!((0..3).all(|_| take(1, 0).is_ok()));
        assert_eq!(take(1, 0), Err(Duration::from_millis(500)));
        assert!(take(2, 0).is_ok());
        assert!(take(1, 500).is_ok() && take(1, 500).is_err());
        assert!((0..3).all(|_| take(1, 60_000).is_ok()) && take(1, 60_000).is_err());
    }
}

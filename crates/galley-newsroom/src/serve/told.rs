//! What a newsroom tells the server of its site beside the site's files: where pages went, and whose media they play.
//!
//! The newsroom that keeps the records fills this in; the server only looks.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderValue;
use galley_destinations::SitePath;
use galley_model::site::SiteSettings;
use galley_page::content_policy;

/// All that is told. Cheap to clone; clones share.
#[derive(Clone, Debug)]
pub struct Told {
    departures: Departures,
    policy: Arc<RwLock<HeaderValue>>,
}

impl Default for Told {
    fn default() -> Self {
        let policy = Arc::new(RwLock::new(policy(&SiteSettings::default())));
        Self { departures: Departures::default(), policy }
    }
}

impl Told {
    /// Where pages went that are not at their address any more.
    pub fn departures(&self) -> &Departures {
        &self.departures
    }

    /// Has pages load what these settings let them, from now on.
    pub fn follow(&self, settings: &SiteSettings) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy(settings);
    }

    /// The `Content-Security-Policy` of now.
    pub(super) fn policy(&self) -> HeaderValue {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Hosts are checked where the policy is written; were one to slip through, nothing at all is loaded.
fn policy(settings: &SiteSettings) -> HeaderValue {
    HeaderValue::try_from(content_policy(settings)).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Where the page of an address went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It was published and taken down: 410, unless a file stands there again.
    Gone,
    /// It is at another address of the site: 301, whatever file stands there.
    MovedTo(SitePath),
}

/// All departures of one site. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct Departures(Arc<RwLock<BTreeMap<SitePath, Departure>>>);

impl Departures {
    /// Says where the page of an address went; none when it is where it was.
    pub fn set(&self, from: SitePath, to: Option<Departure>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match to {
            Some(departure) => known.insert(from, departure),
            None => known.remove(&from),
        };
    }

    /// Replaces all of them.
    pub fn replace(&self, all: BTreeMap<SitePath, Departure>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// What is known of an address.
    pub fn of(&self, path: &SitePath) -> Option<Departure> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() { None } else { known.get(path).cloned() }
    }
}

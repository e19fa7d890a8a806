//! What is known of addresses whose page went away or elsewhere.
//!
//! The newsroom that keeps the records fills this in; the server only looks.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use galley_destinations::SitePath;

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

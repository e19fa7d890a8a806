//! The one place that draws peers, under which documents are written.

use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static DRAW: RefCell<Option<Rc<dyn Fn() -> u64>>> = const { RefCell::new(None) };
}

/// A random peer, never used before: a reused one would lose text without a word.
pub(crate) fn fresh_peer() -> u64 {
    let drawn = DRAW.with_borrow(Clone::clone).map(|draw| draw());
    let peer = drawn.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
    // The highest is reserved by the engine.
    if peer == u64::MAX { peer - 1 } else { peer }
}

/// Has this thread draw its peers like this from now on. For tests that play whole newsrooms the same again: concurrent
/// words stand in the order of their peers. No peer may ever be drawn twice.
pub fn draw_with(draw: impl Fn() -> u64 + 'static) {
    DRAW.set(Some(Rc::new(draw)));
}

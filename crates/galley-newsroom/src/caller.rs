//! Who asks over the network.

use galley_model::workflow::Actor;
use uuid::Uuid;

/// A library that is signed in, and the person before it; what every question over the network is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Which library.
    pub device: Uuid,
    /// Who, with the roles they have now.
    pub actor: Actor,
}

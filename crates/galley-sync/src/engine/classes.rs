//! What a failed request means for the device.

use crate::wire::code;

/// Why a request led to no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody was reached, or something that is no publishing server answered (a captive portal).
    NoNetwork,
    /// No answer in time; the server may have done it.
    Timeout,
    /// The server said no.
    Refused {
        /// Of HTTP.
        status: u16,
        /// One of [`code`].
        code: String,
        /// `Retry-After`, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// An answer that cannot be read.
    Unreadable,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Again later, after a back-off and not before this.
    Transient {
        /// What the server asked for; 0 for nothing.
        after_ms: u64,
    },
    /// Like transient, and told.
    Quota {
        /// What the server asked for; 0 for nothing.
        after_ms: u64,
    },
    /// The token is not known: stop until signed in, if it is our newsroom that says so.
    Auth,
    /// Stop: not our newsroom.
    OtherNewsroom,
    /// Compare everything.
    OtherEpoch,
    /// Stop until the app is updated.
    TooOld,
    /// The same step from its beginning: an upload stands elsewhere.
    Restart,
    /// This request will never work as it is.
    Permanent {
        /// For the outbox.
        code: &'static str,
    },
}

/// The class of a fault. What is not known is transient: nothing stops for good by a mistake of a server.
pub fn classify(fault: &Fault) -> Class {
    let Fault::Refused { status, code, retry_after_ms } = fault else {
        return Class::Transient { after_ms: 0 };
    };
    let after_ms = retry_after_ms.unwrap_or_default();
    match (*status, code.as_str()) {
        (401, _) => Class::Auth,
        (403, _) => Class::Permanent { code: code::NOT_PERMITTED },
        (409, code::OTHER_NEWSROOM) => Class::OtherNewsroom,
        (409, code::OTHER_EPOCH) => Class::OtherEpoch,
        (409 | 410 | 460, _) => Class::Restart,
        (413, _) => Class::Permanent { code: code::TOO_LARGE },
        (426, _) => Class::TooOld,
        (429, _) => Class::Transient { after_ms },
        (507, _) => Class::Quota { after_ms },
        (400 | 404 | 405 | 415 | 422, _) => Class::Permanent { code: code::INVALID },
        _ => Class::Transient { after_ms },
    }
}

//! Who the newsroom is, and who one is there.

use std::fmt;

use galley_model::workflow::{PolicyRef, Role};
use galley_model::{Instant, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `GET /hello`: who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hello {
    /// Which newsroom.
    pub newsroom: Uuid,
    /// Of its records.
    pub epoch: Uuid,
    /// Its name as the site shows it.
    pub name: String,
    /// The newest version of this protocol that it speaks.
    pub api: u32,
    /// The oldest version that it still speaks.
    pub api_min: u32,
    /// The text engine whose bytes it gives out.
    pub engine: String,
    /// Its clock.
    pub server_time: Instant,
}

/// `POST /sign-in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInRequest {
    /// The person's name.
    pub name: String,
    /// What proves it.
    pub secret: Secret,
    /// What people call this computer.
    pub device_name: String,
    /// The device that this library was, when it was signed in before.
    #[serde(default)]
    pub device: Option<Uuid>,
    /// The token it had then; without it, it becomes a new device.
    #[serde(default)]
    pub token: Option<String>,
}

impl fmt::Debug for SignInRequest {
    /// Never a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInRequest").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What proves who somebody is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Secret {
    /// A code that works once, and the password from now on (10 to 200 characters).
    Code {
        /// As it was printed; case, spaces and hyphens do not matter.
        code: String,
        /// The new password.
        password: String,
    },
    /// The password.
    Password {
        /// As it was set.
        password: String,
    },
}

/// The answer to [`SignInRequest`]; the token is said once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// This library, from now on.
    pub device: Uuid,
    /// For the header `Authorization: Bearer …`.
    pub token: String,
    /// Who signed in.
    pub me: Me,
}

impl fmt::Debug for SignedIn {
    /// Never the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("device", &self.device).field("me", &self.me).finish_non_exhaustive()
    }
}

/// `GET /me`: who one is here, and what one may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Which newsroom.
    pub newsroom: Uuid,
    /// Of its records.
    pub epoch: Uuid,
    /// Its name.
    pub newsroom_name: String,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// What new articles pass.
    pub policy: PolicyRef,
    /// The next number of this device's intents.
    pub next_intent: u64,
}

/// `GET /people`: who is of the newsroom, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeopleAnswer {
    /// Those who may sign in.
    pub people: Vec<Member>,
}

/// A person with what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// Their name now.
    pub name: String,
    /// What they may do.
    #[serde(default)]
    pub roles: Vec<Role>,
}

//! Who may sign in, and who stands behind a token.
//!
//! Every try does the same work whether or not the name exists: it is counted, one password is hashed, and what
//! was wrong is not said. What the records hold signs nobody in: hashes only. Not here: the header that carries
//! a token, and what a person may do with an article.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use galley_model::workflow::{Actor, Role};
use galley_model::{Instant, PersonId, Sha256};
use galley_sync::wire::{Secret, SignInRequest};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::NewsroomError;
use crate::secret::{self, NoRandomness};
use crate::storage::{
    AccountStorage, Attempt, NewSignIn, PersonRecord, SignedInDevice, SqliteStorage, StorageError,
};
use crate::{Newsroom, new_id};

/// How long a code works.
const CODE_LIVES: i64 = 7 * 24 * 60 * 60 * 1000;
/// Failures in a row that a name and an address have for nothing.
const FREE_PER_NAME: u32 = 5;
const FREE_PER_ADDRESS: u32 = 10;
/// Passwords hashed at a time, at 19 MiB each.
const HASHED_AT_ONCE: usize = 2;
/// Sign-ins that may wait for that.
const WAITING: usize = 32;
/// How long a caller is remembered: as long as another process needs to be heard that revokes a token.
const REMEMBERED: Duration = Duration::from_secs(2);
const REMEMBERED_CALLERS: usize = 4096;
/// Characters of a person's and a device's name.
const NAME_CHARS: usize = 60;

/// The accounts of a newsroom. Cheap to clone; all clones of one share its memory of callers.
pub struct Accounts<S = SqliteStorage>(Arc<Inner<S>>);

struct Inner<S> {
    newsroom: Newsroom<S>,
    hashing: Semaphore,
    waiting: Semaphore,
    callers: Mutex<Callers>,
}

/// Who was behind which token a moment ago.
#[derive(Default)]
struct Callers {
    by_token: HashMap<Sha256, (Caller, std::time::Instant)>,
    /// Grows with each revocation, so that an answer read before it is not remembered after it.
    n_forgotten: u64,
}

impl<S> Clone for Accounts<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A code that lets a person sign in for the first time, or again after a forgotten password.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Whose.
    pub person: PersonId,
    /// To be told to the person, and to nobody else.
    pub code: String,
    /// When it stops working.
    pub expires_at: Instant,
}

/// A library that signed in; the token is nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// The token, once.
    pub token: String,
    /// Who it stands for.
    pub caller: Caller,
}

/// Why an account could not be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No such name, or not its code or password.
    #[error("no such name, or not its code or password")]
    WrongSecret,
    /// Too many failures.
    #[error("too many failed sign-ins; wait {} s", wait.as_secs())]
    SlowDown {
        /// How long.
        wait: Duration,
    },
    /// Nobody is signed in with this token.
    #[error("not signed in")]
    SignedOut,
    /// A name or a password that cannot be.
    #[error("the {field} cannot be")]
    Invalid {
        /// `name`, `device_name`, `password` or `role`.
        field: &'static str,
    },
    /// Another person has this name.
    #[error("a person of this name is there already")]
    NameTaken,
    /// Nobody active has this name.
    #[error("no active person has this name")]
    NoSuchPerson,
    /// Too many sign in at once.
    #[error("too many sign in at once")]
    Busy,
    /// The records cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The system gives no randomness, or the program ends.
    #[error("cut off")]
    CutOff,
}

impl From<NewsroomError> for AccountError {
    fn from(error: NewsroomError) -> Self {
        match error {
            NewsroomError::Storage(error) => Self::Storage(error),
            _ => Self::CutOff,
        }
    }
}

impl From<NoRandomness> for AccountError {
    fn from(_: NoRandomness) -> Self {
        Self::CutOff
    }
}

impl<S: AccountStorage> Accounts<S> {
    /// The accounts of this newsroom.
    pub fn of(newsroom: Newsroom<S>) -> Self {
        let (hashing, waiting) = (Semaphore::new(HASHED_AT_ONCE), Semaphore::new(WAITING));
        Self(Arc::new(Inner { newsroom, hashing, waiting, callers: Mutex::default() }))
    }

    fn storage(&self) -> &S {
        &self.0.newsroom.0.storage
    }

    /// Adds a person and gives them a code for their first sign-in.
    ///
    /// # Errors
    /// `Invalid`, `NameTaken`, `Storage`.
    pub async fn add_person(
        &self,
        name: &str,
        roles: BTreeSet<Role>,
        now: Instant,
    ) -> Result<OneTimeCode, AccountError> {
        let name = checked_name(name, "name")?;
        if roles.is_empty() {
            return Err(AccountError::Invalid { field: "role" });
        }
        let id = PersonId(new_id(now));
        let (password, known) = (String::new(), name.clone());
        let person = PersonRecord { id, name, password, active: true, roles, n_devices: 0 };
        if !self.storage().add_person(person, now).await? {
            return Err(AccountError::NameTaken);
        }
        self.0.newsroom.know_person(id, &known, true, now).await?;
        self.new_code(id, now).await
    }

    /// A new code for somebody who lost their password or the code before, which stops working.
    ///
    /// # Errors
    /// `NoSuchPerson`, `Storage`.
    pub async fn give_code(&self, name: &str, now: Instant) -> Result<OneTimeCode, AccountError> {
        self.new_code(self.named(name).await?.id, now).await
    }

    /// Everyone, by name.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn people(&self) -> Result<Vec<PersonRecord>, AccountError> {
        Ok(self.storage().people().await?)
    }

    /// Gives a person these roles in place of those they had. Their devices learn of it; what they wrote stays.
    ///
    /// # Errors
    /// `Invalid` for no role at all, `NoSuchPerson`, `Storage`.
    pub async fn set_roles(
        &self,
        name: &str,
        roles: BTreeSet<Role>,
        now: Instant,
    ) -> Result<(), AccountError> {
        if roles.is_empty() {
            return Err(AccountError::Invalid { field: "role" });
        }
        let person = self.named(name).await?;
        self.storage().set_roles(person.id, roles).await?;
        self.forget();
        // A number of the feed tells every device of this process at once that something changed.
        Ok(self.0.newsroom.know_person(person.id, &person.name, true, now).await?)
    }

    /// Switches a person off: no token, code or password of theirs works any more. What they wrote and signed
    /// stays under their name.
    ///
    /// # Errors
    /// `NoSuchPerson`, `Storage`.
    pub async fn deactivate(&self, name: &str, now: Instant) -> Result<(), AccountError> {
        let person = self.named(name).await?;
        self.storage().deactivate(person.id, now).await?;
        self.0.newsroom.know_person(person.id, &person.name, false, now).await?;
        self.forget();
        Ok(())
    }

    /// Signs a library in. `now` is the server's clock.
    ///
    /// # Errors
    /// `WrongSecret`, the same and in the same time for a name that does not exist; `SlowDown`, `Invalid`,
    /// `Busy`, `Storage`.
    pub async fn sign_in(
        &self,
        request: &SignInRequest,
        from: IpAddr,
        now: Instant,
    ) -> Result<NewDevice, AccountError> {
        let device_name = checked_name(&request.device_name, "device_name")?;
        let (Secret::Code { password, .. } | Secret::Password { password }) = &request.secret;
        if !secret::PASSWORD_CHARS.contains(&password.chars().count()) {
            return Err(AccountError::Invalid { field: "password" });
        }
        let _place = self.0.waiting.try_acquire().map_err(|_| AccountError::Busy)?;
        let name = request.name.trim().to_owned();
        let forgiven = (attempt_key("name", &name), attempt_key("address", &network(from)));
        let tries = [(forgiven.0, FREE_PER_NAME), (forgiven.1, FREE_PER_ADDRESS)];
        if let Attempt::Wait(wait) = self.storage().attempt(tries, now).await? {
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
            return Err(AccountError::SlowDown { wait });
        }
        let person = self.storage().person_named(name).await?.filter(|person| person.active);
        let (person, code) = match &request.secret {
            Secret::Password { password } => (self.by_password(person, password).await?, None),
            Secret::Code { code, password } => {
                let (person, code) = self.by_code(person, code, password, now).await?;
                (person, Some(code))
            }
        };
        let token = secret::new_token()?;
        let continues = request.device.zip(request.token.as_deref().map(secret::token_hash));
        let new = NewSignIn {
            person: person.id,
            code,
            device: Uuid::new_v4(),
            device_name,
            continues,
            token: secret::token_hash(&token),
            forgiven,
            at: now,
        };
        let device = self.storage().sign_in(new).await?.ok_or(AccountError::WrongSecret)?;
        // The token before this one, if there was one, is not valid any more.
        self.forget();
        Ok(NewDevice { token, caller: Caller { device, actor: actor(person) } })
    }

    async fn by_password(
        &self,
        person: Option<PersonRecord>,
        password: &str,
    ) -> Result<PersonRecord, AccountError> {
        let hash = person.as_ref().map(|person| person.password.clone()).unwrap_or_default();
        let password = password.to_owned();
        let right = self.hashing(move || secret::is_password(&password, &hash)).await?;
        person.filter(|_| right).ok_or(AccountError::WrongSecret)
    }

    /// The new password is hashed before it is known whether the code is right.
    async fn by_code(
        &self,
        person: Option<PersonRecord>,
        code: &str,
        password: &str,
        now: Instant,
    ) -> Result<(PersonRecord, (Sha256, String)), AccountError> {
        let code = secret::code_hash(code);
        let holder = self.storage().code_holder(code, now).await?;
        let password = password.to_owned();
        let hash = self.hashing(move || secret::password_hash(&password)).await??;
        let is_theirs = |person: &PersonRecord| {
            let holder = holder.map(|holder| holder.0).unwrap_or_default();
            bool::from(person.id.0.as_bytes().ct_eq(holder.as_bytes()))
        };
        let person = person.filter(is_theirs).ok_or(AccountError::WrongSecret)?;
        Ok((person, (code, hash)))
    }

    /// Hashes a password where it holds nobody up, few at a time.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let _turn = self.0.hashing.acquire().await.map_err(|_| AccountError::CutOff)?;
        let hashed = tokio::task::spawn_blocking(move || {
            secret::warm_up();
            work()
        });
        hashed.await.map_err(|_| AccountError::CutOff)
    }

    /// Who is signed in with this token, with the roles they have now.
    ///
    /// # Errors
    /// `SignedOut`, at once after a revocation in this process and within two seconds after one in another;
    /// `Storage`.
    pub async fn caller(&self, token: &str) -> Result<Caller, AccountError> {
        let token = secret::token_hash(token);
        let asked_at = std::time::Instant::now();
        let n_forgotten = {
            let callers = self.callers();
            if let Some((caller, at)) = callers.by_token.get(&token)
                && asked_at.duration_since(*at) < REMEMBERED
            {
                return Ok(caller.clone());
            }
            callers.n_forgotten
        };
        let found = self.storage().token_holder(token).await?.ok_or(AccountError::SignedOut)?;
        let caller = Caller { device: found.device, actor: actor(found.person) };
        let mut callers = self.callers();
        if callers.n_forgotten == n_forgotten {
            if callers.by_token.len() >= REMEMBERED_CALLERS {
                callers.by_token.clear();
            }
            callers.by_token.insert(token, (caller.clone(), asked_at));
        }
        Ok(caller)
    }

    /// Takes a library's token away; nothing on that library is lost.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn revoke_device(&self, device: Uuid, now: Instant) -> Result<(), AccountError> {
        self.storage().revoke_device(device, now).await?;
        self.forget();
        Ok(())
    }

    /// The libraries of a person that are signed in now.
    ///
    /// # Errors
    /// `NoSuchPerson`, `Storage`.
    pub async fn devices(&self, name: &str) -> Result<Vec<SignedInDevice>, AccountError> {
        Ok(self.storage().devices(self.named(name).await?.id).await?)
    }

    /// Takes the tokens of a person's libraries of this name or id away, such as of one that got lost, and answers
    /// how many there were. The person stays, and signs in elsewhere as before.
    ///
    /// # Errors
    /// `NoSuchPerson`, `Storage`.
    pub async fn revoke_devices(
        &self,
        name: &str,
        device: &str,
        now: Instant,
    ) -> Result<usize, AccountError> {
        let known = self.devices(name).await?.into_iter();
        let known: Vec<_> = known
            .filter(|one| one.name == device.trim() || one.device.to_string() == device.trim())
            .collect();
        for one in &known {
            self.revoke_device(one.device, now).await?;
        }
        Ok(known.len())
    }

    async fn named(&self, name: &str) -> Result<PersonRecord, AccountError> {
        let person = self.storage().person_named(name.trim().to_owned()).await?;
        person.filter(|person| person.active).ok_or(AccountError::NoSuchPerson)
    }

    async fn new_code(&self, person: PersonId, now: Instant) -> Result<OneTimeCode, AccountError> {
        let code = secret::new_code()?;
        let expires_at = Instant(now.0.saturating_add(CODE_LIVES));
        if !self.storage().add_code(person, secret::code_hash(&code), now, expires_at).await? {
            return Err(AccountError::NoSuchPerson);
        }
        Ok(OneTimeCode { person, code, expires_at })
    }

    fn callers(&self) -> MutexGuard<'_, Callers> {
        self.0.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        let mut callers = self.callers();
        callers.by_token.clear();
        callers.n_forgotten += 1;
    }
}

fn actor(person: PersonRecord) -> Actor {
    Actor { person: person.id, name: person.name, roles: person.roles }
}

fn checked_name(name: &str, field: &'static str) -> Result<String, AccountError> {
    let name = name.trim();
    let n_chars = name.chars().count();
    if n_chars == 0 || n_chars > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(AccountError::Invalid { field });
    }
    Ok(name.to_owned())
}

/// Failed names are not kept as they were typed: now and then somebody types a password there.
fn attempt_key(kind: &str, who: &str) -> Sha256 {
    Sha256::of(format!("{kind}\0{who}").as_bytes())
}

/// An address as one user has it: of IPv6 the first 64 bits.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

//! People, devices, codes, tokens and failed sign-ins in the newsroom's records.
//!
//! Every method is one question or one transaction. Secrets come here only as hashes.

use std::collections::BTreeSet;
use std::future::Future;

use galley_model::workflow::Role;
use galley_model::{Instant, PersonId, Sha256};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::read::stored;
use super::sqlite::{SqliteStorage, storage_error};
use super::{StorageError, read};

/// A person as the records hold them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    /// Who.
    pub id: PersonId,
    /// Their name, which is unique.
    pub name: String,
    /// argon2id in PHC form; empty before the first sign-in.
    pub password: String,
    /// Whether they may sign in.
    pub active: bool,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// Libraries that are signed in now.
    pub n_devices: u32,
}

/// Who stands behind a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Which library.
    pub device: Uuid,
    /// Whose.
    pub person: PersonRecord,
}

/// A library that is signed in now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInDevice {
    /// Which library.
    pub device: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// When it last signed in.
    pub signed_in_at: Instant,
}

/// A sign-in whose secret was right, to be written.
#[derive(Clone, Debug)]
pub struct NewSignIn {
    /// Who.
    pub person: PersonId,
    /// The code that is used up by it, and the password hash that it sets.
    pub code: Option<(Sha256, String)>,
    /// The id a new device gets.
    pub device: Uuid,
    /// What people call it.
    pub device_name: String,
    /// The device it says it is, with the hash of that one's token.
    pub continues: Option<(Uuid, Sha256)>,
    /// Of the new token.
    pub token: Sha256,
    /// Whose failed attempts are forgiven: the name's, all; the address's, this one.
    pub forgiven: (Sha256, Sha256),
    /// The clock.
    pub at: Instant,
}

/// Whether somebody may try a secret now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Yes; it is counted as failed until it is forgiven.
    Counted,
    /// Not for so many milliseconds.
    Wait(i64),
}

/// The accounts part of the records.
pub trait AccountStorage: super::Storage {
    /// Everyone, by name.
    fn people(&self) -> impl Future<Output = Result<Vec<PersonRecord>, StorageError>> + Send;
    /// The person of this name.
    fn person_named(
        &self,
        name: String,
    ) -> impl Future<Output = Result<Option<PersonRecord>, StorageError>> + Send;
    /// Who has this token. None when it was revoked or the person switched off.
    fn token_holder(
        &self,
        token: Sha256,
    ) -> impl Future<Output = Result<Option<DeviceRecord>, StorageError>> + Send;
    /// Adds a person. False when the name is taken.
    fn add_person(
        &self,
        person: PersonRecord,
        at: Instant,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// Gives a person a code and voids those before. False when there is no such active person.
    fn add_code(
        &self,
        person: PersonId,
        code: Sha256,
        at: Instant,
        expires_at: Instant,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// The person whose code this is, while it can be used.
    fn code_holder(
        &self,
        code: Sha256,
        at: Instant,
    ) -> impl Future<Output = Result<Option<PersonId>, StorageError>> + Send;
    /// Counts a try of `who`, unless it has to wait: after `free` failures in a row each further one doubles
    /// the wait.
    fn attempt(
        &self,
        who: [(Sha256, u32); 2],
        at: Instant,
    ) -> impl Future<Output = Result<Attempt, StorageError>> + Send;
    /// Writes a sign-in, and answers its device. None when the code was used meanwhile.
    fn sign_in(&self, new: NewSignIn) -> impl Future<Output = Result<Option<Uuid>, StorageError>> + Send;
    /// A person's libraries that are signed in now, the newest sign-in first.
    fn devices(
        &self,
        person: PersonId,
    ) -> impl Future<Output = Result<Vec<SignedInDevice>, StorageError>> + Send;
    /// Takes a device's token away. False when there is no such device.
    fn revoke_device(
        &self,
        device: Uuid,
        at: Instant,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// Gives a person these roles in place of those they had.
    fn set_roles(
        &self,
        person: PersonId,
        roles: BTreeSet<Role>,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// Switches a person off, with all tokens and codes. False when there is no such person.
    fn deactivate(
        &self,
        person: PersonId,
        at: Instant,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
}

impl AccountStorage for SqliteStorage {
    async fn people(&self) -> Result<Vec<PersonRecord>, StorageError> {
        self.read(|connection| people(connection, "", &[])).await
    }

    async fn person_named(&self, name: String) -> Result<Option<PersonRecord>, StorageError> {
        self.read(move |connection| Ok(people(connection, "WHERE person.name = ?", &[&name])?.pop())).await
    }

    async fn token_holder(&self, token: Sha256) -> Result<Option<DeviceRecord>, StorageError> {
        self.read(move |connection| token_holder(connection, token)).await
    }

    async fn add_person(&self, person: PersonRecord, at: Instant) -> Result<bool, StorageError> {
        self.change(move |transaction| {
            let insert = "INSERT INTO person (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
            let id = person.id.to_string();
            if transaction.execute(insert, (&id, &person.name, at.0)).map_err(storage_error)? == 0 {
                return Ok(false);
            }
            add_roles(transaction, &id, &person.roles)?;
            Ok(true)
        })
        .await
    }

    async fn add_code(
        &self,
        person: PersonId,
        code: Sha256,
        at: Instant,
        expires_at: Instant,
    ) -> Result<bool, StorageError> {
        self.change(move |transaction| {
            let person = person.to_string();
            let void = "UPDATE one_time_code SET used_at = ? WHERE person = ? AND used_at = 0";
            transaction.execute(void, (at.0.max(1), &person)).map_err(storage_error)?;
            let insert = "
                INSERT INTO one_time_code (code_sha256, person, made_at, expires_at)
                SELECT ?, id, ?, ? FROM person WHERE id = ? AND active = 1";
            let row = (code.to_string(), at.0, expires_at.0, &person);
            Ok(transaction.execute(insert, row).map_err(storage_error)? == 1)
        })
        .await
    }

    async fn code_holder(&self, code: Sha256, at: Instant) -> Result<Option<PersonId>, StorageError> {
        self.read(move |connection| {
            let sql =
                "SELECT person FROM one_time_code WHERE code_sha256 = ? AND used_at = 0 AND expires_at > ?";
            let found = connection.query_row(sql, (code.to_string(), at.0), |row| row.get::<_, String>(0));
            found.optional().map_err(storage_error)?.map(|person| stored(&person)).transpose()
        })
        .await
    }

    async fn attempt(&self, who: [(Sha256, u32); 2], at: Instant) -> Result<Attempt, StorageError> {
        self.change(move |transaction| attempt(transaction, who, at)).await
    }

    async fn sign_in(&self, new: NewSignIn) -> Result<Option<Uuid>, StorageError> {
        self.change(move |transaction| sign_in(transaction, &new)).await
    }

    async fn devices(&self, person: PersonId) -> Result<Vec<SignedInDevice>, StorageError> {
        self.read(move |connection| {
            let sql = "
                SELECT device.id, device.name, device.signed_in_at
                FROM device JOIN token ON token.device = device.id
                WHERE device.person = ? AND device.revoked_at = 0 ORDER BY device.signed_in_at DESC, device.id";
            let mut statement = connection.prepare_cached(sql).map_err(storage_error)?;
            let rows = statement
                .query_map([person.to_string()], |row| {
                    Ok((row.get::<_, String>(0)?, row.get(1)?, Instant(row.get(2)?)))
                })
                .map_err(storage_error)?;
            let rows: Vec<(String, String, Instant)> = rows.collect::<Result<_, _>>().map_err(storage_error)?;
            let device = |(id, name, signed_in_at): (String, String, Instant)| {
                Ok(SignedInDevice { device: stored(&id)?, name, signed_in_at })
            };
            rows.into_iter().map(device).collect()
        })
        .await
    }

    async fn revoke_device(&self, device: Uuid, at: Instant) -> Result<bool, StorageError> {
        self.change(move |transaction| {
            let device = device.to_string();
            transaction.execute("DELETE FROM token WHERE device = ?", [&device]).map_err(storage_error)?;
            let mark = "UPDATE device SET revoked_at = ? WHERE id = ?";
            Ok(transaction.execute(mark, (at.0.max(1), &device)).map_err(storage_error)? == 1)
        })
        .await
    }

    async fn set_roles(&self, person: PersonId, roles: BTreeSet<Role>) -> Result<(), StorageError> {
        self.change(move |transaction| {
            let person = person.to_string();
            let none = "DELETE FROM person_role WHERE person = ?";
            transaction.execute(none, [&person]).map_err(storage_error)?;
            add_roles(transaction, &person, &roles)
        })
        .await
    }

    async fn deactivate(&self, person: PersonId, at: Instant) -> Result<bool, StorageError> {
        self.change(move |transaction| {
            let (person, now) = (person.to_string(), at.0.max(1));
            let run = |sql: &str| transaction.execute(sql, (now, &person)).map_err(storage_error);
            let off = "UPDATE person SET active = 0, password = '' WHERE id = ?";
            let known = transaction.execute(off, [&person]).map_err(storage_error)? == 1;
            run("UPDATE one_time_code SET used_at = ? WHERE person = ? AND used_at = 0")?;
            run("UPDATE device SET revoked_at = ? WHERE person = ? AND revoked_at = 0")?;
            let tokens = "DELETE FROM token WHERE device IN (SELECT id FROM device WHERE person = ?)";
            transaction.execute(tokens, [&person]).map_err(storage_error)?;
            Ok(known)
        })
        .await
    }
}

impl SqliteStorage {
    /// Runs one writing transaction.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.write(move |connection| {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(storage_error)?;
            let answer = change(&transaction)?;
            transaction.commit().map_err(storage_error)?;
            Ok(answer)
        })
        .await
    }
}

/// Longest wait after failed sign-ins.
const LONGEST_WAIT: i64 = 15 * 60 * 1000;
/// The wait after the first failure too many.
const FIRST_WAIT: i64 = 30 * 1000;
/// After so long, failures are forgotten.
const FORGOTTEN_AFTER: i64 = 24 * 60 * 60 * 1000;
/// So many names and addresses are remembered at most; the oldest go.
const REMEMBERED: i64 = 20_000;

fn add_roles(
    transaction: &Transaction<'_>,
    person: &str,
    roles: &BTreeSet<Role>,
) -> Result<(), StorageError> {
    for role in roles {
        let insert = "INSERT INTO person_role (person, role) VALUES (?, ?)";
        transaction.execute(insert, (person, role_word(*role)?)).map_err(storage_error)?;
    }
    Ok(())
}

fn attempt(
    transaction: &Transaction<'_>,
    who: [(Sha256, u32); 2],
    at: Instant,
) -> Result<Attempt, StorageError> {
    let mut longest = 0;
    for (who, free) in who {
        let sql = "SELECT failures, last_at FROM sign_in_attempt WHERE who = ?";
        let found = transaction
            .query_row(sql, [who.to_string()], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?)))
            .optional()
            .map_err(storage_error)?;
        let Some((failures, last_at)) = found.filter(|(_, last_at)| at.0 - last_at < FORGOTTEN_AFTER) else {
            continue;
        };
        if failures < free {
            continue;
        }
        let wait = FIRST_WAIT.saturating_mul(1 << (failures - free).min(16)).min(LONGEST_WAIT);
        // A clock that was set back must not lock anybody out for longer than the wait.
        longest = longest.max((last_at.min(at.0) + wait) - at.0);
    }
    if longest > 0 {
        return Ok(Attempt::Wait(longest));
    }
    for (who, _) in who {
        let count = "
            INSERT INTO sign_in_attempt (who, failures, last_at) VALUES (?1, 1, ?2)
            ON CONFLICT (who) DO UPDATE SET
                failures = CASE WHEN ?2 - last_at < ?3 THEN failures + 1 ELSE 1 END, last_at = ?2";
        transaction.execute(count, (who.to_string(), at.0, FORGOTTEN_AFTER)).map_err(storage_error)?;
    }
    let forget = "
        DELETE FROM sign_in_attempt WHERE who IN
            (SELECT who FROM sign_in_attempt ORDER BY last_at DESC LIMIT -1 OFFSET ?)";
    transaction.execute(forget, [REMEMBERED]).map_err(storage_error)?;
    Ok(Attempt::Counted)
}

fn sign_in(transaction: &Transaction<'_>, new: &NewSignIn) -> Result<Option<Uuid>, StorageError> {
    let (person, now) = (new.person.to_string(), new.at.0.max(1));
    if let Some((code, password)) = &new.code {
        let used = "
            UPDATE one_time_code SET used_at = ?1
            WHERE code_sha256 = ?2 AND person = ?3 AND used_at = 0 AND expires_at > ?1";
        if transaction.execute(used, (now, code.to_string(), &person)).map_err(storage_error)? != 1 {
            return Ok(None);
        }
        let set = "UPDATE person SET password = ? WHERE id = ? AND active = 1";
        if transaction.execute(set, (password, &person)).map_err(storage_error)? != 1 {
            return Ok(None);
        }
    }
    let device = match continued(transaction, new, &person)? {
        Some(device) => device,
        None => {
            let insert = "
                INSERT INTO device (id, person, name, created_at, signed_in_at)
                SELECT ?1, id, ?3, ?4, ?4 FROM person WHERE id = ?2 AND active = 1";
            let row = (new.device.to_string(), &person, &new.device_name, now);
            if transaction.execute(insert, row).map_err(storage_error)? != 1 {
                return Ok(None);
            }
            new.device
        }
    };
    let named = "UPDATE device SET name = ?, signed_in_at = ? WHERE id = ?";
    transaction.execute(named, (&new.device_name, now, device.to_string())).map_err(storage_error)?;
    let token = "
        INSERT INTO token (token_sha256, device, made_at) VALUES (?1, ?2, ?3)
        ON CONFLICT (device) DO UPDATE SET token_sha256 = ?1, made_at = ?3";
    transaction.execute(token, (new.token.to_string(), device.to_string(), now)).map_err(storage_error)?;
    let (name, address) = (new.forgiven.0.to_string(), new.forgiven.1.to_string());
    transaction.execute("DELETE FROM sign_in_attempt WHERE who = ?", [name]).map_err(storage_error)?;
    let one_less = "UPDATE sign_in_attempt SET failures = max(failures - 1, 0) WHERE who = ?";
    transaction.execute(one_less, [address]).map_err(storage_error)?;
    Ok(Some(device))
}

/// The device that a library was before, when its own token says so and the person is the same.
fn continued(
    transaction: &Transaction<'_>,
    new: &NewSignIn,
    person: &str,
) -> Result<Option<Uuid>, StorageError> {
    let Some((device, token)) = new.continues else { return Ok(None) };
    let sql = "
        SELECT 1 FROM token JOIN device ON device.id = token.device
        WHERE token.token_sha256 = ? AND device.id = ? AND device.person = ? AND device.revoked_at = 0";
    let row = (token.to_string(), device.to_string(), person);
    let found = transaction.query_row(sql, row, |_| Ok(())).optional().map_err(storage_error)?;
    Ok(found.map(|()| device))
}

fn token_holder(connection: &Connection, token: Sha256) -> Result<Option<DeviceRecord>, StorageError> {
    let sql = "
        SELECT device.id, device.person FROM token JOIN device ON device.id = token.device
        WHERE token.token_sha256 = ? AND device.revoked_at = 0";
    let found = connection
        .query_row(sql, [token.to_string()], |row| Ok([row.get::<_, String>(0)?, row.get(1)?]))
        .optional()
        .map_err(storage_error)?;
    let Some([device, person]) = found else { return Ok(None) };
    let person = people(connection, "WHERE person.id = ? AND person.active = 1", &[&person])?.pop();
    let device = read::stored(&device)?;
    Ok(person.map(|person| DeviceRecord { device, person }))
}

fn people(
    connection: &Connection,
    which: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<PersonRecord>, StorageError> {
    let sql = format!(
        "SELECT id, name, password, active,
            (SELECT count(*) FROM token JOIN device ON device.id = token.device
             WHERE device.person = person.id)
         FROM person {which} ORDER BY name"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(storage_error)?;
    let rows = statement
        .query_map(values, |row| {
            let words: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok((words, row.get::<_, bool>(3)?, row.get::<_, u32>(4)?))
        })
        .map_err(storage_error)?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>().map_err(storage_error)?;
    let person = |([id, name, password], active, n_devices): ([String; 3], bool, u32)| {
        let roles = roles(connection, &id)?;
        Ok(PersonRecord { id: stored(&id)?, name, password, active, roles, n_devices })
    };
    rows.into_iter().map(person).collect()
}

fn roles(connection: &Connection, person: &str) -> Result<BTreeSet<Role>, StorageError> {
    let sql = "SELECT role FROM person_role WHERE person = ?";
    let mut statement = connection.prepare_cached(sql).map_err(storage_error)?;
    let rows = statement.query_map([person], |row| row.get::<_, String>(0)).map_err(storage_error)?;
    let words: Vec<String> = rows.collect::<Result<_, _>>().map_err(storage_error)?;
    words.iter().map(|word| role_of(word)).collect()
}

fn role_word(role: Role) -> Result<String, StorageError> {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StorageError::Other("a role without a word".to_owned())),
    }
}

fn role_of(word: &str) -> Result<Role, StorageError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StorageError::Damaged(format!("no role is called {word}")))
}

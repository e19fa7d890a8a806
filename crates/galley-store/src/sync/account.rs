//! The one account of a library.

use galley_model::PersonId;
use galley_model::workflow::{PolicyRef, Role};
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

/// Whose newsroom the library belongs to, and where the device stands with its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Address of the server, without `/api/v1`.
    pub server: String,
    /// Never another one for this library.
    pub newsroom: Uuid,
    /// As people call it.
    pub newsroom_name: String,
    /// Of the server's records.
    pub epoch: Uuid,
    /// This library, as the server calls it.
    pub device: Uuid,
    /// Who is signed in, or was last.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// What new articles pass.
    pub policy: Option<PolicyRef>,
    /// The last feed number that was taken.
    pub cursor: i64,
    /// The number the next intent takes.
    pub next_intent: u64,
    /// Where the token lies: `keychain`, `file`, or empty when signed out.
    pub token_in: String,
    /// What has to be compared with the server before anything is sent.
    pub reconcile: Reconcile,
}

/// Why the device compares what the server has with what it has itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reconcile {
    /// No need.
    #[default]
    No,
    /// The library came from a copy or was rebuilt: the server may have more of our own than we know.
    Library,
    /// The server's records came from a copy: it may have less than we know, of anybody.
    Server,
}

impl Account {
    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        !self.token_in.is_empty()
    }
}

impl Library {
    /// The account, none before the first sign-in.
    pub fn account(&self) -> Result<Option<Account>, StoreError> {
        self.read(read)
    }

    /// Notes who is signed in where. Cursor, epoch and number of intents are kept when the library was signed in
    /// to this newsroom before as the same device.
    ///
    /// # Errors
    /// `OtherNewsroom` when the library belongs to another one; nothing is changed then.
    pub fn sign_in(&self, account: Account) -> Pending<Account> {
        self.writer().write(move |connection, _| {
            let mut account = account.clone();
            if let Some(before) = read(connection)? {
                if before.newsroom != account.newsroom {
                    return Err(StoreError::OtherNewsroom { newsroom: before.newsroom });
                }
                // Another epoch shows at the first answer, and is reconciled then.
                (account.epoch, account.cursor) = (before.epoch, before.cursor);
                account.reconcile = before.reconcile;
                if before.device == account.device {
                    account.next_intent = account.next_intent.max(before.next_intent);
                }
                if before.person != account.person {
                    // What one may read is another person's: everything is asked for again, nothing is deleted.
                    account.cursor = 0;
                }
            }
            write(connection, &account)?;
            Ok(account)
        })
    }

    /// What the newsroom says of who is signed in has changed; nothing when somebody else is by now.
    pub fn note_person(&self, said: Account) -> Pending<()> {
        self.writer().write(move |connection, _| {
            let account = read(connection)?.filter(|account| account.person == said.person);
            let Some(account) = account else { return Ok(()) };
            // Everything else of it may have moved since it was read.
            let Account { name, roles, policy, newsroom_name, .. } = said.clone();
            write(connection, &Account { name, roles, policy, newsroom_name, ..account })
        })
    }

    /// Forgets that somebody is signed in. Articles, outbox and cursor stay.
    pub fn sign_out(&self) -> Pending<()> {
        self.writer().write(|connection, _| {
            connection.execute("UPDATE account SET token_in = ''", [])?;
            Ok(())
        })
    }

    /// Begins to compare with a server whose records are of this epoch. With another epoch than before, what it
    /// gave us is asked for again from the beginning; nothing is deleted.
    pub fn begin_reconcile(&self, epoch: Uuid) -> Pending<()> {
        self.writer().write(move |connection, _| {
            let Some(account) = read(connection)? else { return Ok(()) };
            let server = account.epoch != epoch || account.reconcile == Reconcile::Server;
            connection.execute(
                "UPDATE account SET epoch = ?1, cursor = 0, reconcile = ?2",
                params![epoch.as_bytes(), if server { 2 } else { 1 }],
            )?;
            if account.epoch != epoch {
                connection.execute("UPDATE sync SET seen_seq = 0, last_seq = 0, feed = 0, stuck = ''", [])?;
            }
            Ok(())
        })
    }

    /// Everything has been compared.
    pub fn finish_reconcile(&self) -> Pending<()> {
        self.writer().write(|connection, _| {
            connection.execute("UPDATE account SET reconcile = 0", [])?;
            Ok(())
        })
    }
}

pub(super) fn read(connection: &Connection) -> Result<Option<Account>, StoreError> {
    let mut account = connection.prepare_cached(
        "SELECT server, newsroom, newsroom_name, epoch, device, person, name, roles, policy, cursor, next_intent,
                token_in, reconcile FROM account",
    )?;
    let account = account.query_row([], |row| {
        Ok(Account {
            server: row.get(0)?,
            newsroom: Uuid::from_bytes(row.get(1)?),
            newsroom_name: row.get(2)?,
            epoch: Uuid::from_bytes(row.get(3)?),
            device: Uuid::from_bytes(row.get(4)?),
            person: PersonId(Uuid::from_bytes(row.get(5)?)),
            name: row.get(6)?,
            roles: serde_json::from_str(row.get_ref(7)?.as_str()?).unwrap_or_default(),
            policy: serde_json::from_str(row.get_ref(8)?.as_str()?).ok(),
            cursor: row.get(9)?,
            next_intent: row.get::<_, i64>(10)?.cast_unsigned(),
            token_in: row.get(11)?,
            reconcile: match row.get::<_, i64>(12)? {
                0 => Reconcile::No,
                1 => Reconcile::Library,
                _ => Reconcile::Server,
            },
        })
    });
    Ok(account.optional()?)
}

fn write(connection: &Connection, account: &Account) -> Result<(), StoreError> {
    let json = |value: serde_json::Result<String>| value.unwrap_or_default();
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO account (one, server, newsroom, newsroom_name, epoch, device, person, name, roles,
                                             policy, cursor, next_intent, token_in, reconcile)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            account.server,
            account.newsroom.as_bytes(),
            account.newsroom_name,
            account.epoch.as_bytes(),
            account.device.as_bytes(),
            account.person.0.as_bytes(),
            account.name,
            json(serde_json::to_string(&account.roles)),
            account.policy.as_ref().map(|policy| json(serde_json::to_string(policy))).unwrap_or_default(),
            account.cursor,
            account.next_intent.cast_signed(),
            account.token_in,
            account.reconcile as i64,
        ])?;
    Ok(())
}

/// The library was put together from copies: before anything is sent, the server is asked what it has.
pub(crate) fn compare_first(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE account SET cursor = 0, reconcile = max(reconcile, 1)", [])?;
    connection.execute("UPDATE sync SET unsent = 1, feed = 0 WHERE goes_up = 1", [])?;
    Ok(())
}

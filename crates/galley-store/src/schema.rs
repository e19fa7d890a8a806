//! The library's schema and its migrations.
//!
//! `schema.sql` is always the newest version. Each step of [`STEPS`] brings the version before it to the next;
//! step, check and version bump share one transaction. An upgraded library equals a fresh one.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{OpenError, StoreError};

/// `Galy`: how a library is told from other SQLite files.
pub(crate) const APPLICATION_ID: i32 = 0x4761_6c79;

const FRESH: &str = include_str!("schema.sql");

/// Step `i` brings version `i + 1` to `i + 2`.
const STEPS: &[&str] = &[include_str!("steps/2.sql")];

/// A schema: its newest form and the way there.
#[derive(Clone, Copy)]
pub(crate) struct Schema<'a> {
    fresh: &'a str,
    steps: &'a [&'a str],
}

/// The library's schema.
pub(crate) const LIBRARY: Schema<'static> = Schema { fresh: FRESH, steps: STEPS };

impl Schema<'_> {
    /// The newest version that this Galley reads.
    pub(crate) fn version(self) -> u32 {
        self.steps.len() as u32 + 1
    }

    /// Brings the database to the newest version; `before_step` runs once before a library that holds
    /// something is changed. Returns the version it had, none when it was made now.
    pub(crate) fn apply(
        self,
        connection: &mut Connection,
        before_step: impl FnOnce(&Connection, u32) -> Result<(), OpenError>,
    ) -> Result<Option<u32>, OpenError> {
        let found = version(connection)?;
        if found > self.version() {
            return Err(OpenError::TooNew { found, known: self.version() });
        }
        if found == self.version() {
            return Ok(Some(found));
        }
        if found > 0 {
            before_step(connection, found)?;
        }
        if found == 0 {
            self.make(connection)?;
            return Ok(None);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        for step in self.steps.iter().skip(found as usize - 1) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", self.version())?;
        transaction.commit()?;
        Ok(Some(found))
    }

    /// Makes an empty library in an empty file.
    pub(crate) fn make(self, connection: &mut Connection) -> Result<(), StoreError> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(self.fresh)?;
        let epoch = uuid::Uuid::new_v4();
        transaction.execute("INSERT INTO library (one, epoch) VALUES (1, ?1)", [epoch.as_bytes()])?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", self.version())?;
        transaction.commit()?;
        Ok(())
    }
}

/// The database's version; 0 for one that was just made.
pub(crate) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rusqlite::Connection;

    use super::{LIBRARY, STEPS, Schema, version};
    use crate::error::OpenError;

    /// Everything that is in a schema, in an order of its own.
    fn objects(connection: &Connection) -> Vec<(String, String)> {
        let mut objects =
            connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name").unwrap();
        let objects = objects.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        objects.map(Result::unwrap).collect()
    }

    fn fresh() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        LIBRARY.make(&mut connection).unwrap();
        connection
    }

    #[test]
    fn an_upgraded_library_equals_a_fresh_one() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema");
        for from in 1..=LIBRARY.version() {
            // What version `from` made, kept as it was.
            let old = fs::read_to_string(fixtures.join(format!("{from}.sql"))).unwrap();
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(&old).unwrap();
            connection.pragma_update(None, "user_version", from).unwrap();
            assert_eq!(LIBRARY.apply(&mut connection, |_, _| Ok(())).unwrap(), Some(from));
            assert_eq!(objects(&connection), objects(&fresh()), "from version {from}");
            assert_eq!(version(&connection).unwrap(), LIBRARY.version());
        }
        assert_eq!(STEPS.len() as u32 + 1, LIBRARY.version());
    }

    /// A schema of three versions.
    const TALE: Schema<'static> = Schema {
        fresh: "CREATE TABLE library (one, epoch); CREATE TABLE a (x, y); CREATE TABLE b (x);",
        steps: &["ALTER TABLE a ADD COLUMN y", "CREATE TABLE b (x)"],
    };

    fn old() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE library (one, epoch); CREATE TABLE a (x); PRAGMA user_version = 1")
            .unwrap();
        connection
    }

    #[test]
    fn steps_run_once_and_in_order_after_a_copy_was_made() {
        let mut connection = old();
        let mut copied = Vec::new();
        let apply = |connection: &mut Connection, copied: &mut Vec<u32>| {
            TALE.apply(connection, |before, from| {
                assert_eq!(objects(before).len(), 2, "nothing has changed yet");
                copied.push(from);
                Ok(())
            })
        };
        assert_eq!(apply(&mut connection, &mut copied).unwrap(), Some(1));
        assert_eq!((version(&connection).unwrap(), objects(&connection).len()), (3, 3));
        assert_eq!(apply(&mut connection, &mut copied).unwrap(), Some(3));
        assert_eq!(copied, [1]);
        assert!(matches!(
            LIBRARY.apply(&mut connection, |_, _| Ok(())),
            Err(OpenError::TooNew { found: 3, known: 2 })
        ));
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let mut connection = old();
        let broken = Schema { steps: &["ALTER TABLE a ADD COLUMN y", "CREATE TABLE a (x)"], ..TALE };
        assert!(broken.apply(&mut connection, |_, _| Ok(())).is_err());
        assert!(TALE.apply(&mut connection, |_, _| Err(OpenError::DiskFull)).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        assert_eq!(objects(&connection), objects(&old()));
    }
}

//! The tables of people, their devices and what proves them. No row holds anything that signs anyone in: a
//! password is kept as its argon2id hash, a code and a token as their SHA-256.

pub(crate) const ACCOUNTS: &str = "
-- An account. A person is never deleted, since sign-offs name them; they are switched off.
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- argon2id in PHC form, '' before the first sign-in.
    password TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL
) STRICT;

-- What a person may do.
CREATE TABLE person_role (
    person TEXT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    PRIMARY KEY (person, role)
) STRICT, WITHOUT ROWID;

-- What lets a person set a password, once.
CREATE TABLE one_time_code (
    code_sha256 TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX one_time_code_person ON one_time_code (person);

-- A library that signed in. Never deleted: peers and intents name it.
CREATE TABLE device (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    signed_in_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX device_person ON device (person);

-- One per device, gone when it is revoked.
CREATE TABLE token (
    token_sha256 TEXT PRIMARY KEY,
    device TEXT NOT NULL UNIQUE REFERENCES device (id),
    made_at INTEGER NOT NULL
) STRICT;

-- Failed sign-ins in a row, by the hash of a name or of an address.
CREATE TABLE sign_in_attempt (
    who TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_attempt_age ON sign_in_attempt (last_at);
";

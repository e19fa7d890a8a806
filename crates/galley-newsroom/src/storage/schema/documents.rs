//! The tables of the text: what devices wrote, as the newsroom keeps it, and what is to be decided about it.

pub(crate) const DOCUMENTS: &str = "
-- What new articles pass.
ALTER TABLE newsroom ADD COLUMN policy TEXT NOT NULL DEFAULT 'solo';
ALTER TABLE newsroom ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 1;

-- The names of people as they were last seen here, and whether they are still of the newsroom. Accounts are
-- elsewhere: an embedded newsroom has none.
CREATE TABLE known_person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1
) STRICT;

-- An article whose text is here. Body and facts stand beside the updates for whoever decides or publishes.
CREATE TABLE document (
    article TEXT PRIMARY KEY REFERENCES article (id),
    author TEXT NOT NULL,
    author_name TEXT NOT NULL,
    claimed_by TEXT NOT NULL DEFAULT '',
    claimed_name TEXT NOT NULL DEFAULT '',
    -- It was handed in at some time: others have read it.
    handed_in INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0,
    content_hash TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    meta TEXT NOT NULL DEFAULT '{}',
    -- The newest number of the feed that concerns it.
    feed INTEGER NOT NULL
) STRICT;
CREATE INDEX document_feed ON document (feed, article);

-- Who writes with the author. A row stays when that ends, so that their devices are told once.
CREATE TABLE co_author (
    article TEXT NOT NULL REFERENCES article (id),
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (article, person)
) STRICT, WITHOUT ROWID;

-- Every update, as the newsroom exported it; never changed, never served in another form.
CREATE TABLE text_update (
    article TEXT NOT NULL REFERENCES article (id),
    seq INTEGER NOT NULL,
    peer TEXT NOT NULL,
    first INTEGER NOT NULL,
    past INTEGER NOT NULL,
    -- Of the bytes as the device sent them: the same again is known, others are a fork.
    sha_in TEXT NOT NULL,
    bytes BLOB NOT NULL,
    device TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (article, seq),
    UNIQUE (article, peer, first)
) STRICT;

-- Everything up to a number at once, so that nobody reads a thousand updates.
CREATE TABLE text_snapshot (
    article TEXT PRIMARY KEY REFERENCES article (id),
    upto INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Who sat behind each peer. The first device to write under one has it; '' until a device claims what was brought
-- back.
CREATE TABLE peer (
    article TEXT NOT NULL REFERENCES article (id),
    peer TEXT NOT NULL,
    device TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    recovered INTEGER NOT NULL DEFAULT 0,
    past INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    PRIMARY KEY (article, peer)
) STRICT, WITHOUT ROWID;

-- Places where a person has to choose.
CREATE TABLE contest (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id),
    contest TEXT NOT NULL,
    opened_feed INTEGER NOT NULL,
    settled_feed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contest_open ON contest (article, opened_feed) WHERE settled_feed = 0;

-- What somebody wrote who may not change the article any more, until it is decided.
CREATE TABLE late_update (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id),
    peer TEXT NOT NULL,
    first INTEGER NOT NULL,
    past INTEGER NOT NULL,
    sha_in TEXT NOT NULL,
    bytes BLOB NOT NULL,
    device TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    meta TEXT NOT NULL,
    -- open, accepted, refused, or replaced by a longer one.
    state TEXT NOT NULL
) STRICT;
CREATE INDEX late_update_article ON late_update (article, state, received_at);

-- What was refused for good; with its bytes only where looking at them killed whoever looked.
CREATE TABLE quarantine (
    article TEXT NOT NULL,
    peer TEXT NOT NULL,
    first INTEGER NOT NULL,
    past INTEGER NOT NULL,
    sha_in TEXT NOT NULL,
    reason TEXT NOT NULL,
    bytes BLOB NOT NULL,
    device TEXT NOT NULL,
    person TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (article, peer, first, sha_in)
) STRICT;

-- The next number of each device's wishes.
CREATE TABLE device_intent (
    device TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;
";

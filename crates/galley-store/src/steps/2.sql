-- Whose newsroom the library belongs to and where the device stands with its server: one row, or none before the
-- first sign-in. Signing out empties `token_in` and keeps the row: a library never changes its newsroom.
-- `reconcile` is 1 while what the server has must be compared first: the library or the server came from a copy.
CREATE TABLE account (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  server TEXT NOT NULL,
  newsroom BLOB NOT NULL,
  newsroom_name TEXT NOT NULL DEFAULT '',
  epoch BLOB NOT NULL,
  device BLOB NOT NULL,
  person BLOB NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  roles TEXT NOT NULL DEFAULT '[]',
  policy TEXT NOT NULL DEFAULT '',
  cursor INTEGER NOT NULL DEFAULT 0,
  next_intent INTEGER NOT NULL DEFAULT 1,
  token_in TEXT NOT NULL DEFAULT '',
  reconcile INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Articles that the server knows or shall know. `goes_up` is 1 while what is typed is sent; a private article has
-- no row or 0. `seen_seq` is the last update of the server that the journal holds, `last_seq` the last there is.
-- `unsent` marks what may have something to send, `stuck` says why nothing is sent although it goes up.
CREATE TABLE sync (
  article INTEGER NOT NULL PRIMARY KEY REFERENCES article (n) ON DELETE CASCADE,
  goes_up INTEGER NOT NULL DEFAULT 0,
  unsent INTEGER NOT NULL DEFAULT 0,
  stuck TEXT NOT NULL DEFAULT '',
  access TEXT NOT NULL DEFAULT '',
  seen_seq INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL DEFAULT 0,
  feed INTEGER NOT NULL DEFAULT 0,
  standing TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sync_unsent ON sync (article) WHERE unsent = 1;
CREATE INDEX sync_behind ON sync (article) WHERE last_seq > seen_seq;

-- How far the operations of a peer have been folded away, queued and acknowledged, one past the last.
CREATE TABLE upload (
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  peer INTEGER NOT NULL,
  folded INTEGER NOT NULL DEFAULT 0,
  queued INTEGER NOT NULL DEFAULT 0,
  acked INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (article, peer)
) STRICT, WITHOUT ROWID;

-- What goes to the server, byte for byte, committed before it is sent; and what became of it. The payload of what
-- arrived is emptied. `no` is an intent's number, 0 for the rest; `article` is the id, so that the row outlives it.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('photo', 'content', 'intent')),
  article BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  payload BLOB NOT NULL DEFAULT x'',
  peer INTEGER NOT NULL DEFAULT 0,
  start_at INTEGER NOT NULL DEFAULT 0,
  end_at INTEGER NOT NULL DEFAULT 0,
  no INTEGER NOT NULL DEFAULT 0,
  needs TEXT NOT NULL DEFAULT '{}',
  recovered INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_waiting ON outbox (kind, id) WHERE state = 'waiting';
CREATE INDEX outbox_by_article ON outbox (article, id);

-- Bytes that could not be used, or made way for the server's text: set aside, never deleted by the sync.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  article BLOB NOT NULL,
  reason TEXT NOT NULL,
  bytes BLOB NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- Private drafts that hold what a writer typed into an article where it could not stay. `late` is the server's
-- name of a late update, empty for other reasons.
CREATE TABLE private_copy (
  copy INTEGER NOT NULL PRIMARY KEY REFERENCES article (n) ON DELETE CASCADE,
  of_article BLOB NOT NULL,
  late BLOB NOT NULL DEFAULT x'',
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX private_copy_of ON private_copy (of_article);

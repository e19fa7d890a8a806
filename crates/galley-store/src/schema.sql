-- The library, one row: its random epoch names this incarnation to derived files.
CREATE TABLE library (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  epoch BLOB NOT NULL
) STRICT;

-- What a list shows. `updated_at` follows the projection, not the keystroke, so that typing moves no index.
CREATE TABLE article (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  list TEXT NOT NULL DEFAULT 'drafts',
  publication TEXT NOT NULL DEFAULT 'none',
  live_version BLOB NOT NULL DEFAULT x'',
  headline TEXT NOT NULL DEFAULT '',
  excerpt TEXT NOT NULL DEFAULT '',
  words INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX article_by_list ON article (list, updated_at, n);

-- Length of each list, kept by the triggers below so that nobody ever counts.
CREATE TABLE list_count (
  list TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER article_added AFTER INSERT ON article BEGIN
  INSERT INTO list_count (list, count) VALUES (new.list, 1)
    ON CONFLICT (list) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER article_removed AFTER DELETE ON article BEGIN
  UPDATE list_count SET count = count - 1 WHERE list = old.list;
END;
CREATE TRIGGER article_moved AFTER UPDATE OF list ON article WHEN old.list <> new.list BEGIN
  UPDATE list_count SET count = count - 1 WHERE list = old.list;
  INSERT INTO list_count (list, count) VALUES (new.list, 1)
    ON CONFLICT (list) DO UPDATE SET count = count + 1;
END;

-- Articles deleted for good, in order, so that neither the day log nor a backup brings them back and the
-- search index forgets them. `article` was the number.
CREATE TABLE deleted_article (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  article INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- What an article has beside its journal. A keystroke does not touch it: last number, time and caret stand in
-- the journal's rows, and move here when rows are folded away. `seq` is the last row that was, `caret_seq` the
-- last row when `caret` was noted, `change_no` numbers the changes beside the journal: drafts, list,
-- publication, revisions.
CREATE TABLE state (
  article INTEGER NOT NULL PRIMARY KEY REFERENCES article (n) ON DELETE CASCADE,
  seq INTEGER NOT NULL DEFAULT 0,
  edited_at INTEGER NOT NULL,
  change_no INTEGER NOT NULL DEFAULT 0,
  caret INTEGER NOT NULL DEFAULT 0,
  caret_seq INTEGER NOT NULL DEFAULT 0,
  scroll INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Articles whose list text, counts and search text are behind their journal.
CREATE TABLE dirty (
  article INTEGER NOT NULL PRIMARY KEY REFERENCES article (n) ON DELETE CASCADE
) STRICT;

-- The journal: one committed update each, in the order of the commits. `sum` is over everything but the caret,
-- which is -1 when the update says nothing of it.
CREATE TABLE journal (
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  peer INTEGER NOT NULL,
  counter_start INTEGER NOT NULL,
  counter_end INTEGER NOT NULL,
  view TEXT NOT NULL,
  view_seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  caret INTEGER NOT NULL DEFAULT -1,
  bytes BLOB NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (article, seq)
) STRICT, WITHOUT ROWID;

-- The last number seen of each view whose rows were folded away, so that an update sent again is known.
CREATE TABLE view_seen (
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  view TEXT NOT NULL,
  view_seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (article, view)
) STRICT, WITHOUT ROWID;

-- Folded journals, two generations; `body` and `meta` are the exit door: plain text, zstd. `sum` is a SHA-256
-- over article, `upto`, snapshot and the hash of the body.
CREATE TABLE snapshot (
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  upto INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  sum BLOB NOT NULL,
  body BLOB NOT NULL,
  body_sha256 BLOB NOT NULL,
  meta BLOB NOT NULL,
  meta_sha256 BLOB NOT NULL,
  version BLOB NOT NULL,
  engine TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (article, upto)
) STRICT;

-- What was typed into the form and is not yet a fact of the document. The empty key is the text that was
-- being composed in the body.
CREATE TABLE draft (
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (article, key)
) STRICT, WITHOUT ROWID;

-- The text of each article as search and snippets read it, zstd. `change` grows with every rewrite and is
-- never used twice: search follows it.
CREATE TABLE plain (
  change INTEGER PRIMARY KEY AUTOINCREMENT,
  article INTEGER NOT NULL UNIQUE REFERENCES article (n) ON DELETE CASCADE,
  text BLOB NOT NULL
) STRICT;

-- Named versions of an article.
CREATE TABLE revision (
  id BLOB NOT NULL PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  version BLOB NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  words INTEGER NOT NULL DEFAULT 0,
  headline TEXT NOT NULL DEFAULT '',
  content_hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_by_article ON revision (article, at);

-- Which person sat behind a peer: one peer per article and run of the app, never used again.
CREATE TABLE session (
  article INTEGER NOT NULL REFERENCES article (n) ON DELETE CASCADE,
  peer INTEGER NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL,
  PRIMARY KEY (article, peer)
) STRICT, WITHOUT ROWID;

-- Choices and places: preferences, the last article. `no` counts how often each was set.
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  no INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

-- Photos in the library, by the SHA-256 of their stripped bytes.
CREATE TABLE media (
  sha256 BLOB NOT NULL PRIMARY KEY,
  mime TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  size INTEGER NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  original_sha256 BLOB NOT NULL
) STRICT, WITHOUT ROWID;

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

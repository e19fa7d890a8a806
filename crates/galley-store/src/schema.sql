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

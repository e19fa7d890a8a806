//! The tables of the site's lists, and of what was said to readers about articles that were wrong.

pub(crate) const SITE: &str = r#"
-- The lists of the site by name: '' for all articles, then one per section, person and so on. Numbered pages begin
-- at the oldest; the newest takes articles up to a fixed number and never another.
CREATE TABLE list (
    name TEXT PRIMARY KEY,
    -- Of a person, as first spelled.
    title TEXT NOT NULL DEFAULT '',
    last_page INTEGER NOT NULL DEFAULT 0,
    n_on_last INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Where an article stands in a list; it keeps its page while it is away, so that it comes back to it.
CREATE TABLE entry (
    list TEXT NOT NULL,
    at INTEGER NOT NULL,
    article TEXT NOT NULL REFERENCES article (id),
    page INTEGER NOT NULL,
    -- It was the first of its page: the page before links on since then.
    begins INTEGER NOT NULL,
    live INTEGER NOT NULL,
    PRIMARY KEY (list, at, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_page ON entry (list, page, at, article);
CREATE INDEX entry_article ON entry (article, list);

-- They are made anew in the tables above, from what was published.
DROP TABLE listing;
DROP TABLE shown;
DELETE FROM job WHERE json_extract(work, '$.work') IN ('frame', 'site');
INSERT INTO job (priority, article, work)
    SELECT 3, '', '{"work":"relist","after":null}' WHERE EXISTS (SELECT 1 FROM publication WHERE live <> '');
INSERT INTO job (priority, article, work)
    SELECT 4, '', '{"work":"site","after":null}' WHERE EXISTS (SELECT 1 FROM destination);

-- By which settings articles were listed: other sections mean that all are listed anew.
ALTER TABLE newsroom ADD COLUMN listed_by TEXT NOT NULL DEFAULT '';

-- When something in a site map changed last.
CREATE TABLE site_map (
    number INTEGER PRIMARY KEY,
    modified_at INTEGER NOT NULL
) STRICT;

-- 更正: what stands with an article since a publication. Append-only.
CREATE TABLE correction (
    article TEXT NOT NULL REFERENCES article (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (article, at)
) STRICT, WITHOUT ROWID;

-- 声明撤稿: the notice in an article's place. Append-only; the reason is not for readers.
CREATE TABLE retraction (
    article TEXT PRIMARY KEY REFERENCES article (id),
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    notice TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT;

-- Addresses under which an article was shown before it was published under another.
CREATE TABLE former_address (
    slug TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES article (id),
    PRIMARY KEY (slug, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_address_article ON former_address (article, slug);
"#;

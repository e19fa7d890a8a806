//! The tables of what stays on record of people's decisions: who saved which settings, which text each judgement was
//! of, and judgements that came too late to have an effect.

pub(crate) const RECORD: &str = "
-- Who saved the settings over the network, on which library, under which number of the feed; '' and 0 for nobody.
ALTER TABLE site_settings ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE site_settings ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE site_settings ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE site_settings ADD COLUMN feed INTEGER NOT NULL DEFAULT 0;

-- The text that judgements were of, once for each content of an article. Append-only.
CREATE TABLE judged_text (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id),
    content_hash TEXT NOT NULL,
    body TEXT NOT NULL,
    meta TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    UNIQUE (article, content_hash)
) STRICT;

-- Judgements without effect: what a sign-off holds, and why. Append-only.
CREATE TABLE opinion (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id),
    content_hash TEXT NOT NULL,
    feed INTEGER NOT NULL,
    opinion TEXT NOT NULL
) STRICT;
CREATE INDEX opinion_article ON opinion (article, feed);
";

//! The tables of the site's search.

pub(crate) const SEARCH: &str = "
-- Live articles as search tells them, the newest first publication first: `n` grows with its time, and is the number
-- of the article's terms. The text itself is that of the live revision.
CREATE TABLE searched (
    n INTEGER PRIMARY KEY,
    article TEXT NOT NULL UNIQUE REFERENCES article (id)
) STRICT;

-- Texts become terms before they come here; a term's first character finds it, too. It only proposes.
CREATE VIRTUAL TABLE search_term USING fts5 (
    text, content = '', contentless_delete = 1, detail = none, prefix = '1', tokenize = 'ascii'
);
";

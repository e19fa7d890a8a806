//! The tables of the newsroom's word on whose an article is.

pub(crate) const AUTHORSHIP: &str = "
-- The key of the newsroom's word on an author: 32 random bytes, made at the first start; empty before.
ALTER TABLE newsroom ADD COLUMN seal BLOB NOT NULL DEFAULT x'';

-- Every epoch that these records lived through, oldest first.
CREATE TABLE epoch (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;

-- In which epoch the author of an article is on record since; the newsroom's word of an earlier one outweighs it.
ALTER TABLE document ADD COLUMN author_since INTEGER NOT NULL DEFAULT 1;
";

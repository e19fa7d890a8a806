//! What of the updates and contests belongs together: a change that its writer sends in several requests.

pub(crate) const RUNS: &str = "
-- The first operation of the run that the update is part of; none when its writer knew everything that was there.
ALTER TABLE text_update ADD COLUMN run INTEGER;

-- The run that opened it, '' for none; and whether another was asked in its place, so that nobody chose.
ALTER TABLE contest ADD COLUMN peer TEXT NOT NULL DEFAULT '';
ALTER TABLE contest ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contest ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
CREATE INDEX contest_run ON contest (article, peer, since, replaced, opened_feed);
";

-- Version 8: the past that is still to be fetched. `ticket` is empty for that of the family as a
-- whole; `page` is where it goes on, NULL where nothing of it has come yet. Stores of before may
-- have begun with a snapshot, so all of them look for it once.
CREATE TABLE past (
    fam INTEGER NOT NULL, ticket TEXT NOT NULL, page TEXT,
    PRIMARY KEY (fam, ticket)
) STRICT, WITHOUT ROWID;
INSERT INTO past (fam, ticket) SELECT fam, '' FROM family_log WHERE cursor IS NOT NULL;

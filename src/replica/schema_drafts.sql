-- The local state store, version 5: several programs may be writing on one thing at once, and each
-- keeps its text.

CREATE TABLE draft_5 (
    family_id BLOB NOT NULL, about BLOB NOT NULL, kind TEXT NOT NULL, copy INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL, saved_at INTEGER NOT NULL,
    PRIMARY KEY (family_id, about, kind, copy)
) STRICT, WITHOUT ROWID;
INSERT INTO draft_5 SELECT family_id, about, kind, 0, content, saved_at FROM draft;
DROP TABLE draft;
ALTER TABLE draft_5 RENAME TO draft;

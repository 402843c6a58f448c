-- The local state store, version 4: several programs may be writing on one thing at once, and each
-- keeps its text.

CREATE TABLE draft_4 (
    family_id BLOB NOT NULL, ticket_id BLOB NOT NULL, kind TEXT NOT NULL, copy INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL, saved_at INTEGER NOT NULL,
    PRIMARY KEY (family_id, ticket_id, kind, copy)
) STRICT, WITHOUT ROWID;
INSERT INTO draft_4 SELECT family_id, ticket_id, kind, 0, content, saved_at FROM draft;
DROP TABLE draft;
ALTER TABLE draft_4 RENAME TO draft;

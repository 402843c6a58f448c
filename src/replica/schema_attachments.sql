-- Files on tickets and comments; their bytes are fetched when somebody wants them.
CREATE TABLE attachment (
    fam INTEGER NOT NULL, ticket_id BLOB NOT NULL, attachment_id BLOB NOT NULL, comment_id BLOB,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, ticket_id, attachment_id)
) STRICT, WITHOUT ROWID;

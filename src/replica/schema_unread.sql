-- Version 3: what is unread. `unread` is kept by unread.rs: 1 where the last that happened to the ticket was
-- done by someone else and lies beyond this person's marker, or where they said so; see
-- model/read_marker.rs. `latest_*`: the number, the author and the moment of that last, as far as
-- this person sees; 0 where nobody knows, as for what an import brought.
ALTER TABLE ticket ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN latest_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN latest_by BLOB;
ALTER TABLE ticket ADD COLUMN latest_time INTEGER NOT NULL DEFAULT 0;
CREATE INDEX unread ON ticket (fam, status, severity) WHERE listed = 1 AND unread = 1;

-- How many of the tickets that a counter counts are unread.
ALTER TABLE tally ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;

-- This person's own markers.
CREATE TABLE read_marker (
    fam INTEGER NOT NULL, ticket_id BLOB NOT NULL, user_id BLOB NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, ticket_id, user_id)
) STRICT, WITHOUT ROWID;

-- How far this person's own log of the family has been pulled.
ALTER TABLE family_log ADD COLUMN own TEXT;

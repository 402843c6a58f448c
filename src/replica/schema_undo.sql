-- Version 2: what this person did lately, so that it can be undone, also after a restart. It can't
-- be fetched again. Those that are undone are the newest.

CREATE TABLE deed (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    deed_id BLOB NOT NULL UNIQUE,
    words TEXT NOT NULL,
    done_at INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One per command of a deed. `back` is what turns it over, as JSON: what undoes it or, once it is
-- undone, what does it again. `given` are the ids of the commands that were given last for it.
CREATE TABLE deed_step (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    deed INTEGER NOT NULL REFERENCES deed (position) ON DELETE CASCADE,
    fam INTEGER NOT NULL, ticket_id BLOB NOT NULL,
    given TEXT NOT NULL, back TEXT NOT NULL
) STRICT;
CREATE INDEX step_of_deed ON deed_step (deed);
CREATE INDEX step_of_ticket ON deed_step (fam, ticket_id);

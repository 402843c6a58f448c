-- The local state store, version 1. `fam` is the family's number in `family_log`, so that indexes
-- stay small. Every entity's table holds the whole record as JSON beside the columns that lists
-- and rules look for. All of it can be fetched again, but for outbox, settled, tray and draft.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- How far each family has been pulled, and how its owner stands in it.
CREATE TABLE family_log (
    fam INTEGER PRIMARY KEY,
    family_id BLOB NOT NULL UNIQUE,
    cursor TEXT,
    witness TEXT,
    last_cseq INTEGER NOT NULL DEFAULT 0,
    standing TEXT
) STRICT;

CREATE TABLE user (
    fam INTEGER NOT NULL, user_id BLOB NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE family (
    fam INTEGER NOT NULL, family_id BLOB NOT NULL, family_name TEXT NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, family_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    fam INTEGER NOT NULL, user_id BLOB NOT NULL, display_name TEXT NOT NULL, is_admin INTEGER NOT NULL,
    live INTEGER NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE family_group (
    fam INTEGER NOT NULL, group_id BLOB NOT NULL, group_name TEXT NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_membership (
    fam INTEGER NOT NULL, group_id BLOB NOT NULL, user_id BLOB NOT NULL, live INTEGER NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX groups_of ON group_membership (fam, user_id) WHERE live = 1;

CREATE TABLE queue (
    fam INTEGER NOT NULL, queue_id BLOB NOT NULL, group_id BLOB NOT NULL, queue_name TEXT NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, queue_id)
) STRICT, WITHOUT ROWID;

-- `id` begins with the creation date (see nouns/ticket.rs), so its order is the order of creation
-- and every index below ends in it. `listed`: neither deleted nor merged into another.
CREATE TABLE ticket (
    id INTEGER PRIMARY KEY,
    fam INTEGER NOT NULL,
    ticket_id BLOB NOT NULL,
    queue_id BLOB NOT NULL,
    number TEXT,
    number_count INTEGER,
    title TEXT NOT NULL,
    severity INTEGER NOT NULL,
    status INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    assigned_to BLOB,
    created INTEGER NOT NULL,
    resolved INTEGER,
    due INTEGER,
    snoozed INTEGER,
    last_update INTEGER NOT NULL,
    last_comment INTEGER,
    activity INTEGER NOT NULL,
    comments INTEGER NOT NULL,
    parent BLOB,
    merged BLOB,
    listed INTEGER NOT NULL,
    version INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (ticket_id, fam)
) STRICT;
CREATE INDEX everywhere_severity ON ticket (status, severity) WHERE listed = 1;
CREATE INDEX everywhere_activity ON ticket (status, activity) WHERE listed = 1;
CREATE INDEX family_severity ON ticket (fam, status, severity) WHERE listed = 1;
CREATE INDEX family_activity ON ticket (fam, status, activity) WHERE listed = 1;
CREATE INDEX queue_severity ON ticket (fam, queue_id, status, severity) WHERE listed = 1;
CREATE INDEX queue_activity ON ticket (fam, queue_id, status, activity) WHERE listed = 1;
CREATE INDEX holder_severity ON ticket (fam, assigned_to, status, severity) WHERE listed = 1;
CREATE INDEX holder_activity ON ticket (fam, assigned_to, status, activity) WHERE listed = 1;
-- What a search asks of each hit, close together: the rows themselves lie far apart.
CREATE INDEX hits ON ticket (id, fam, status, severity, activity) WHERE listed = 1;
CREATE INDEX snoozed ON ticket (snoozed) WHERE listed = 1 AND snoozed IS NOT NULL;
CREATE INDEX children ON ticket (fam, parent) WHERE parent IS NOT NULL;
CREATE INDEX merged ON ticket (fam, merged) WHERE merged IS NOT NULL;
CREATE INDEX numbers ON ticket (number_count) WHERE number_count IS NOT NULL;

CREATE TABLE ticket_tag (
    id INTEGER NOT NULL, tag TEXT NOT NULL,
    PRIMARY KEY (id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged ON ticket_tag (tag, id);

CREATE TABLE description (
    id INTEGER PRIMARY KEY,
    fam INTEGER NOT NULL, ticket_id BLOB NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    UNIQUE (fam, ticket_id)
) STRICT;

CREATE TABLE participant (
    fam INTEGER NOT NULL, ticket_id BLOB NOT NULL, role TEXT NOT NULL, user_id BLOB NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, ticket_id, role, user_id)
) STRICT, WITHOUT ROWID;

-- `path`: the places of all the comments above and then its own, so that the order of the
-- thread is the order of the index.
CREATE TABLE comment (
    id INTEGER PRIMARY KEY,
    fam INTEGER NOT NULL, ticket_id BLOB NOT NULL, comment_id BLOB NOT NULL,
    reply_to BLOB, comment_date INTEGER NOT NULL, path BLOB NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
    UNIQUE (fam, ticket_id, comment_id)
) STRICT;
CREATE INDEX thread ON comment (fam, ticket_id, path) WHERE deleted = 0;
CREATE INDEX newest_comment ON comment (fam, ticket_id, comment_date) WHERE deleted = 0;
CREATE INDEX replies ON comment (fam, ticket_id, reply_to) WHERE reply_to IS NOT NULL;

-- Which texts stand in the blob store, and which tickets they belong to.
CREATE TABLE blob_ref (
    sha256 TEXT NOT NULL, fam INTEGER NOT NULL, ticket_id BLOB NOT NULL, entity_id TEXT NOT NULL,
    PRIMARY KEY (sha256, fam, entity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_of ON blob_ref (fam, entity_id);

-- Counters of listed tickets. `kind` and `place`: 0 the family, 1 a queue, 2 an assignee
-- (empty for nobody), 3 an assignee within a queue.
CREATE TABLE tally (
    fam INTEGER NOT NULL, kind INTEGER NOT NULL, place BLOB NOT NULL,
    status INTEGER NOT NULL, severity INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (fam, kind, place, status, severity)
) STRICT, WITHOUT ROWID;

-- The same per day (UTC): open and created by the day of creation, resolved by the day of that.
CREATE TABLE day_tally (
    fam INTEGER NOT NULL, kind INTEGER NOT NULL, place BLOB NOT NULL,
    day INTEGER NOT NULL, severity INTEGER NOT NULL,
    open INTEGER NOT NULL, created INTEGER NOT NULL, resolved INTEGER NOT NULL,
    PRIMARY KEY (fam, kind, place, day, severity)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE ticket_text USING fts5 (
    title, description, comments,
    content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

-- The confirmed record of every entity that pending commands have changed; NULL: there is none.
CREATE TABLE shadow (
    fam INTEGER NOT NULL, entity_type TEXT NOT NULL, entity_id TEXT NOT NULL,
    ticket_id BLOB, json TEXT,
    PRIMARY KEY (fam, entity_type, entity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX unsent ON shadow (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE event (
    fam INTEGER NOT NULL, seq INTEGER NOT NULL,
    entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, ticket_id BLOB,
    time INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, seq)
) STRICT;
CREATE INDEX event_of_entity ON event (fam, entity_type, entity_id, seq);
CREATE INDEX event_of_ticket ON event (fam, ticket_id, seq) WHERE ticket_id IS NOT NULL;

-- A snapshot on its way in.
CREATE TABLE staged (
    fam INTEGER NOT NULL, entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (fam, entity_type, entity_id)
) STRICT;

-- Own commands on their way out. `verdict` is what a push was told, as JSON; `doubt` is the
-- refusal that the rules give here and now, as JSON.
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    fam INTEGER NOT NULL, cseq INTEGER NOT NULL, command_id BLOB NOT NULL UNIQUE,
    actor TEXT NOT NULL, command TEXT NOT NULL, submitted_at INTEGER NOT NULL,
    verdict TEXT, doubt TEXT,
    UNIQUE (fam, cseq)
) STRICT;

CREATE TABLE settled (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    fam INTEGER NOT NULL, command_id BLOB NOT NULL UNIQUE,
    actor TEXT NOT NULL, command TEXT NOT NULL, submitted_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tray (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    fam INTEGER NOT NULL, command_id BLOB NOT NULL UNIQUE, command_type TEXT NOT NULL,
    command TEXT NOT NULL, refusal TEXT NOT NULL
) STRICT;

CREATE TABLE draft (
    family_id BLOB NOT NULL, ticket_id BLOB NOT NULL, kind TEXT NOT NULL,
    content TEXT NOT NULL, saved_at INTEGER NOT NULL,
    PRIMARY KEY (family_id, ticket_id, kind)
) STRICT, WITHOUT ROWID;

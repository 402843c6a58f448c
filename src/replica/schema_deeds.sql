-- Version 10: what was done to the family, its groups, queues and people can be undone too, so a
-- step need not be about a ticket.
CREATE TABLE step (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    deed INTEGER NOT NULL REFERENCES deed (position) ON DELETE CASCADE,
    fam INTEGER NOT NULL, ticket_id BLOB,
    given TEXT NOT NULL, back TEXT NOT NULL
) STRICT;
INSERT INTO step SELECT position, deed, fam, ticket_id, given, back FROM deed_step;
DROP TABLE deed_step;
ALTER TABLE step RENAME TO deed_step;
CREATE INDEX step_of_deed ON deed_step (deed);
CREATE INDEX step_of_ticket ON deed_step (fam, ticket_id) WHERE ticket_id IS NOT NULL;

-- Version 4: drafts are about other things than tickets too, and what was deleted is listed.

ALTER TABLE draft RENAME COLUMN ticket_id TO about;
CREATE INDEX ticket_deleted ON ticket (fam) WHERE deleted = 1;
CREATE INDEX comment_deleted ON comment (fam) WHERE deleted = 1;

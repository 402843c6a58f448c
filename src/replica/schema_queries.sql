-- What queries ask of a ticket beside its place, status and severity. `old_key` is what
-- it was called where it came from, in capitals.
ALTER TABLE ticket ADD COLUMN requested_by BLOB;
ALTER TABLE ticket ADD COLUMN old_key TEXT;
UPDATE ticket SET
    requested_by = unhex(replace(json_extract(json, '$.requested_by'), '-', '')),
    old_key = upper(substr(json_extract(json, '$.external_ref'),
                           instr(json_extract(json, '$.external_ref'), ':') + 1));
CREATE INDEX old_keys ON ticket (old_key) WHERE old_key IS NOT NULL;
CREATE INDEX requested ON ticket (requested_by) WHERE listed = 1;
CREATE INDEX due_dates ON ticket (due) WHERE listed = 1 AND due IS NOT NULL;
CREATE INDEX resolved_dates ON ticket (resolved) WHERE listed = 1 AND resolved IS NOT NULL;
CREATE INDEX followed ON participant (user_id) WHERE deleted = 0 AND role IN ('CC', 'FOLLOWER');

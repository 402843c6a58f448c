-- The group that a ticket is assigned to; few are, so few are in the index.
ALTER TABLE ticket ADD COLUMN assigned_group BLOB;
UPDATE ticket SET
    assigned_group = unhex(replace(json_extract(json, '$.assigned_group'), '-', ''))
    WHERE json_extract(json, '$.assigned_group') IS NOT NULL;
CREATE INDEX assigned_groups ON ticket (assigned_group)
    WHERE listed = 1 AND assigned_group IS NOT NULL;

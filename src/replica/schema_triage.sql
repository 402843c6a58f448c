-- `untriaged` as `Ticket::is_untriaged` says of a listed ticket. Few are, so few are in the index.
ALTER TABLE ticket ADD COLUMN untriaged INTEGER NOT NULL DEFAULT 0;
UPDATE ticket SET untriaged = 1
    WHERE listed = 1 AND status = 0 AND stage = 0 AND assigned_to IS NULL;
CREATE INDEX untriaged ON ticket (fam, severity) WHERE untriaged = 1;

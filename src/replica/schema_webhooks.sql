-- Endpoints outside that are told of events; only admins have any here.
CREATE TABLE webhook (
  fam INTEGER NOT NULL, webhook_id BLOB NOT NULL, webhook_name TEXT NOT NULL,
  version INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (fam, webhook_id)
) STRICT, WITHOUT ROWID;

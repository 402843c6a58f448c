-- Besides what was refused, the tray holds what was merged and what was parked; what the person
-- has decided about stays a while, so that it can be brought back.
ALTER TABLE tray ADD COLUMN kind TEXT NOT NULL DEFAULT 'refused';
ALTER TABLE tray ADD COLUMN decided_at INTEGER;

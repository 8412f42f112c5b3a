/**
 * Containers as things of their own, each with a book of what went in and out: its last row is the level. A pump keeps the
 * container that it had, at the level that it had; what counts as low is a tenth of the capacity.
 */
export const CONTAINERS_MIGRATION = `
CREATE TABLE containers (
  container_id  TEXT PRIMARY KEY,
  product       TEXT NOT NULL,
  capacity_ml   REAL NOT NULL,
  low_ml        REAL NOT NULL,
  empty_ml      REAL NOT NULL,
  condition     TEXT NOT NULL CHECK (condition IN ('ok', 'low', 'empty')),
  created_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE TABLE container_entries (
  seq          INTEGER PRIMARY KEY,
  container_id TEXT NOT NULL REFERENCES containers (container_id),
  kind         TEXT NOT NULL CHECK (kind IN ('opened', 'draw', 'refill')),
  at_ms        INTEGER NOT NULL,
  actor        TEXT NOT NULL,
  dose_id      TEXT,
  drawn_lo_ml  REAL NOT NULL,
  drawn_hi_ml  REAL NOT NULL,
  before_ml    REAL NOT NULL,
  rest_ml      REAL,
  added_ml     REAL NOT NULL,
  level_ml     REAL NOT NULL,
  is_known     INTEGER NOT NULL CHECK (is_known IN (0, 1)),
  deviation    TEXT,
  key          TEXT,
  request      TEXT
) STRICT;
CREATE INDEX container_book ON container_entries (container_id, seq);
CREATE INDEX container_use ON container_entries (container_id, at_ms, drawn_hi_ml);
CREATE INDEX container_known ON container_entries (container_id, seq) WHERE is_known = 1;
CREATE INDEX container_refills ON container_entries (container_id, seq) WHERE kind = 'refill';
CREATE UNIQUE INDEX one_draw_a_dose ON container_entries (dose_id) WHERE dose_id IS NOT NULL;
CREATE UNIQUE INDEX one_refill_a_key ON container_entries (key) WHERE key IS NOT NULL;
INSERT INTO containers
  SELECT pump_id, name, capacity_ml, capacity_ml * 0.1, 0.0,
    CASE WHEN level_ml < min_dose_ml THEN 'empty' WHEN level_ml < capacity_ml * 0.1 THEN 'low' ELSE 'ok' END,
    created_at_ms, removed_at_ms FROM pumps;
INSERT INTO container_entries
    (container_id, kind, at_ms, actor, drawn_lo_ml, drawn_hi_ml, before_ml, added_ml, level_ml, is_known)
  SELECT pump_id, 'opened', created_at_ms, 'system', 0.0, 0.0, 0.0, 0.0, level_ml, 1 FROM pumps ORDER BY rowid;
ALTER TABLE pumps ADD COLUMN container_id TEXT REFERENCES containers (container_id);
UPDATE pumps SET container_id = pump_id;
ALTER TABLE pumps DROP COLUMN level_ml;
ALTER TABLE pumps DROP COLUMN capacity_ml;
CREATE INDEX pumps_of_container ON pumps (container_id);
`;

/** Pumps, doses, events and what the controller must remember. Instants are ms since 1970 UTC, volumes ml. */
export const LEDGER_MIGRATION = `
CREATE TABLE pumps (
  pump_id         TEXT PRIMARY KEY,
  name            TEXT NOT NULL,
  enabled         INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  hardware        TEXT NOT NULL,
  mutex_group     TEXT,
  limits          TEXT NOT NULL,
  max_rate_ml_min REAL NOT NULL,
  min_dose_ml     REAL NOT NULL,
  capacity_ml     REAL NOT NULL,
  level_ml        REAL NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  removed_at_ms   INTEGER
) STRICT;
CREATE TABLE calibrations (
  calibration_id TEXT PRIMARY KEY,
  pump_id        TEXT NOT NULL REFERENCES pumps (pump_id),
  origin         TEXT NOT NULL CHECK (origin IN ('factory', 'measured', 'entered')),
  curve          TEXT NOT NULL,
  runs           TEXT NOT NULL,
  active         INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at_ms  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_active_calibration ON calibrations (pump_id) WHERE active = 1;
CREATE TABLE doses (
  seq              INTEGER PRIMARY KEY,
  dose_id          TEXT NOT NULL UNIQUE,
  pump_id          TEXT NOT NULL REFERENCES pumps (pump_id),
  state            TEXT NOT NULL,
  cause            TEXT NOT NULL,
  actor            TEXT NOT NULL,
  schedule_id      TEXT,
  request          TEXT NOT NULL,
  outcome          TEXT NOT NULL,
  direction        TEXT NOT NULL CHECK (direction IN ('forward', 'reverse')),
  requested_ml     REAL NOT NULL,
  accepted_at_ms   INTEGER NOT NULL,
  start_before_ms  INTEGER,
  planned_hi_ml    REAL NOT NULL,
  duration_s       REAL,
  motion           TEXT,
  ml_per_rev       REAL,
  calibration_id   TEXT REFERENCES calibrations (calibration_id),
  config_hash      TEXT,
  epoch            INTEGER NOT NULL,
  sent_epoch       INTEGER,
  stop_requested   TEXT,
  started_at_ms    INTEGER,
  ended_at_ms      INTEGER,
  charged_at_ms    INTEGER,
  lo_ml            REAL NOT NULL,
  hi_ml            REAL NOT NULL,
  delivered_ml     REAL,
  reason           TEXT,
  code             TEXT
) STRICT;
CREATE INDEX doses_of_pump ON doses (pump_id, seq);
CREATE INDEX doses_of_pump_ordered ON doses (pump_id, seq) WHERE state <> 'refused';
CREATE INDEX doses_in_state ON doses (state, seq);
CREATE INDEX doses_waiting ON doses (seq) WHERE ended_at_ms IS NULL;
CREATE INDEX doses_open ON doses (pump_id, seq) WHERE ended_at_ms IS NULL;
CREATE INDEX doses_charged ON doses (pump_id, charged_at_ms, hi_ml) WHERE hi_ml > 0;
CREATE TABLE stop_orders (
  stop_id TEXT PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  outcome TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE holds (
  pump_id  TEXT PRIMARY KEY REFERENCES pumps (pump_id),
  dose_id  TEXT NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE faults (
  pump_id  TEXT PRIMARY KEY REFERENCES pumps (pump_id),
  code     TEXT NOT NULL,
  message  TEXT NOT NULL,
  dose_id  TEXT,
  since_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
  seq      INTEGER PRIMARY KEY,
  at_ms    INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'alarm')),
  pump_id  TEXT,
  dose_id  TEXT,
  actor    TEXT,
  data     TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_pump ON events (pump_id, seq);
CREATE INDEX events_of_kind ON events (kind, seq);
CREATE TABLE outbox (
  sink          TEXT PRIMARY KEY,
  delivered_seq INTEGER NOT NULL
) STRICT;
CREATE TABLE facts (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;

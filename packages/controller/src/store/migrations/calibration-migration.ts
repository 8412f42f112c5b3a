/**
 * Guided calibrations: sessions and their runs, each run a row of `doses` too. Of a calibration: when
 * it came into use, how it was verified and when somebody was reminded that it is old.
 */
export const CALIBRATION_MIGRATION = `
ALTER TABLE calibrations ADD COLUMN activated_at_ms INTEGER;
ALTER TABLE calibrations ADD COLUMN verification TEXT;
ALTER TABLE calibrations ADD COLUMN reminded_at_ms INTEGER;
UPDATE calibrations SET activated_at_ms = created_at_ms;
CREATE TABLE calibration_sessions (
  session_id     TEXT PRIMARY KEY,
  pump_id        TEXT NOT NULL REFERENCES pumps (pump_id),
  opened_by      TEXT NOT NULL,
  opened_at_ms   INTEGER NOT NULL,
  closed_at_ms   INTEGER,
  calibration_id TEXT REFERENCES calibrations (calibration_id)
) STRICT;
CREATE UNIQUE INDEX one_open_session ON calibration_sessions (pump_id) WHERE closed_at_ms IS NULL;
CREATE TABLE calibration_runs (
  seq            INTEGER PRIMARY KEY,
  dose_id        TEXT NOT NULL UNIQUE,
  session_id     TEXT NOT NULL REFERENCES calibration_sessions (session_id),
  calibration_id TEXT REFERENCES calibrations (calibration_id),
  measured_ml    REAL,
  discarded      INTEGER NOT NULL CHECK (discarded IN (0, 1))
) STRICT;
CREATE INDEX runs_of_session ON calibration_runs (session_id, seq);
DROP INDEX doses_by_day;
CREATE INDEX doses_by_day
  ON doses (pump_id, coalesce(started_at_ms, accepted_at_ms), started_at_ms, ended_at_ms, lo_ml, hi_ml, cause);
CREATE TABLE calibration_reminders (
  pump_id   TEXT PRIMARY KEY REFERENCES pumps (pump_id),
  days      REAL,
  volume_ml REAL
) STRICT;
`;

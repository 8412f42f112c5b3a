/** What is dosed by the calendar, and up to when its doses have their rows. A removed schedule keeps its row, as its doses do. */
export const SCHEDULES_MIGRATION = `
CREATE TABLE schedules (
  schedule_id      TEXT PRIMARY KEY,
  pump_id          TEXT NOT NULL REFERENCES pumps (pump_id),
  cron_expression  TEXT,
  rule             TEXT,
  volume_ml        REAL NOT NULL,
  duration_s       REAL,
  enabled          INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  tolerance_s      INTEGER NOT NULL,
  missed_policy    TEXT NOT NULL CHECK (missed_policy IN ('late', 'skip')),
  timezone         TEXT NOT NULL,
  paused_until     TEXT,
  decided_until_ms INTEGER NOT NULL,
  created_at_ms    INTEGER NOT NULL,
  last_run_ms      INTEGER,
  removed_at_ms    INTEGER,
  CHECK ((cron_expression IS NULL) <> (rule IS NULL))
) STRICT;
CREATE INDEX doses_of_schedule ON doses (schedule_id, seq) WHERE schedule_id IS NOT NULL;
CREATE INDEX doses_of_schedule_started ON doses (schedule_id, started_at_ms) WHERE schedule_id IS NOT NULL;
`;

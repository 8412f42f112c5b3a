/** Remote devices, what they were ordered, what became of it, and who may see them. Their samples lie elsewhere. */
export const FLEET_MIGRATION = `
CREATE TABLE devices (
  device_id        TEXT PRIMARY KEY,
  first_seen_at_ms INTEGER NOT NULL,
  last_seen_at_ms  INTEGER,
  dialect          TEXT CHECK (dialect IN ('v0', 'v1')),
  boot             INTEGER,
  seq              INTEGER,
  firmware_version TEXT,
  status           TEXT,
  progress         TEXT,
  is_offline       INTEGER NOT NULL DEFAULT 0 CHECK (is_offline IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE infusions (
  seq              INTEGER PRIMARY KEY AUTOINCREMENT,
  infusion_id      TEXT NOT NULL UNIQUE,
  device_id        TEXT NOT NULL,
  state            TEXT NOT NULL,
  parameters       TEXT,
  subject          TEXT,
  actor            TEXT NOT NULL,
  source           TEXT NOT NULL CHECK (source IN ('server', 'device')),
  requested_at_ms  INTEGER NOT NULL,
  confirmed_at_ms  INTEGER,
  ended_at_ms      INTEGER,
  delivered_ml     REAL,
  lo_ml            REAL,
  is_late          INTEGER NOT NULL DEFAULT 0 CHECK (is_late IN (0, 1)),
  is_verified      INTEGER NOT NULL DEFAULT 1 CHECK (is_verified IN (0, 1)),
  boot             INTEGER,
  reason           TEXT,
  idempotency_key  TEXT UNIQUE,
  request          TEXT
) STRICT;
CREATE INDEX infusions_by_device ON infusions (device_id, seq);
CREATE UNIQUE INDEX one_start_per_device ON infusions (device_id)
  WHERE source = 'server' AND state IN ('requested', 'awaiting_confirmation', 'running', 'paused', 'unanswered');
CREATE TABLE device_commands (
  seq              INTEGER PRIMARY KEY AUTOINCREMENT,
  command_id       TEXT NOT NULL UNIQUE,
  device_id        TEXT NOT NULL,
  infusion_id      TEXT,
  command          TEXT NOT NULL,
  payload          TEXT NOT NULL,
  state            TEXT NOT NULL,
  actor            TEXT NOT NULL,
  created_at_ms    INTEGER NOT NULL,
  published_at_ms  INTEGER,
  received_at_ms   INTEGER,
  decided_at_ms    INTEGER,
  ended_at_ms      INTEGER,
  wait_until_ms    INTEGER,
  ttl_ms           INTEGER NOT NULL,
  accept_within_ms INTEGER,
  sendings         INTEGER NOT NULL DEFAULT 0,
  reason           TEXT
) STRICT;
CREATE INDEX device_commands_by_device ON device_commands (device_id, seq);
CREATE INDEX device_commands_by_infusion ON device_commands (infusion_id, seq);
CREATE INDEX open_device_commands ON device_commands (device_id)
  WHERE state NOT IN ('rejected', 'done', 'failed', 'expired', 'cancelled');
CREATE TABLE device_alarms (
  seq                INTEGER PRIMARY KEY AUTOINCREMENT,
  alarm_id           TEXT NOT NULL UNIQUE,
  device_id          TEXT NOT NULL,
  kind               TEXT NOT NULL,
  code               TEXT,
  priority           TEXT NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
  message            TEXT NOT NULL,
  state              TEXT NOT NULL CHECK (state IN ('on', 'latched', 'acknowledged', 'off')),
  infusion_id        TEXT,
  raised_at_ms       INTEGER NOT NULL,
  cleared_at_ms      INTEGER,
  acknowledged_at_ms INTEGER,
  acknowledged_by    TEXT
) STRICT;
CREATE INDEX device_alarms_by_device ON device_alarms (device_id, seq);
CREATE UNIQUE INDEX one_living_device_alarm
  ON device_alarms (device_id, kind, coalesce(code, ''), coalesce(infusion_id, '')) WHERE state <> 'off';
CREATE TABLE device_timeline (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms       INTEGER NOT NULL,
  device_id   TEXT NOT NULL,
  actor       TEXT NOT NULL,
  source      TEXT NOT NULL CHECK (source IN ('user', 'server', 'device')),
  action      TEXT NOT NULL,
  outcome     TEXT,
  infusion_id TEXT,
  command_id  TEXT
) STRICT;
CREATE INDEX device_timeline_by_device ON device_timeline (device_id, seq);
CREATE TABLE device_rights (
  username  TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
  device_id TEXT NOT NULL,
  PRIMARY KEY (username, device_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE device_rights_to_all (
  username TEXT PRIMARY KEY REFERENCES users (username) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;

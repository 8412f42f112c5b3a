/** Ways on which notices leave, the notices on their way, and what began and is not over. */
export const NOTIFICATIONS_MIGRATION = `
CREATE TABLE notification_channels (
  channel_id       TEXT PRIMARY KEY,
  name             TEXT NOT NULL,
  enabled          INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  target           TEXT NOT NULL,
  secret           TEXT,
  filter           TEXT NOT NULL,
  created_at_ms    INTEGER NOT NULL,
  failing_since_ms INTEGER,
  failure          TEXT,
  delivered_at_ms  INTEGER
) STRICT;
CREATE TABLE notification_deliveries (
  seq           INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id    TEXT NOT NULL REFERENCES notification_channels (channel_id) ON DELETE CASCADE,
  notice        TEXT NOT NULL,
  notice_id     TEXT NOT NULL,
  queued_at_ms  INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  attempts      INTEGER NOT NULL,
  ended_at_ms   INTEGER,
  failure       TEXT
) STRICT;
CREATE INDEX deliveries_of_channel ON notification_deliveries (channel_id, seq);
CREATE INDEX deliveries_waiting ON notification_deliveries (channel_id, seq) WHERE state = 'waiting';
CREATE TABLE alerts (
  alert_key    TEXT PRIMARY KEY,
  notice       TEXT NOT NULL,
  told_from_ms INTEGER NOT NULL,
  over_at_ms   INTEGER
) STRICT;
`;

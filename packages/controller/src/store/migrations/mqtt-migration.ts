/** Messages of events that the MQTT broker has not taken yet. */
export const MQTT_MIGRATION = `
CREATE TABLE mqtt_queue (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  topic        TEXT NOT NULL CHECK (topic IN ('events', 'errors')),
  body         TEXT NOT NULL,
  queued_at_ms INTEGER NOT NULL
) STRICT;
`;

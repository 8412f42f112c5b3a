/** Who may come in at the embedded MQTT broker, which reads it here. */
export const MQTT_USERS_MIGRATION = `
CREATE TABLE mqtt_users (
  name          TEXT PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('doser', 'device', 'viewer')),
  device_id     TEXT,
  password_hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  CHECK ((kind = 'device') = (device_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
`;

/** What is set over MQTT alone, and the devices that Home Assistant was told of. */
export const HOME_ASSISTANT_MIGRATION = `
CREATE TABLE mqtt_settings (
  pump_id   TEXT PRIMARY KEY,
  volume_ml REAL CHECK (volume_ml > 0),
  paused    TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE home_assistant_devices (
  topic TEXT PRIMARY KEY
) STRICT;
`;

/** Events that the remote log has not taken yet, as they will be posted. */
export const REMOTE_LOG_MIGRATION = `
CREATE TABLE remote_log (
  seq          INTEGER PRIMARY KEY,
  body         TEXT NOT NULL,
  queued_at_ms INTEGER NOT NULL
) STRICT;
`;

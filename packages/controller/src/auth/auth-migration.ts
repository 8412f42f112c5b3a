/** Tables of who may log in and who is. Instants are ms since 1970 UTC. */
export const AUTH_MIGRATION = `
CREATE TABLE users (
  username      TEXT PRIMARY KEY,
  role          TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password_hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
  token_digest  TEXT PRIMARY KEY,
  username      TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
  created_at_ms INTEGER NOT NULL,
  last_seen_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (username, created_at_ms);
`;

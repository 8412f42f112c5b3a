/** What people see of sessions, API tokens, and a way to ask who did what. Sessions that are alive stay so. */
export const ACCOUNTS_MIGRATION = `
CREATE TABLE named_sessions (
  session_id    TEXT PRIMARY KEY,
  token_digest  TEXT NOT NULL UNIQUE,
  username      TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
  created_at_ms INTEGER NOT NULL,
  last_seen_ms  INTEGER NOT NULL,
  address       TEXT,
  user_agent    TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO named_sessions
  SELECT 'old-' || row_number() OVER (ORDER BY created_at_ms, token_digest),
    token_digest, username, created_at_ms, last_seen_ms, NULL, NULL
  FROM sessions;
DROP TABLE sessions;
ALTER TABLE named_sessions RENAME TO sessions;
CREATE INDEX sessions_by_user ON sessions (username, created_at_ms);
CREATE TABLE api_tokens (
  token_id      TEXT PRIMARY KEY,
  token_digest  TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL UNIQUE,
  role          TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  username      TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  last_used_ms  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_by_user ON api_tokens (username, created_at_ms);
CREATE INDEX events_of_actor ON events (actor, seq);
`;

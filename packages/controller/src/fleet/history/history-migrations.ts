import type { Migration } from '../../store/migrate.ts';

/** Of the file of samples, which has a schema of its own. `boot` is -1 and `seq` 0 for plain messages. */
export const HISTORY_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'samples',
    script: `
CREATE TABLE devices (
  device_no INTEGER PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE samples (
  device_no INTEGER NOT NULL,
  at_ms     INTEGER NOT NULL,
  boot      INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  flow      REAL,
  delivered REAL,
  battery   REAL,
  PRIMARY KEY (device_no, at_ms, boot, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE gaps (
  device_no INTEGER NOT NULL,
  from_ms   INTEGER NOT NULL,
  to_ms     INTEGER NOT NULL,
  reason    TEXT NOT NULL,
  PRIMARY KEY (device_no, from_ms, to_ms)
) STRICT, WITHOUT ROWID;
`,
  },
];

/** Orders of a hub, so that the same command is obeyed once, also over a restart. A `dose_id` is one of the ledger. */
export const HUB_MIGRATION = `
CREATE TABLE hub_orders (
  command_id   TEXT PRIMARY KEY,
  pump_id      TEXT NOT NULL,
  infusion_id  TEXT,
  dose_id      TEXT,
  stage        TEXT NOT NULL,
  reason       TEXT,
  confirmation TEXT,
  at_ms        INTEGER NOT NULL
) STRICT;
CREATE INDEX hub_orders_by_dose ON hub_orders (dose_id);
CREATE INDEX hub_orders_by_age ON hub_orders (at_ms);
CREATE TABLE hub_boots (
  only  INTEGER PRIMARY KEY CHECK (only = 1),
  boots INTEGER NOT NULL
) STRICT;
`;

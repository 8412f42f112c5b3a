/** What each relay channel gives in a week, and up to when its slots have their doses. */
export const WEEKLY_PLAN_MIGRATION = `
CREATE TABLE channel_plans (
  pump_id          TEXT PRIMARY KEY REFERENCES pumps (pump_id),
  enabled          INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  days             INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127),
  doses_a_day      INTEGER NOT NULL CHECK (doses_a_day IN (1, 2)),
  weekly_ml        REAL NOT NULL,
  decided_until_ms INTEGER NOT NULL
) STRICT;
`;

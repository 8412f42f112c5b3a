/** Doses that are over, summed up by pump, source, direction and end. */
export const DOSE_TOTALS_MIGRATION = `
CREATE TABLE dose_totals (
  pump_id   TEXT NOT NULL REFERENCES pumps (pump_id),
  cause     TEXT NOT NULL,
  direction TEXT NOT NULL,
  state     TEXT NOT NULL,
  doses     INTEGER NOT NULL,
  volume_ml REAL NOT NULL,
  PRIMARY KEY (pump_id, cause, direction, state)
) STRICT, WITHOUT ROWID;
INSERT INTO dose_totals
  SELECT pump_id, cause, direction, state, count(*), total(coalesce(delivered_ml, lo_ml))
  FROM doses WHERE ended_at_ms IS NOT NULL GROUP BY pump_id, cause, direction, state;
`;

/** Doses of a pump by the day they count on, with all that a day's sum needs. */
export const HISTORY_MIGRATION = `
CREATE INDEX doses_by_day
  ON doses (pump_id, coalesce(started_at_ms, accepted_at_ms), started_at_ms, ended_at_ms, lo_ml, hi_ml);
`;

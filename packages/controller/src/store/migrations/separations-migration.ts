/** Pairs of pumps that are kept apart in time; of a pair `pump_a` is the id that sorts first. */
export const SEPARATIONS_MIGRATION = `
CREATE TABLE separations (
  pump_a  TEXT NOT NULL REFERENCES pumps (pump_id),
  pump_b  TEXT NOT NULL REFERENCES pumps (pump_id),
  minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
  PRIMARY KEY (pump_a, pump_b),
  CHECK (pump_a < pump_b)
) STRICT, WITHOUT ROWID;
`;

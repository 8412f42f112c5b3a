import type { CalibrationSession, PumpCalibrations, SessionRun } from '@perista/protocol/api';
import type { Page } from 'playwright-core';

/** From now on the page is told of other calibrations than the unit has. */
export async function tellCalibrations(page: Page, change: (all: PumpCalibrations) => void): Promise<void> {
  await page.route('**/api/pumps/*/calibrations', async (route) => {
    const reply = await route.fetch();
    const all = (await reply.json()) as PumpCalibrations;
    change(all);
    await route.fulfill({ response: reply, json: all });
  });
  await page.reload();
}

/** A session in the middle of its runs: measured ones, one that is left out, one that was stopped, one to be measured. */
export function beginSession(all: PumpCalibrations): void {
  all.session = sessionOf(all, [
    run(1, { measured_ml: 5.4 }),
    run(2, { measured_ml: 8.9, outlier: true }),
    run(3, { state: 'cut-short', reason: 'It was stopped by admin.', code: null }),
    run(4, { state: 'to-measure' }),
  ]);
}

/** A session whose curve did not hold what it states. */
export function failVerification(all: PumpCalibrations): void {
  const calibration = all.items[0];
  if (calibration === undefined) throw new Error('the pump has a calibration');
  const verification = { run_id: 'run-5', expected_ml: 10, measured_ml: 11, error_pct: 10, allowed_pct: 1.5 };
  all.session = {
    ...sessionOf(all, [run(1, { measured_ml: 5.4 }), run(2, { measured_ml: 5.5 })]),
    calibration: {
      ...calibration,
      id: 'cal-new',
      active: false,
      verification: { ...verification, passed: false, at: AT },
    },
  };
  all.items.push({ ...calibration, id: 'cal-old', active: false });
  all.reminder = { days: 30, volume_ml: null };
  all.used = { days: 41, volume_ml: 1234 };
  all.due = 'It is due.';
}

const AT = '2026-03-01T07:30:00.000Z';

const run = (number: number, change: Partial<SessionRun>): SessionRun => ({
  run_id: `run-${number}`,
  kind: 'speed',
  state: change.measured_ml === undefined ? 'to-measure' : 'measured',
  rpm: 101.3,
  revolutions: 30,
  duration_s: 21.1,
  expected_ml: null,
  measured_ml: null,
  outlier: false,
  reason: null,
  code: null,
  at: AT,
  ...change,
});

const sessionOf = ({ items }: PumpCalibrations, runs: SessionRun[]): CalibrationSession => ({
  id: 'cs-told',
  pump_id: items[0]?.pump_id ?? '',
  opened_at: AT,
  opened_by: 'admin',
  runs,
  proposed: [
    { rpm: 9.375, duration_s: 102 },
    { rpm: 101.25, duration_s: 18 },
  ],
  repeats: 3,
  curve: items[0]?.curve ?? null,
  problem: null,
  calibration: null,
});

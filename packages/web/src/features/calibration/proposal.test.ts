// Proves that a session goes through what it proposes, speed by speed, and counts what is of use only.
import type { CalibrationSession, SessionRun } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { proposalOf } from './proposal.ts';

const run = (rpm: number, change: Partial<SessionRun> = {}): SessionRun => ({
  run_id: 'r',
  kind: 'speed',
  state: 'measured',
  rpm,
  revolutions: 30,
  duration_s: 20,
  expected_ml: null,
  measured_ml: 5,
  outlier: false,
  reason: null,
  code: null,
  at: '2026-03-01T07:30:00.000Z',
  ...change,
});

const session = (runs: SessionRun[], proposed = [10, 100]): CalibrationSession => ({
  id: 'cs-1',
  pump_id: 'a',
  opened_at: '2026-03-01T07:30:00.000Z',
  opened_by: 'admin',
  runs,
  proposed: proposed.map((rpm) => ({ rpm, duration_s: 20 })),
  repeats: 2,
  curve: null,
  problem: null,
  calibration: null,
});

describe('proposalOf', () => {
  it('repeats a speed until it was measured often enough, then takes the next', () => {
    expect(proposalOf(session([]))).toMatchObject({ next: { rpm: 10 }, measured: 0, wanted: 4 });
    expect(proposalOf(session([run(10)]))).toMatchObject({ next: { rpm: 10 }, measured: 1 });
    expect(proposalOf(session([run(10), run(10.1)]))).toMatchObject({ next: { rpm: 100 }, measured: 2 });
    expect(proposalOf(session([run(10), run(10), run(10), run(100), run(100)]))).toMatchObject({ measured: 4 });
  });

  it('counts no run that went wrong, was left out, or verified', () => {
    const useless = [
      run(10, { outlier: true }),
      run(10, { state: 'discarded' }),
      run(10, { state: 'cut-short' }),
      run(10, { kind: 'verification' }),
      run(40),
    ];
    expect(proposalOf(session(useless))).toMatchObject({ next: { rpm: 10 }, measured: 0 });
  });

  it('takes the one speed of a relay as it comes, and proposes nothing where nothing is possible', () => {
    const relay = { ...session([run(60)]), proposed: [{ rpm: null, duration_s: 30 }] };
    expect(proposalOf(relay)).toMatchObject({ measured: 1, wanted: 2 });
    expect(proposalOf(session([], [])).next).toBeUndefined();
  });
});

// Proves that a trend goes on where the stored samples end, breaks at gaps, and never draws what nobody told.
import type { DeviceHistory } from '@perista/protocol/api';
import { expect, it } from 'vitest';
import { trendOf } from './trend-data.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const even = (value: number) => ({ min: value, mean: value, max: value });
const sample = (second: number, rate: number | null) => ({
  at: at(second),
  count: 1,
  flowRateMlMin: rate === null ? null : even(rate),
  deliveredVolumeMl: even(second),
  batteryLevel: null,
});
const history = {
  ...{ deviceId: 'P', from: at(0), to: at(60), spanS: 0, alarms: [], commands: [], infusions: [] },
  samples: [sample(10, 2), sample(11, null), sample(40, 3)],
  gaps: [{ from: at(11), to: at(40), reason: 'not told' }],
} satisfies DeviceHistory;

it('breaks at a gap and goes on with what came since', () => {
  const { columns, gaps } = trendOf(history, [
    { receivedAt: at(40), flowRateMlMin: 9 },
    { receivedAt: at(41), flowRateMlMin: 4, deliveredVolumeMl: 'much' },
  ]);
  expect(columns).toEqual([
    [10, 11, 25.5, 40, 41],
    [2, null, null, 3, 4],
    [10, 11, null, 40, null],
  ]);
  expect(gaps).toEqual([[11, 40]]);
});

it('is empty where nothing was told', () => {
  expect(trendOf({ ...history, samples: [], gaps: [] }, []).columns).toEqual([[], [], []]);
});

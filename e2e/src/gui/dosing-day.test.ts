// Proves with real processes whose calendar is set, and a real browser, that a slot of the weekly plan is dosed at its time,
// once, as long as its volume takes; that what was missed is missed for good; and that times are right where clocks change (I8, I9).
import { expect, it } from 'vitest';
import { openLoggedIn } from '../harness/browser.ts';
import { startUnit, type TestUnit, tempFolder, until } from '../harness/index.ts';
import { clockShowing } from '../harness/shown-clock.ts';
import { DosingScreen } from './dosing-screen.ts';

const SWITCHING_S = 0.05;
/** A tile follows its unit by the next refresh. */
const REFRESH_LIMIT_MS = 5_000;
const START_LIMIT_S = 30;
const MINUTE_MS = 60_000;

/** 4 ml in 12.1 s, twice a day. */
const PLAN = {
  enabled: true,
  weekly_schedule: 127,
  daily_schedule: 2,
  weekly_dosing_value: 56,
  dosing_rate: 0.33,
} as const;

const at = (day: string, time: string) => Date.parse(`${day}T${time}Z`);

/** A unit whose clock shows `wallMs` when its processes start. */
const startAt = (wallMs: number, dataDir = tempFolder()): Promise<TestUnit> =>
  startUnit({ dataDir, env: clockShowing(wallMs) });

async function openScreen(unit: TestUnit): Promise<DosingScreen> {
  return new DosingScreen(await openLoggedIn(unit, { path: DosingScreen.path })).shown();
}

it('doses a slot at its time, as all of its screens tell, and writes down what was missed while the unit was off', async () => {
  const day = '2026-03-29';
  const dataDir = tempFolder();
  const dueMs = at(day, '02:00:00');
  const unit = await startAt(dueMs - START_LIMIT_S * 1000, dataDir);
  await unit.api.configureDosing(...[1, 2, 3, 4].map((id) => ({ id, ...PLAN })));
  const screen = await openScreen(unit);
  const states: { api: string; tile: string; activeTiles: number; atMs: number }[] = [];
  await until(
    async () => {
      const { channels } = await unit.api.dosingStatus();
      const atMs = performance.now();
      const [api = '', tile] = [channels[1]?.status_morning, await screen.stateOf('morning', 2)];
      states.push({ api, tile, activeTiles: await screen.active.count(), atMs });
      return tile === 'completed';
    },
    90_000,
    'the slot is shown as done',
  );
  const order = ['pending', 'active', 'completed'];
  expect([...new Set(states.map(({ api }) => api))].filter((state) => state !== 'waiting')).toEqual(order);
  expect([...new Set(states.map(({ tile }) => tile))].filter((state) => state !== 'waiting')).toEqual(order);
  expect(Math.max(...states.map(({ activeTiles }) => activeTiles))).toBe(1);
  for (const state of ['active', 'completed']) {
    const first = (side: 'api' | 'tile') => states.find((one) => one[side] === state)?.atMs ?? Number.NaN;
    expect(first('tile') - first('api'), `${state} is shown`).toBeLessThan(REFRESH_LIMIT_MS);
  }

  const [dose] = await unit.api.ledger('?pump_id=relay-2');
  expect(dose).toMatchObject({ state: 'done', cause: 'schedule', actor: 'weekly-plan', requested_ml: 4, reason: null });
  const { on_s, motions } = await unit.emulator.truth('relay-2');
  expect(Math.abs(on_s - 4 / 0.33)).toBeLessThan(SWITCHING_S);
  expect(motions).toHaveLength(1);
  expect(Date.parse(motions[0]?.started_at ?? '')).toBeGreaterThanOrEqual(dueMs);
  const words = await screen.textOf('morning', 2);
  for (const said of ['Done', '56 ml', '4 ml', '12 s', 'Every day', '04:00 CEST']) expect(words).toContain(said);
  expect(await unit.stop()).toBe(0);

  // Off until half past six: the window of channel 3 (04:00) is over, that of channel 4 (06:00) is not.
  const later = await startAt(at(day, '06:29:00') - START_LIMIT_S * 1000, dataDir);
  const missed = await openScreen(later);
  await until(async () => (await missed.stateOf('morning', 4)) === 'completed', MINUTE_MS, 'channel 4 has dosed late');
  expect([await missed.stateOf('morning', 2), await missed.stateOf('morning', 3)]).toEqual(['completed', 'missed']);
  expect(await missed.textOf('morning', 3)).toMatch(
    /The dose waited .* longer than the 1800 s in which it might start/,
  );
  const ends = (await later.api.ledger('?limit=10')).map(({ pump_id, state }) => [pump_id, state]);
  expect(ends.sort()).toEqual([
    ['relay-2', 'done'],
    ['relay-3', 'missed'],
    ['relay-4', 'done'],
  ]);
  expect((await later.emulator.truth('relay-3')).motions).toEqual([]);
  expect((await later.emulator.truth('relay-4')).motions).toHaveLength(1);
});

it.each([
  ['2026-03-29', '01:00 CET', '14:00 CEST'],
  ['2026-10-25', '02:00 CEST', '13:00 CET'],
])('shows the times of %s as the clocks of the site do: %s and %s', async (day, morning, evening) => {
  const unit = await startAt(at(day, '09:15:00'));
  await unit.api.configureDosing({ id: 1, ...PLAN });
  const screen = await openScreen(unit);
  expect(await screen.textOf('morning', 1)).toContain(morning);
  expect(await screen.textOf('evening', 1)).toContain(evening);
});

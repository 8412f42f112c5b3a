// The relay dosing unit against its specification, with real processes, section by section. No two relays are ever on together
// (I6, P18). Its calendar (5.4, 5.5, 9) is in gui/dosing-day, its screens (8) in gui/dosing-unit, its death in relay-kills.
import type { DosingStatus } from '@perista/protocol/api';
import { EXAMPLE_CHANNEL } from '@perista/protocol/api/example-channel';
import { beforeAll, expect, it } from 'vitest';
import { ApiClient, killHard, PASSWORD, problemOf, startUnit, type TestUnit, until } from './harness/index.ts';

const SWITCHING_S = 0.05;
const [ONCE, TWICE] = [1, 2] as const;
const HALF_A_DAY_S = 43_200;
const CHANNELS = [1, 2, 3, 4, 5, 6];
/** All volumes differ, so that no dose can pass for another. */
const ORDERS = [0.35, 0.3, 0.4, 0.25, 0.45, 0.28].map((volume_ml, index) => ({ channel_id: index + 1, volume_ml }));

const { status_morning: _morning, status_evening: _evening, ...EXAMPLE } = EXAMPLE_CHANNEL;
/** No slot of it is due while the tests run. */
const IN_THREE_DAYS = 1 << ((new Date().getUTCDay() + 2) % 7);

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
  const ready = async () => (await unit.api.dosingStatus()).channels.every(({ blocked_by }) => blocked_by.length === 0);
  await until(ready, 10_000, 'all channels could dose');
});

it('5.3, relay mutex: six doses by hand at once are given one by one, in the order in which they were accepted', async () => {
  const { channels } = await unit.api.dosingConfig();
  const accepted = await Promise.all(
    ORDERS.map(async (order) => ({
      ...order,
      ...(await unit.api.manualDose(order)),
      pump: `relay-${order.channel_id}`,
    })),
  );
  const inOrder = accepted.toSorted((one, other) => one.queue_position - other.queue_position);
  const places = inOrder.map(({ queue_position, state }) => [queue_position, state]);
  expect(places).toEqual([[0, 'accepted'], ...[1, 2, 3, 4, 5].map((place) => [place, 'queued'])]);

  // Read again and again while they wait; looked at when the last one doses.
  const answers: DosingStatus[] = [];
  await until(
    async () => {
      const answer = await unit.api.dosingStatus();
      answers.push(answer);
      return answer.active_channel === inOrder.at(-1)?.channel_id;
    },
    30_000,
    'the last one doses',
  );
  for (const { active_channel: active, queue } of answers) {
    const waiting = inOrder.slice(inOrder.length - queue.length);
    const { channel_id: dosing } = inOrder[inOrder.length - queue.length - 1] ?? {};
    const reason = `Channel ${dosing} ${active === null ? 'is before it' : 'is dosing'}; one pump runs at a time.`;
    expect([null, dosing]).toContain(active);
    expect(queue).toMatchObject(waiting.map(({ channel_id, dose_id }) => ({ channel_id, dose_id, reason })));
  }
  const actives = answers.flatMap(({ active_channel: active }) => active ?? []);
  expect([...new Set(actives)]).toEqual(inOrder.map(({ channel_id }) => channel_id));

  const doses = await Promise.all(inOrder.map(({ dose_id }) => unit.api.settled(dose_id, 20_000)));
  const truths = await unit.emulator.truths();
  let freeSince = 0;
  for (const [place, { channel_id, volume_ml, pump }] of inOrder.entries()) {
    const rate = channels.find(({ id }) => id === channel_id)?.dosing_rate ?? 0;
    const [dose, truth] = [doses[place], truths[pump]];
    expect(dose).toMatchObject({ state: 'done', cause: 'manual', requested_ml: volume_ml, reason: null });
    expect(truth?.motions).toHaveLength(1);
    const [motion] = truth?.motions ?? [];
    expect(Date.parse(motion?.started_at ?? '')).toBeGreaterThanOrEqual(freeSince);
    freeSince = Date.parse(motion?.ended_at ?? '');
    const onS = truth?.on_s ?? 0;
    expect(Math.abs(onS - volume_ml / rate), `${pump}: seconds off the plan`).toBeLessThan(SWITCHING_S);
    expect(Math.abs((dose?.delivered_ml ?? 0) / rate - onS), `${pump}: seconds off the ledger`).toBeLessThan(
      SWITCHING_S,
    );
    expect((dose?.delivered_ml ?? 0) / (truth?.true_ml ?? 0)).toBeCloseTo(1, 1);
  }
});

const change = (patch: object) => unit.api.request('POST', '/api/dosing-config', patch);
const settingsOf = async () => {
  const { channels } = await unit.api.dosingConfig();
  return channels.map(({ status_morning: _one, status_evening: _other, ...settings }) => settings);
};

it('3, limits: what would pass 50 ml, 120 s or the week is refused by its rule, and changes and moves nothing', async () => {
  await unit.api.configureDosing(
    { id: 1, dosing_rate: 0.33, weekly_schedule: IN_THREE_DAYS },
    { id: 2, dosing_rate: 0.9, weekly_schedule: IN_THREE_DAYS },
  );
  const before = [await settingsOf(), (await unit.emulator.truth('relay-1')).on_s];
  for (const [patch, code] of [
    [{ id: 1, weekly_schedule: 127, weekly_dosing_value: 1000.1 }, 'E423'],
    [{ id: 1, weekly_dosing_value: 39.7, daily_schedule: 1 }, 'E423'],
    [{ id: 2, weekly_dosing_value: 50.1, daily_schedule: 1 }, 'E422'],
    [
      {
        channels: [
          { id: 3, dosing_rate: 0.5 },
          { id: 2, weekly_dosing_value: 100.1, daily_schedule: 2 },
        ],
      },
      'E422',
    ],
  ] as const) {
    const reply = await change(patch);
    expect([reply.status, problemOf(reply).code], JSON.stringify(patch)).toEqual([422, code]);
  }
  for (const [order, code] of [
    [{ channel_id: 2, volume_ml: 50.1 }, 'E422'],
    [{ channel_id: 1, volume_ml: 39.7 }, 'E423'],
  ] as const) {
    const reply = await unit.api.request('POST', '/api/manual-dose', order);
    expect([reply.status, problemOf(reply).code]).toEqual([422, code]);
  }
  expect((await change({ id: 1, weekly_schedule: 0 })).status).toBe(400);
  expect([await settingsOf(), (await unit.emulator.truth('relay-1')).on_s]).toEqual(before);
});

it('5.1 and 12, the example: 217 ml twice a day at 0.33 ml/s are 15.5 ml in 47 s at 00:00 and 12:00 UTC', async () => {
  const { id, enabled, weekly_schedule, daily_schedule, weekly_dosing_value, dosing_rate } = EXAMPLE;
  const plan = { enabled, daily_schedule, weekly_dosing_value, dosing_rate };
  await unit.api.configureDosing({ id, ...plan, enabled: false, weekly_schedule });
  expect((await settingsOf())[0]).toEqual({ ...EXAMPLE, enabled: false });
});

it('5.2, times: channels share half a day evenly, once or twice a day', async () => {
  await unit.api.configureDosing(...CHANNELS.map((id) => ({ id, daily_schedule: id % 2 === 0 ? ONCE : TWICE })));
  const times = CHANNELS.map((id) => ((id - 1) * HALF_A_DAY_S) / 6);
  expect((await settingsOf()).map(({ dosing_times_utc }) => dosing_times_utc)).toEqual(
    times.map((second, index) => (index % 2 === 1 ? [second] : [second, second + HALF_A_DAY_S])),
  );
});

it('6.1, endpoints: each needs a log-in, and a change of the plan an administrator', async () => {
  const stranger = new ApiClient(unit.url);
  const operator = new ApiClient(unit.url);
  await unit.api.request('POST', '/api/users', { username: 'ola', password: PASSWORD, role: 'operator' });
  await operator.login(PASSWORD, 'ola');
  for (const [method, path, body] of [
    ['GET', '/api/dosing-config', undefined],
    ['GET', '/api/dosing-status', undefined],
    ['POST', '/api/dosing-config', { id: 1, enabled: false }],
    ['POST', '/api/calibrate-channel', { channel_id: 1 }],
    ['POST', '/api/manual-dose', { channel_id: 1, volume_ml: 1 }],
  ] as const) {
    expect((await stranger.request(method, path, body)).status, `${method} ${path}`).toBe(401);
  }
  expect((await operator.request('POST', '/api/dosing-config', { id: 1, enabled: false })).status).toBe(403);
  const { dose_id } = await operator.manualDose({ channel_id: 1, volume_ml: 0.3 });
  expect(await unit.api.settled(dose_id, 20_000)).toMatchObject({ state: 'done', actor: 'ola' });
});

it('9, survival: plans and rates are there again after all processes of the unit were killed', async () => {
  const before = await settingsOf();
  const parts = ['agent', 'controller'] as const;
  const former = parts.map((part) => unit.pid(part));
  await Promise.all(former.map(killHard));
  for (const [place, part] of parts.entries()) await unit.newPid(part, former[place] ?? 0);
  expect(await until(settingsOf, 20_000, 'the unit answers')).toEqual(before);
  const order = () => unit.api.manualDose({ channel_id: 2, volume_ml: 0.9 });
  const { dose_id } = await until(order, 20_000, 'channel 2 takes a dose');
  expect(await unit.api.settled(dose_id, 20_000)).toMatchObject({ state: 'done', reason: null });
});

it('11, days: bit 0 is Monday and bit 6 Sunday, and every mask is kept as it was set', async () => {
  for (const weekly_schedule of [127, 31, 96, 64, 74, 1, 42]) {
    const { channels } = await unit.api.configureDosing({ id: 4, weekly_schedule });
    expect(channels[3]?.weekly_schedule).toBe(weekly_schedule);
  }
  for (const weekly_schedule of [128, -1, 1.5]) {
    expect((await change({ id: 4, weekly_schedule })).status).toBe(400);
  }
});

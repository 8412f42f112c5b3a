// Proves with real processes that no relay stays on when its agent or its guard is killed or stopped, that the dose then ends
// as a range that holds what was given, moves no more, and that the next one runs (I3, I4, I6, I14, I16).
import type { Dose } from '@perista/protocol/api';
import { beforeAll, describe, expect, it } from 'vitest';
import { guardOf, killHard, startUnit, type TestUnit, until } from './harness/index.ts';

/** Longest that a relay stays on without its agent, ms. */
const OFF_LIMIT_MS = 300;
/** A guard that is gone is replaced by the next one, which begins with all off. */
const NEXT_GUARD_LIMIT_MS = 3_000;
/** A tick and the cut of whoever falls silent: what the range of a dose may span, s. */
const REACH_S = 0.4;
const SWITCHING_S = 0.02;
/** How long an agent doses without a word of the controller. */
const LEASE_MS = 3_000;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

const truthOf = (channel: number) => unit.emulator.truth(`relay-${channel}`);

interface CutDose {
  readonly doseId: string;
  readonly channel: number;
  /** How long the relay had been on before it, s. */
  readonly beforeS: number;
}

/** Orders a dose of half a minute and waits until its relay is on for a second. */
async function inDose(channel: number): Promise<CutDose> {
  const beforeS = (await truthOf(channel)).on_s;
  const order = () => unit.api.manualDose({ channel_id: channel, volume_ml: 10 });
  const { dose_id } = await until(order, 20_000, `channel ${channel} takes a dose`);
  const isOn = async () => (await truthOf(channel)).on_s > beforeS + 1;
  await until(isOn, 20_000, 'the relay is on');
  return { doseId: dose_id, channel, beforeS };
}

/** Sends a signal; how long the relay was on afterwards, ms of the clock that both sides share. */
async function onAfter(signal: NodeJS.Signals, pid: number, channel: number): Promise<number> {
  const sentAtMs = Date.now();
  process.kill(pid, signal);
  const end = await until(
    async () => {
      const { moving, motions } = await truthOf(channel);
      return moving ? undefined : motions.at(-1)?.ended_at;
    },
    10_000,
    `the relay is off after ${signal}`,
  );
  return Date.parse(end ?? '') - sentAtMs;
}

/** A relay that nobody could turn off for `blindS` widens the range by that. */
async function endsAsRange({ doseId, channel, beforeS }: CutDose, blindS = 0): Promise<Dose> {
  const rate = (await unit.api.dosingConfig()).channels[channel - 1]?.dosing_rate ?? 0;
  const dose = await unit.api.settled(doseId, 30_000);
  const onS = (await truthOf(channel)).on_s - beforeS;
  expect(onS).toBeGreaterThan(dose.lo_ml / rate - SWITCHING_S);
  expect(onS).toBeLessThan(dose.hi_ml / rate + SWITCHING_S);
  expect((dose.hi_ml - dose.lo_ml) / rate).toBeLessThan(REACH_S + blindS + SWITCHING_S);
  expect(['uncertain', 'partial']).toContain(dose.state);
  return dose;
}

/** Another channel doses at once, and this one too, once somebody has released it; what was cut off never goes on. */
async function nextDosesRun(channel: number, other: number): Promise<void> {
  const { on_s, motions } = await truthOf(channel);
  const run = async (id: number) => {
    const order = () => unit.api.manualDose({ channel_id: id, volume_ml: 0.3 });
    const { dose_id } = await until(order, 20_000, `channel ${id} takes a dose`);
    expect(await unit.api.settled(dose_id, 20_000)).toMatchObject({ state: 'done', reason: null });
  };
  await run(other);
  expect((await truthOf(channel)).on_s).toBe(on_s);
  const isBlocked = (await unit.api.pump(`relay-${channel}`)).blocked_by.length > 0;
  const release = () => unit.api.request('POST', `/api/pumps/relay-${channel}/release`, { reason: 'looked' });
  if (isBlocked) expect((await release()).status).toBe(200);
  await run(channel);
  expect((await truthOf(channel)).motions).toHaveLength(motions.length + 1);
}

describe('a relay that is on', () => {
  it(`goes off within ${OFF_LIMIT_MS} ms when its agent is killed`, async () => {
    const cut = await inDose(1);
    const agent = unit.pid('agent');
    expect(await onAfter('SIGKILL', agent, 1)).toBeLessThanOrEqual(OFF_LIMIT_MS);
    await unit.newPid('agent', agent);
    expect((await endsAsRange(cut)).state).toBe('uncertain');
    await nextDosesRun(1, 6);
  });

  it(`goes off within ${OFF_LIMIT_MS} ms when its agent is stopped, and stays off where that lasted longer than the lease`, async () => {
    const cut = await inDose(2);
    const agent = unit.pid('agent');
    expect(await onAfter('SIGSTOP', agent, 2)).toBeLessThanOrEqual(OFF_LIMIT_MS);
    const leaseIsOverAtMs = performance.now() + LEASE_MS;
    await until(() => performance.now() > leaseIsOverAtMs, 2 * LEASE_MS, 'the lease is over');
    const { on_s } = await truthOf(2);
    process.kill(agent, 'SIGCONT');
    expect(await endsAsRange(cut)).toMatchObject({ state: 'partial', code: 'E206' });
    expect((await truthOf(2)).on_s).toBe(on_s);
    expect(unit.pid('agent')).toBe(agent);
    await nextDosesRun(2, 5);
  });

  it('goes on where its agent was stopped for less than that, for as long as was ordered', async () => {
    const { dose_id, state } = await unit.api.manualDose({ channel_id: 5, volume_ml: 1 });
    expect(state).toBe('accepted');
    const before = (await truthOf(5)).on_s;
    await until(async () => (await truthOf(5)).on_s > before + 0.5, 20_000, 'the relay is on');
    const agent = unit.pid('agent');
    expect(await onAfter('SIGSTOP', agent, 5)).toBeLessThanOrEqual(OFF_LIMIT_MS);
    process.kill(agent, 'SIGCONT');
    const dose = await unit.api.settled(dose_id, 20_000);
    expect(dose).toMatchObject({ state: 'done', reason: null });
    const rate = (await unit.api.dosingConfig()).channels[4]?.dosing_rate ?? 0;
    expect(Math.abs((await truthOf(5)).on_s - before - 1 / rate)).toBeLessThan(2 * SWITCHING_S);
  });

  it(`goes off within ${OFF_LIMIT_MS} ms when its agent is stopped and then killed`, async () => {
    const cut = await inDose(3);
    const agent = unit.pid('agent');
    expect(await onAfter('SIGSTOP', agent, 3)).toBeLessThanOrEqual(OFF_LIMIT_MS);
    await killHard(agent);
    await unit.newPid('agent', agent);
    await endsAsRange(cut);
    await nextDosesRun(3, 4);
  });

  it('goes off by the next guard when its guard is killed, and the range of the dose reaches as far', async () => {
    const cut = await inDose(4);
    const agent = unit.pid('agent');
    const guard = guardOf(agent);
    const onMs = await onAfter('SIGKILL', guard, 4);
    expect(onMs).toBeLessThan(NEXT_GUARD_LIMIT_MS);
    await endsAsRange(cut, onMs / 1000);
    expect(unit.pid('agent')).toBe(agent);
    await until(() => guardOf(agent) !== guard, 5_000, 'there is another guard');
    await nextDosesRun(4, 3);
  });
});

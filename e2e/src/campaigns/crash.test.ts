// Proves that no crash makes a pump dose twice or the ledger forget: at moments all through a dose something is killed (I3,
// I4, I10).
import { hostClock, seededRandom, sleep } from '@perista/core';
import { DoseAccepted } from '@perista/protocol/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignSize } from '../harness/campaign-size.ts';
import { killHard, type PumpTruth, startUnit, type TestUnit, until } from '../harness/index.ts';

const PUMPS = ['ph-down', 'nutrient-a'] as const;
const ORDER = { volume_ml: 0.8, duration_s: 3 };
const PULSES_PER_REV = 200 * 64;
/** From the order's arrival to a little after the shaft is at rest. */
const LAST_MOMENT_MS = 3_600;
const SETTLE_LIMIT_MS = 30_000;

type Victims = (unit: TestUnit) => Promise<TestUnit>;

async function killParts(unit: TestUnit, ...parts: ('agent' | 'controller')[]): Promise<TestUnit> {
  const pids = await Promise.all(parts.map((part) => unit.newPid(part, 0)));
  await Promise.all(pids.map(killHard));
  return unit;
}

const VICTIMS: Readonly<Record<string, Victims>> = {
  agent: (unit) => killParts(unit, 'agent'),
  controller: (unit) => killParts(unit, 'controller'),
  'agent and controller': (unit) => killParts(unit, 'agent', 'controller'),
  launcher: async (unit) => {
    await killHard(unit.process.pid);
    return startUnit({ dataDir: unit.dataDir });
  },
};

const MOMENTS_EACH = campaignSize({ short: 5, long: 10, full: 50 });

describe.each(Object.keys(VICTIMS))('killing the %s', (victim) => {
  const clock = hostClock(globalThis);
  let unit: TestUnit;
  const random = seededRandom(victim.length);

  beforeAll(async () => {
    unit = await startUnit();
  });
  afterAll(async () => {
    await unit.stop();
  });

  const momentsMs = Array.from({ length: MOMENTS_EACH }, (_, index) =>
    Math.round(((index + random.unit()) / MOMENTS_EACH) * LAST_MOMENT_MS),
  );

  it.each(momentsMs)('%i ms after the order', async (momentMs) => {
    const before = await truthAtRest(unit);
    const key = `kill-${victim.replaceAll(' ', '-')}-${momentMs}`;
    const orders = PUMPS.map((pump) => unit.api.order(pump, ORDER, key).catch(() => undefined));
    await sleep(clock, momentMs);
    unit = await (VICTIMS[victim] as Victims)(unit);
    await Promise.all(orders);

    for (const [index, pump] of PUMPS.entries()) {
      // Asked again until it answers: as a client does that does not know whether its order arrived.
      const { body } = await until(
        async () => {
          const reply = await unit.api.order(pump, ORDER, key);
          return reply.status === 202 && reply;
        },
        SETTLE_LIMIT_MS,
        `an answer to the order for ${pump}`,
      );
      const accepted = DoseAccepted.parse(body);
      const dose = await unit.api.settled(accepted.dose_id, SETTLE_LIMIT_MS);
      const [earlier, now] = [before[index], await unit.emulator.truth(pump)] as [PumpTruth, PumpTruth];
      const trueMl = ((now.revolutions - earlier.revolutions) * PULSES_PER_REV * accepted.volume_ml) / accepted.pulses;
      const slackMl = Math.max(0.03, trueMl * 0.01);

      expect(now.moving, `${pump} is at rest once its dose has ended`).toBe(false);
      // A second motion shows by what was turned; a machine that stalls lets the shaft pause for over a second.
      expect(trueMl, `what ${pump} gave`).toBeLessThanOrEqual(accepted.volume_ml + slackMl);
      expect(['done', 'partial', 'missed', 'cancelled'], JSON.stringify(dose)).toContain(dose.state);
      expect(
        Math.abs((dose.delivered_ml ?? Number.NaN) - trueMl),
        JSON.stringify({ dose, trueMl }),
      ).toBeLessThanOrEqual(slackMl);
      if (dose.state === 'done') expect(Math.abs(trueMl - accepted.volume_ml)).toBeLessThanOrEqual(slackMl);
    }
  });
});

/** Pauses under 1 s belong to one motion: what comes after is a motion of its own. */
const truthAtRest = (unit: TestUnit): Promise<PumpTruth[]> =>
  until(
    async () => {
      const truths = await Promise.all(PUMPS.map((pump) => unit.emulator.truth(pump)));
      const rested = ({ moving, motions }: PumpTruth) =>
        !moving && Date.now() - Date.parse(motions.at(-1)?.ended_at ?? '1970-01-01') > 1_000;
      return truths.every(rested) && truths;
    },
    5_000,
    'all shafts rest for a second',
  );

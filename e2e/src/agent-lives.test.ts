// Proves on a thousand doses in virtual time that whatever befalls agent, board or line in mid-dose, the record of the
// dose holds what its shaft truly turned, and the shaft turned for it once (I3, I4).
import { seededRandom } from '@perista/core';
import { Direction, type QueryReply } from '@perista/protocol/link';
import { expect, it } from 'vitest';
import { PUMP, pumpConfig } from './link/emulated-agent.ts';
import { VirtualAgent } from './link/virtual-agent.ts';

const LIVES = 1_000;
const DOSE = 'the-dose';
/** Turns: the encoder's tolerance, and what a chunk may overshoot. */
const TOLERANCE = 0.02;
const BEAT_MS = 1_000;
/** Long enough for stop, recovery and reconnection. */
const AFTERMATH_MS = 60_000;

const FATES: Readonly<Record<string, (unit: VirtualAgent, chance: () => number) => Promise<void>>> = {
  'nothing happens': async () => {},
  'agent killed': async (unit, chance) => {
    unit.kill();
    await unit.clock.advance(chance() * 1_500);
    await unit.start();
  },
  'agent killed and board without supply': async (unit, chance) => {
    unit.kill();
    await unit.clock.advance(chance() * 1_500);
    unit.board.powerCycle(200);
    await unit.clock.advance(500);
    await unit.start();
  },
  'board without supply for a moment': async (unit) => unit.board.powerCycle(200),
  'line unplugged': async (unit, chance) => {
    unit.board.change({ unplugged: true });
    await unit.clock.advance(chance() * 20_000);
    unit.board.change({ unplugged: false });
  },
  'shaft held': async (unit, chance) => unit.board.stall(Math.floor(chance() * 60_000)),
  'shaft runs away': async (unit) => unit.board.change({ runawayFactor: 3 }),
  stopped: async (unit) => void (await unit.ask({ case: 'stopDose', value: { pumpId: PUMP, doseId: DOSE } })),
  'emergency stop': async (unit) => void (await unit.ask({ case: 'stopAll', value: {} })),
  'controller gone': async (unit) => unit.clock.advance(5_000),
};

async function beatFor(unit: VirtualAgent, durationMs: number): Promise<void> {
  for (let leftMs = durationMs; leftMs > 0; leftMs -= BEAT_MS) {
    void unit.tell({ case: 'beat', value: { doseIds: [DOSE], leaseMs: 3_000 } });
    await unit.clock.advance(Math.min(leftMs, BEAT_MS));
  }
}

const start = (turns: number, durationMs: number, direction: Direction) => ({
  case: 'startDose' as const,
  value: {
    doseId: DOSE,
    pumpId: PUMP,
    leaseMs: 3_000,
    motion: { pulses: Math.round(turns * 12_800), direction, durationMs, minCode: 1, maxCode: 127 },
    // A ml is a turn here, so that the record can be read as one.
    mlPerRev: 1,
    cap: { volumeMl: turns * 1.05, durationMs: durationMs * 1.25 + 10_000 },
  },
});

async function liveThrough(seed: number): Promise<{ about: string; turned: number; known: QueryReply['kind'] }> {
  const random = seededRandom(seed * 7 + 1);
  const chance = () => random.unit();
  const profile = chance() < 0.75 ? 'v1.1.2' : 'v1.1.0';
  const unit = new VirtualAgent(seed, { profile, turnsSincePowerOn: chance() < 0.5 ? 0 : 720 });
  await unit.start();
  const invert = chance() < 0.3;
  await unit.ask({ case: 'putUnitConfig', value: { configHash: 'one', pumps: [{ ...pumpConfig, invert }] } });
  const turns = 0.05 + chance() * 12;
  const durationMs = 1_000 + turns * (300 + chance() * 2_000);
  const fate = Object.keys(FATES)[Math.floor(chance() * Object.keys(FATES).length)] ?? '';
  void unit.tell(start(turns, durationMs, chance() < 0.3 ? Direction.REVERSE : Direction.FORWARD));
  await beatFor(unit, chance() * durationMs * 1.2);
  await FATES[fate]?.(unit, chance);
  await beatFor(unit, AFTERMATH_MS);
  const reply = await unit.ask({ case: 'query', value: { doseId: DOSE } });
  const about = `life ${seed}: ${fate}, ${profile}, ${turns.toFixed(2)} turns in ${durationMs.toFixed(0)} ms`;
  expect(unit.bugs, about).toEqual([]);
  unit.kill();
  const turned = Math.abs(unit.board.truth().revolutions);
  return { about, turned, known: reply.kind.case === 'query' ? reply.kind.value.kind : { case: undefined } };
}

it(`records what the shaft turned in ${LIVES} doses, each with a fate of its own`, async () => {
  let records = 0;
  for (let seed = 1; seed <= LIVES; seed++) {
    const { about, turned, known } = await liveThrough(seed);
    expect(['record', 'unknown'], about).toContain(known.case);
    if (known.case === 'record') records++;
    const { loMl, hiMl } = known.case === 'record' ? known.value : { loMl: 0, hiMl: 0 };
    expect(turned, `${about}: at least ${loMl}`).toBeGreaterThanOrEqual(loMl - TOLERANCE);
    expect(turned, `${about}: at most ${hiMl}`).toBeLessThanOrEqual(hiMl + TOLERANCE);
  }
  expect(records).toBeGreaterThan(0.9 * LIVES);
});

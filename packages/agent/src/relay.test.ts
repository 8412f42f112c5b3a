// Proves that a dose behind a relay is exact where its agent lives, and a range that holds the truth and is never wider
// than 0.4 s where it dies; that only one relay is on, and that a relay is never ordered in reverse (I4, I6, I14, I16).
import { EndCause, type QueryReply } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { AgentRig, ML_PER_REV, query, relaySetup, startDose } from './fakes/fake-rig.ts';

/** A dose of 9 s. */
const ORDER = { pulses: 9_000, durationMs: 9_000, capMl: 1.9, capMs: 30_000 };
/** What was on for `ms` gave, ml. */
const givenIn = (ms: number) => (ms / 1000) * ML_PER_REV;

async function openRig(): Promise<AgentRig> {
  const rig = new AgentRig({ pumps: new Map() });
  await rig.start();
  await rig.open(1n, [relaySetup(1), relaySetup(2)]);
  return rig;
}

async function afterDeath(dead: AgentRig, doseId: string): Promise<{ next: AgentRig; kind: QueryReply['kind'] }> {
  const next = dead.successor();
  await next.start();
  await next.live(next.controller.hello(9n));
  const reply = await next.ask(query(doseId));
  if (reply.case !== 'query' || reply.value.kind === undefined) throw new Error(`the answer is ${reply.case}`);
  return { next, kind: reply.value.kind as QueryReply['kind'] };
}

describe('a dose behind a relay', () => {
  it('is on for as long as was ordered, and its record is exact', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'relay-1', ORDER));
    await rig.clock.advance(11_000);
    expect(rig.relays.onMs(1)).toBe(9_000);
    const { cause, loMl, hiMl, revolutions } = await rig.record('d1');
    expect([cause, loMl, hiMl]).toEqual([EndCause.TARGET, givenIn(9_000), givenIn(9_000)]);
    expect(revolutions).toBe(9);
  });

  it.each([15, 40, 90])('whose relay goes off %i ms late is measured as well', async (lateMs) => {
    const rig = await openRig();
    rig.relays.offLateMs = lateMs;
    await rig.ask(startDose('d1', 'relay-1', { ...ORDER, pulses: 2_230, durationMs: 2_230 }));
    await rig.clock.advance(5_000);
    const { cause, loMl, hiMl } = await rig.record('d1');
    const trueMl = givenIn(rig.relays.onMs(1));
    expect([cause, loMl, hiMl]).toEqual([EndCause.TARGET, trueMl, trueMl]);
  });

  it('that is stopped is off at once, and is measured', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'relay-1', ORDER));
    await rig.clock.advance(4_321);
    await rig.ask({ case: 'stopDose', value: { pumpId: 'relay-1', doseId: 'd1' } });
    expect(rig.relays.on).toBeNull();
    const { cause, loMl, hiMl } = await rig.record('d1');
    expect([cause, loMl, hiMl]).toEqual([EndCause.STOP, givenIn(rig.relays.onMs(1)), givenIn(rig.relays.onMs(1))]);
  });

  it('holds the truth within 0.4 s of its rate when its agent dies, at any instant, and never goes on', async () => {
    for (let ms = 0; ms < 2_400; ms += 53) {
      const rig = await openRig();
      rig.controller.tell(startDose('d1', 'relay-1', { ...ORDER, pulses: 2_000, durationMs: 2_000 }));
      await rig.clock.advance(ms);
      rig.kill();
      await rig.clock.advance(3_000);
      expect(rig.relays.on).toBeNull();

      const { next, kind } = await afterDeath(rig, 'd1');
      if (kind.case !== 'record') throw new Error(`the dose is ${kind.case} after ${ms} ms`);
      const { loMl, hiMl } = kind.value;
      const trueMl = givenIn(rig.relays.onMs(1));
      expect(trueMl, `true volume after ${ms} ms`).toBeGreaterThanOrEqual(loMl - 1e-9);
      expect(trueMl, `true volume after ${ms} ms`).toBeLessThanOrEqual(hiMl + 1e-9);
      expect(hiMl - loMl).toBeLessThanOrEqual(givenIn(400) + 1e-9);

      const onMs = next.relays.onMs(1);
      await next.ask(startDose('d1', 'relay-1', ORDER));
      await next.clock.advance(3_000);
      expect(next.relays.onMs(1)).toBe(onMs);
    }
  });

  it('that loses its relays is a fault with a range, and the pump is back by itself when they are', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'relay-1', ORDER));
    await rig.clock.advance(5_050);
    rig.relays.break();
    await rig.clock.advance(15_000);
    const { cause, faultCode, loMl, hiMl } = await rig.record('d1');
    expect([cause, faultCode]).toEqual([EndCause.FAULT, 'E110']);
    const trueMl = givenIn(rig.relays.onMs(1));
    expect(trueMl).toBeGreaterThanOrEqual(loMl);
    expect(trueMl).toBeLessThanOrEqual(hiMl);
    expect(hiMl - loMl).toBeLessThanOrEqual(givenIn(400) + 1e-9);
    expect(await rig.refusal(startDose('d2', 'relay-1', ORDER))).toBe('E110');

    rig.relays.mend();
    await rig.clock.advance(40_000);
    await rig.ask(startDose('d3', 'relay-1', ORDER));
    await rig.clock.advance(11_000);
    expect((await rig.record('d3')).cause).toBe(EndCause.TARGET);
  });

  it('does not begin beside another one, nor in reverse', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'relay-1', ORDER));
    expect(await rig.refusal(startDose('d2', 'relay-2', ORDER))).toBe('E207');
    await rig.clock.advance(11_000);
    expect(await rig.refusal(startDose('d3', 'relay-2', { ...ORDER, direction: 'reverse' }))).toBe('E402');
    await rig.ask(startDose('d2', 'relay-2', ORDER));
    await rig.clock.advance(11_000);
    expect([rig.relays.onMs(1), rig.relays.onMs(2)]).toEqual([9_000, 9_000]);
  });
});

describe('a configuration with relays', () => {
  it.each([
    ['without a group', [relaySetup(1, { mutexGroup: '' })]],
    ['in two groups', [relaySetup(1), relaySetup(2, { mutexGroup: 'others' })]],
    ['with one relay twice', [relaySetup(1), relaySetup(1, { pumpId: 'twin' })]],
  ])('%s is refused', async (_, pumps) => {
    const rig = new AgentRig({ pumps: new Map() });
    await rig.start();
    await rig.live(rig.controller.hello(1n));
    expect(await rig.refusal({ case: 'putUnitConfig', value: { pumps, configHash: 'h' } })).toBe('E402');
  });
});

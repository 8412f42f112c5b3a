// Proves that a dose survives the loss of its process, its medium or its power at any instant: never a second motion,
// the true volume always within the record, never a default where something was kept (P8, P11, I3, I4, I14).
import { EndCause } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { DyingStorage, FailingStorage } from './fakes/dying-storage.ts';
import { AgentRig, ML_PER_REV, query, startDose } from './fakes/fake-rig.ts';

/** One count of the encoder, which knows no fractions. */
const COUNT_ML = ML_PER_REV / 65536;
const DOSE_ML = 2 * ML_PER_REV;
/** The chunk of the fake driver: a quarter of the dose. */
const CHUNK_ML = DOSE_ML / 4;

/** Restarts the agent in the world of `dead`, lets the controller come back under a new epoch and asks for the dose. */
async function afterRestart(dead: AgentRig, doseId: string) {
  const next = dead.successor();
  await next.start();
  await next.live(next.controller.hello(9n));
  const reply = await next.ask(query(doseId));
  if (reply.case !== 'query') throw new Error(`Query was answered with ${JSON.stringify(reply)}`);
  return { next, kind: reply.value.kind };
}

async function openRig(storage?: DyingStorage): Promise<AgentRig> {
  const rig = new AgentRig();
  await rig.start(storage);
  await rig.open();
  return rig;
}

describe('the agent dies in motion', () => {
  it.each([0, 30, 130, 260, 499, 501, 777, 1234, 1999, 2050])(
    '%i ms into the dose: the record is exact',
    async (ms) => {
      const rig = await openRig();
      await rig.ask(startDose('d1', 'p1'));
      await rig.clock.advance(ms);
      rig.kill();
      await rig.clock.advance(1000);

      const { next, kind } = await afterRestart(rig, 'd1');
      if (kind.case !== 'record') throw new Error(`the dose is ${kind.case}`);
      expect(kind.value.loMl).toBeCloseTo(rig.trueMl(), 4);
      expect(kind.value.hiMl - kind.value.loMl).toBeLessThan(COUNT_ML);
      expect(kind.value.durationMs).toBe(Math.min(2000, Math.floor(ms / 500) * 500));
      expect(rig.pump().motions).toBe(1);

      const again = await next.ask(startDose('d1', 'p1'));
      await next.clock.advance(5000);
      expect(again).toMatchObject({ value: { kind: { case: 'known', value: { kind: { case: 'record' } } } } });
      expect(rig.pump().motions).toBe(1);
    },
  );
});

describe('the power fails at a byte of the journal', () => {
  it('whichever byte of the whole dose it is', async () => {
    const whole = new DyingStorage(new Map());
    const survivor = await openRig(whole);
    const setupBytes = whole.bytesWritten;
    await survivor.ask(startDose('d1', 'p1'));
    await survivor.clock.advance(4000);
    const doseBytes = whole.bytesWritten - setupBytes;
    expect(doseBytes).toBeGreaterThan(2000);
    expect(survivor.pump().motions).toBe(1);

    let movedWithoutEnd = 0;
    for (let byte = 0; byte < doseBytes; byte++) {
      const rig = new AgentRig();
      const storage = new DyingStorage(rig.blobs, setupBytes + byte, () => rig.kill());
      await rig.start(storage);
      await rig.open();
      rig.controller.tell(startDose('d1', 'p1'));
      await rig.clock.advance(6000);

      const { next, kind } = await afterRestart(rig, 'd1');
      const about = `cut at byte ${byte} of ${doseBytes}`;
      const [lo, hi] = kind.case === 'record' ? [kind.value.loMl, kind.value.hiMl] : [0, 0];
      expect(kind.case, about).not.toBe('running');
      expect(rig.trueMl(), about).toBeGreaterThanOrEqual(lo - COUNT_ML);
      expect(rig.trueMl(), about).toBeLessThanOrEqual(hi + COUNT_ML);
      expect(hi - lo, about).toBeLessThanOrEqual(CHUNK_ML * 1.03);
      if (kind.case === 'record' && kind.value.cause === EndCause.RECOVERED && hi > 0) movedWithoutEnd++;

      const motions = rig.pump().motions;
      const again = await next.ask(startDose('d1', 'p1'));
      if (kind.case === 'record') {
        expect(again, about).toMatchObject({ value: { kind: { case: 'known' } } });
        await next.clock.advance(1000);
        expect(rig.pump().motions, about).toBe(motions);
      } else {
        expect(motions, about).toBe(0);
        expect(again, about).toMatchObject({ value: { kind: { case: 'started' } } });
      }
      expect(next.bugs, about).toEqual([]);
      next.kill();
    }
    expect(movedWithoutEnd).toBeGreaterThan(100);
  }, 120_000);

  it('whichever byte of a new epoch, latch and configuration it is: the old or the new stands, never a default', async () => {
    const changes = async (rig: AgentRig) => {
      rig.controller.tell({ case: 'hello', value: {} }, { epoch: 7n });
      await rig.clock.advance(100);
      rig.controller.tell({ case: 'stopAll', value: {} });
      await rig.clock.advance(100);
    };
    const whole = new DyingStorage(new Map());
    const survivor = await openRig(whole);
    const before = whole.bytesWritten;
    await changes(survivor);
    const changed = whole.bytesWritten - before;

    for (let byte = 0; byte < changed; byte++) {
      const rig = new AgentRig();
      await rig.start(new DyingStorage(rig.blobs, before + byte, () => rig.kill()));
      await rig.open();
      await changes(rig);
      const next = rig.successor();
      await next.start();
      const reply = await next.live(next.controller.hello(0n));
      expect([1n, 7n]).toContain(reply.highestEpoch);
      expect(reply.configHash).toBe('hash-1');
      expect(reply.state?.pumps).toHaveLength(1);
      expect(reply.state?.pumps[0]?.faultCode).toBe('');
      next.kill();
    }
  }, 60_000);
});

describe('the medium fails while the agent lives', () => {
  it('at START: the order fails, nothing moves, and the same dose may be ordered again', async () => {
    const rig = new AgentRig();
    const storage = new FailingStorage(rig.blobs);
    await rig.start(storage);
    await rig.open();
    storage.writes = 'fail';
    expect(await rig.refusal(startDose('d1', 'p1'))).toBe('E303');
    expect(rig.pump().motions).toBe(0);
    storage.writes = 'work';
    expect(await rig.ask(startDose('d1', 'p1'))).toMatchObject({ value: { kind: { case: 'started' } } });
  });

  it('at a tick: the shaft stops, and the record follows when the medium is back', async () => {
    const rig = new AgentRig();
    const storage = new FailingStorage(rig.blobs);
    await rig.start(storage);
    await rig.open();
    await rig.ask(startDose('d1', 'p1'));
    await rig.clock.advance(700);
    storage.writes = 'fail';
    await rig.clock.advance(3000);
    expect(rig.pump().isMoving).toBe(false);
    expect(rig.pump().revolutions).toBeCloseTo(1, 6);
    expect(await rig.ask(query('d1'))).toMatchObject({ value: { kind: { case: 'running' } } });
    storage.writes = 'work';
    await rig.clock.advance(1500);
    const record = await rig.record('d1');
    expect(record).toMatchObject({ cause: EndCause.FAULT, faultCode: 'E303' });
    expect(record.loMl).toBeLessThanOrEqual(rig.trueMl());
    expect(record.hiMl).toBeGreaterThanOrEqual(rig.trueMl() - COUNT_ML);
  });

  it('hangs at a tick: stop does not wait for it', async () => {
    const rig = new AgentRig();
    const storage = new FailingStorage(rig.blobs);
    await rig.start(storage);
    await rig.open();
    await rig.ask(startDose('d1', 'p1'));
    await rig.clock.advance(100);
    storage.writes = 'hang';
    const reply = await rig.ask({ case: 'stopDose', value: { pumpId: 'p1', doseId: 'd1' } });
    expect(reply).toMatchObject({ case: 'stop', value: { atRest: ['p1'] } });
    expect(rig.pump().isMoving).toBe(false);
  });
});

import { type Motion, sleep, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import type { MotionEnd, MotionTick } from '../pump-driver.ts';
import type { RelayBank } from './relay-bank.ts';
import { RelayPumpDriver } from './relay-pump-driver.ts';
import { REACH_MS } from './relay-run.ts';
import { RelaySwitch } from './relay-switch.ts';

const CHANNEL = 2;

const onFor = (ms: number): Motion => ({
  pulses: ms,
  direction: 'forward',
  durationMs: ms,
  minCode: 1,
  maxCode: 1,
});

/** A bank with six relays behind it and a hold on its world. */
export interface RelayRig {
  readonly bank: RelayBank;
  /** The relay that is truly on, or null. */
  on(): number | null;
  /** How long `channel` was truly on in all, ms. */
  onMs(channel: number): number;
  /** The bank cannot be reached any more. */
  break(): void;
  mend(): void;
}

export type MakeRelayRig = (clock: VirtualClock) => RelayRig;

class Bench {
  readonly clock = new VirtualClock();
  readonly rig: RelayRig;
  readonly relays: RelaySwitch;
  readonly driver: RelayPumpDriver;
  readonly ticks: MotionTick[] = [];

  constructor(makeRig: MakeRelayRig) {
    this.rig = makeRig(this.clock);
    this.relays = new RelaySwitch(this.rig.bank);
    this.driver = this.driverOf(CHANNEL);
  }

  driverOf(channel: number): RelayPumpDriver {
    return new RelayPumpDriver({ pumpId: `relay-${channel}`, channel, relays: this.relays, clock: this.clock });
  }

  static async safe(makeRig: MakeRelayRig): Promise<Bench> {
    const bench = new Bench(makeRig);
    await bench.clock.until(bench.driver.makeSafe());
    return bench;
  }

  /** Moves; each tick takes `journalMs` to become durable. */
  move(ms: number, journalMs: (tick: number) => number = () => 0): Promise<MotionEnd> {
    return this.driver.move(onFor(ms), async (tick) => {
      const takesMs = journalMs(this.ticks.length);
      if (takesMs > 0) await sleep(this.clock, takesMs);
      this.ticks.push(tick);
    });
  }

  get on(): number | null {
    return this.rig.on();
  }

  get onMs(): number {
    return this.rig.onMs(CHANNEL);
  }
}

/**
 * What a pump behind relays must do on any bank, as a vitest suite: a relay is on for as long as was ordered, never further
 * than the last durable tick announced, and what cannot be known is not told.
 */
export function relayPumpContract(name: string, makeRig: MakeRelayRig): void {
  describe(`pump behind relays contract: ${name}`, () => {
    it.each([60, 100, 250, 251, 300, 349, 350, 1000, 1234, 46_970])(
      'is on for %i ms, to the millisecond',
      async (ms) => {
        const bench = await Bench.safe(makeRig);
        expect(await bench.clock.until(bench.move(ms))).toEqual({ kind: 'at-target', position: ms });
        expect([bench.onMs, bench.on, bench.clock.monotonicMs()]).toEqual([ms, null, ms]);
        expect(bench.ticks[0]).toMatchObject({ position: 0, nextChunkCounts: Math.min(REACH_MS, ms) });
        expect(bench.ticks.at(-1)).toMatchObject({ position: ms, nextChunkCounts: 0 });
        await bench.clock.advance(5_000);
        expect(bench.onMs).toBe(ms);
      },
    );

    it('ticks each 100 ms', async () => {
      const bench = await Bench.safe(makeRig);
      await bench.clock.until(bench.move(1000));
      expect(bench.ticks.map(({ position }) => position)).toEqual([
        0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
      ]);
    });

    it.each([20, 90, 130, 260, 700])(
      'is never on further than the last durable tick announced, at %i ms a tick',
      async (journalMs) => {
        const bench = await Bench.safe(makeRig);
        const moving = bench.move(2000, (tick) => (tick % 3 === 0 ? 0 : journalMs));
        for (let at = 0; at < 12_000; at += 5) {
          await bench.clock.advance(5);
          const last = bench.ticks.at(-1);
          if (last !== undefined) expect(bench.onMs).toBeLessThanOrEqual(last.position + last.nextChunkCounts);
        }
        expect(await moving).toEqual({ kind: 'at-target', position: 2000 });
        expect(bench.onMs).toBe(2000);
      },
    );

    it('goes off by itself within the announced time if its agent falls silent, whenever', async () => {
      for (let atMs = 10; atMs < 1500; atMs += 35) {
        const bench = await Bench.safe(makeRig);
        void bench.driver.move(onFor(1500), async (tick) => {
          if (bench.clock.monotonicMs() >= atMs) await new Promise(() => {});
          bench.ticks.push(tick);
        });
        await bench.clock.advance(5_000);
        const last = bench.ticks.at(-1);
        expect(bench.on).toBeNull();
        expect(bench.onMs - (last?.position ?? 0)).toBeLessThanOrEqual(last?.nextChunkCounts ?? 0);
      }
    });

    it.each([0, 30, 100, 499])('stops at once after %i ms and tells how long it was on', async (ms) => {
      const bench = await Bench.safe(makeRig);
      const moving = bench.move(5000);
      await bench.clock.advance(ms);
      expect(await bench.driver.stop()).toBe(ms);
      expect(bench.on).toBeNull();
      expect(await moving).toEqual({ kind: 'stopped', position: ms });
      await bench.clock.advance(2_000);
      expect([bench.onMs, await bench.driver.readPosition()]).toEqual([ms, ms]);
      expect(await bench.clock.until(bench.move(200))).toEqual({ kind: 'at-target', position: ms + 200 });
    });

    it('rests and rejects if a tick cannot be kept', async () => {
      const bench = await Bench.safe(makeRig);
      let ticks = 0;
      const moving = bench.driver.move(onFor(2000), async () => {
        if (++ticks === 4) throw new Error('journal full');
      });
      const failed = expect(moving).rejects.toThrow('journal full');
      await bench.clock.advance(300);
      await failed;
      expect([bench.on, bench.onMs]).toEqual([null, 300]);
    });

    it('is a fault of unknown position when the bank cannot be reached (E110), and can be used once it is', async () => {
      const bench = await Bench.safe(makeRig);
      const moving = bench.move(5000);
      await bench.clock.advance(450);
      bench.rig.break();
      await bench.clock.advance(100);
      expect(await moving).toMatchObject({ kind: 'fault', code: 'E110', position: null, seen: null });
      const last = bench.ticks.at(-1);
      await bench.clock.advance(1_000);
      expect(bench.onMs).toBeLessThanOrEqual((last?.position ?? 0) + (last?.nextChunkCounts ?? 0));
      await expect(bench.driver.stop()).rejects.toMatchObject({ code: 'E110' });
      expect(await bench.driver.move(onFor(100), async () => {})).toMatchObject({ kind: 'fault', code: 'E110' });
      expect(await bench.driver.readSensors()).toMatchObject({ position: null, line: { lost: expect.any(Number) } });

      bench.rig.mend();
      await bench.clock.advance(2_000);
      // A bank may have to tell once that it lost count.
      const tryAgain = () => bench.clock.until(bench.driver.makeSafe());
      expect(await tryAgain().catch(tryAgain)).toEqual({ position: 0 });
      expect(await bench.clock.until(bench.move(300))).toEqual({ kind: 'at-target', position: 300 });
    });

    it('says how long it may have been on when its bank is lost near the end: until all is off', async () => {
      for (const atMs of [810, 990]) {
        const bench = await Bench.safe(makeRig);
        const moving = bench.move(1000);
        await bench.clock.advance(atMs);
        bench.rig.break();
        await bench.clock.advance(500);
        expect(await moving).toMatchObject({ kind: 'fault', position: null, reach: REACH_MS });
      }
    });

    it('is not moved once its bank was lost at rest, until it is made safe: it would not be counted', async () => {
      const bench = await Bench.safe(makeRig);
      expect(await bench.clock.until(bench.move(200))).toMatchObject({ kind: 'at-target' });
      bench.rig.break();
      await bench.clock.advance(100);
      expect(await bench.driver.readSensors()).toMatchObject({ position: null });
      bench.rig.mend();
      await bench.clock.advance(2_000);
      const reading = () => bench.clock.until(bench.driver.readPosition());
      await expect(reading()).rejects.toMatchObject({ code: 'E110' });
      await expect(reading()).rejects.toMatchObject({ code: 'E110' });
      expect(await bench.clock.until(bench.driver.readSensors())).toMatchObject({ position: null });
      expect(await bench.move(500)).toMatchObject({ kind: 'fault', code: 'E110' });
      expect([bench.on, bench.onMs]).toEqual([null, 200]);

      expect(await bench.clock.until(bench.driver.makeSafe())).toEqual({ position: 0 });
      expect(await bench.clock.until(bench.move(300))).toEqual({ kind: 'at-target', position: 300 });
      expect(bench.onMs).toBe(500);
    });

    it('is not turned off by another pump that is made safe, stopped or asked', async () => {
      const bench = await Bench.safe(makeRig);
      const other = bench.driverOf(5);
      const moving = bench.move(1000);
      await bench.clock.advance(250);
      expect([await other.makeSafe(), await other.stop(), await other.readPosition()]).toEqual([{ position: 0 }, 0, 0]);
      await other.readSensors();
      expect(bench.on).toBe(CHANNEL);
      expect(await bench.clock.until(moving)).toEqual({ kind: 'at-target', position: 1000 });
      expect(await bench.clock.until(other.move(onFor(150), async () => {}))).toEqual({
        kind: 'at-target',
        position: 150,
      });
      expect([bench.onMs, bench.rig.onMs(5)]).toEqual([1000, 150]);
    });

    it('does not move before it was made safe, nor beside another one', async () => {
      const bench = new Bench(makeRig);
      expect(await bench.driver.move(onFor(100), async () => {})).toMatchObject({ kind: 'fault', code: 'E110' });
      expect(bench.onMs).toBe(0);
      const other = bench.driverOf(1);
      await Promise.all([bench.driver.makeSafe(), other.makeSafe()]);
      void bench.move(1000);
      await bench.clock.advance(10);
      await expect(other.move(onFor(100), async () => {})).rejects.toThrow('relay 1 is not turned on beside 2');
    });
  });
}

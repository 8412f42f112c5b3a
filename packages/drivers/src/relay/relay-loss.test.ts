// Proves what is known of a motion whose guard was killed with the relay on, until the next guard turned it off (I4), and that
// a process that was frozen asks before it goes on (P17).
import { type Clock, type Motion, PeristaError, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import type { MotionTick } from '../pump-driver.ts';
import { FakeRelayBank } from './fake-relay-bank.ts';
import { GuardedRelayBank } from './guarded-relay-bank.ts';
import { MemoryRelayLines } from './memory-relay-lines.ts';
import { pipePair } from './pipe-pair.ts';
import type { RelayBank } from './relay-bank.ts';
import { RelayGuard } from './relay-guard.ts';
import { RelayPumpDriver } from './relay-pump-driver.ts';
import { REACH_MS } from './relay-run.ts';
import { RelaySwitch } from './relay-switch.ts';

const CHANNEL = 2;
const STEP_MS = 7;
/** Between two orders nobody asks; ms are rounded up. */
const UNNOTICED_MS = 101;

const FIVE_SECONDS: Motion = { pulses: 5_000, direction: 'forward', durationMs: 5_000, minCode: 1, maxCode: 1 };

const driverOf = (bank: RelayBank, clock: Clock) =>
  new RelayPumpDriver({ pumpId: 'relay-2', channel: CHANNEL, relays: new RelaySwitch(bank), clock });

/** A bank whose first guard can be killed: it does nothing more, and the lines stay. The next one takes `startMs` to come. */
function killableGuard(clock: VirtualClock, startMs: number) {
  const lines = new MemoryRelayLines(clock);
  let kill = () => {};
  let guards = 0;
  const bank = new GuardedRelayBank({
    channels: lines.channels,
    clock,
    log: silentLog,
    async startGuard() {
      if (guards++ > 0) await new Promise<void>((resolve) => clock.after(startMs, resolve));
      await lines.write(null);
      const [near, far] = pipePair();
      let isDead = false;
      const write = (channel: number | null) => (isDead ? new Promise<void>(() => {}) : lines.write(channel));
      void new RelayGuard({
        clock,
        lines: { channels: lines.channels, write, close: () => lines.close() },
        pipe: far,
      }).run();
      kill = () => {
        isDead = true;
        void far.close();
      };
      return near;
    },
  });
  return { bank, lines, kill: () => kill() };
}

describe('a motion whose guard is killed', () => {
  it.each([0, 300, 900, 2_000])(
    'tells at most how long the relay stayed on, with the next guard in %i ms',
    async (startMs) => {
      for (let atMs = 3; atMs < 700; atMs += 31) {
        const clock = new VirtualClock();
        const { bank, lines, kill } = killableGuard(clock, startMs);
        const driver = driverOf(bank, clock);
        await clock.until(driver.makeSafe());
        const ticks: MotionTick[] = [];
        const moving = driver.move(FIVE_SECONDS, async (tick) => void ticks.push(tick));
        await clock.advance(atMs);
        kill();
        const end = await clock.until(moving);
        expect(end).toMatchObject({ kind: 'fault', code: 'E110', position: null });
        const onMs = (lines.changes.at(-1)?.atMs ?? 0) - (lines.changes.at(0)?.atMs ?? 0);
        const known = ticks.at(-1)?.position ?? 0;
        const reach = end.kind === 'fault' ? (end.reach ?? 0) : 0;
        expect(lines.driven).toBeNull();
        expect(onMs, `killed at ${atMs} ms`).toBeLessThanOrEqual(known + reach);
        expect(known + reach, `killed at ${atMs} ms`).toBeLessThanOrEqual(
          Math.max(known + REACH_MS, onMs + UNNOTICED_MS),
        );
      }
    },
  );
});

/** As a process sees time that is stopped and goes on: timers come late, and all at once. */
class FreezableClock implements Clock {
  readonly #clock: Clock;
  #thawsAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  freeze(forMs: number): void {
    this.#thawsAtMs = this.monotonicMs() + forMs;
  }

  monotonicMs = () => this.#clock.monotonicMs();
  wallMs = () => this.#clock.wallMs();

  after(delayMs: number, fn: () => void) {
    let cancel = this.#clock.after(delayMs, () => {
      cancel = this.#clock.after(Math.max(0, this.#thawsAtMs - this.monotonicMs()), fn);
    });
    return () => cancel();
  }
}

describe('a motion of a process that was frozen', () => {
  it('is asked for by a tick before its relay is on again', async () => {
    for (let atMs = 250; atMs < 460; atMs += STEP_MS) {
      const clock = new VirtualClock();
      const ofProcess = new FreezableClock(clock);
      const bank = new FakeRelayBank(clock);
      const driver = driverOf(bank, ofProcess);
      await driver.makeSafe();
      let isOver = false;
      const moving = driver.move(FIVE_SECONDS, async () => {
        if (isOver) throw new PeristaError('E206', 'The lease is over');
      });
      const refused = expect(moving).rejects.toThrow('The lease is over');
      await clock.advance(atMs);
      ofProcess.freeze(4_000);
      isOver = true;
      await clock.advance(3_999);
      const onMs = bank.onMs(CHANNEL);
      expect(bank.on).toBeNull();
      await clock.advance(2_000);
      await refused;
      expect(bank.onMs(CHANNEL)).toBe(onMs);
    }
  });

  it('goes on where it may, and is on for as long as was ordered', async () => {
    const clock = new VirtualClock();
    const ofProcess = new FreezableClock(clock);
    const bank = new FakeRelayBank(clock);
    const driver = driverOf(bank, ofProcess);
    await driver.makeSafe();
    const moving = driver.move(FIVE_SECONDS, async () => {});
    await clock.advance(420);
    ofProcess.freeze(2_000);
    expect(await clock.until(moving)).toEqual({ kind: 'at-target', position: 5_000 });
    expect(bank.onMs(CHANNEL)).toBe(5_000);
  });
});

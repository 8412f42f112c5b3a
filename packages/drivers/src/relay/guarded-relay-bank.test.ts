// Proves, over the real guard on a pipe in memory, that relays go off when whoever gave orders is killed, stopped or garbled (I14),
// that on-time is told as it was or not at all, and that a guard that is lost is followed by the next.
import { isPeristaError, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { encodeGreeting } from './guard-words.ts';
import { GuardedRelayBank } from './guarded-relay-bank.ts';
import { bytesOfLine } from './line-splitter.ts';
import { MemoryRelayLines } from './memory-relay-lines.ts';
import { pipePair } from './pipe-pair.ts';
import { RelayGuard } from './relay-guard.ts';

const ON_MS = 250;
const ascii = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const codeOf = (thrown: unknown) => (isPeristaError(thrown) ? `${thrown.code} ${thrown.message}` : String(thrown));

/** A bank whose guards all hold the same lines; `ends` are why they ended. */
function startBank() {
  const clock = new VirtualClock();
  const lines = new MemoryRelayLines(clock);
  const ends: string[] = [];
  const pipes: ReturnType<typeof pipePair>[0][] = [];
  const bank = new GuardedRelayBank({
    channels: 6,
    clock,
    log: silentLog,
    async startGuard() {
      const [near, far] = pipePair();
      pipes.push(near);
      await lines.write(null);
      const run = new RelayGuard({ clock, lines, pipe: far }).run();
      void run
        .then(
          (why) => ends.push(why),
          (thrown) => ends.push(codeOf(thrown)),
        )
        .then(() => far.close());
      return near;
    },
  });
  const set = (channel: number | null, forMs = ON_MS) => clock.until(bank.set(channel, forMs).catch(codeOf));
  return { clock, lines, ends, pipes, bank, set };
}

describe('GuardedRelayBank', () => {
  it('switches one relay at a time, tells how long it was on, and lets it go at the deadline', async () => {
    const { clock, lines, set } = startBank();
    const told = [];
    for (const channel of [1, 1, 5, null]) {
      told.push(await set(channel));
      await clock.advance(100);
    }
    expect(told).toEqual([0, 100, 100, 100]);
    await set(2, 70);
    await clock.advance(1_000);
    expect(lines.changes.map(({ atMs, driven }) => [atMs, driven])).toEqual([
      [0, 1],
      [200, 5],
      [300, null],
      [400, 2],
      [470, null],
    ]);
    expect([await set(null), await set(null)]).toEqual([70, 0]);
  });

  it('is off at once when the process that gave orders is killed', async () => {
    const { clock, lines, ends, pipes, set } = startBank();
    await set(3);
    await clock.advance(40);
    await pipes[0]?.close();
    await clock.advance(0);
    expect([lines.driven, lines.changes.at(-1)?.atMs, ends]).toEqual([null, 40, ['whoever gave the orders is gone']]);
  });

  it('is off within 300 ms when that process is stopped, and goes on for its next order', async () => {
    const { clock, lines, pipes, set } = startBank();
    for (let beat = 0; beat < 5; beat++) {
      await set(3);
      await clock.advance(100);
    }
    pipes[0]?.mute();
    await clock.advance(300);
    expect([lines.driven, lines.changes.at(-1)?.atMs]).toEqual([null, 400 + ON_MS]);
  });

  it('is off at any byte that belongs to no order', async () => {
    const bad = [
      '\u0000',
      '\n',
      '7 100.000\n',
      '1 251.000\n',
      '1 0.500\n',
      '1 100.000 \n',
      '-1 5.000\n',
      '0 5.000\n',
      '1 1e2\n',
      'x'.repeat(1_001),
    ];
    for (const words of bad) {
      const { clock, lines, pipes, ends, set } = startBank();
      await set(4);
      await pipes[0]?.write(ascii(words));
      await clock.advance(0);
      expect([lines.driven, ends.length], JSON.stringify(words)).toEqual([null, 1]);
    }
  });

  it('takes orders in any pieces', async () => {
    const { clock, lines, pipes, set } = startBank();
    await set(null);
    for (const byte of bytesOfLine('6 200.000')) await pipes[0]?.write(Uint8Array.of(byte));
    await clock.advance(0);
    expect(lines.driven).toBe(6);
  });

  it('does not know how long a relay was on if its guard was lost; the next guard is asked afterwards (E110)', async () => {
    const { clock, pipes, set } = startBank();
    await set(1);
    await pipes[0]?.close();
    await clock.advance(2_000);
    expect(await set(null)).toBe('E110 The guard was lost, and with it how long a relay was on');
    expect([await set(1), pipes.length]).toEqual([0, 2]);
  });

  it('gives up a guard that does not answer, and is told once (E110)', async () => {
    const { clock, lines, pipes, set } = startBank();
    await set(1);
    pipes[0]?.mute();
    expect(await set(1)).toBe('E110 The guard of the relays does not answer');
    await clock.advance(2_000);
    expect([lines.driven, pipes.length, await set(null)]).toEqual([null, 2, 0]);
  });

  it('ends with the lines, and does not say that relays are off when they are not known to be', async () => {
    const { clock, lines, set } = startBank();
    await set(1);
    lines.fails = true;
    expect(await set(1)).toMatch(/^E110/);
    await clock.advance(500);
    expect(lines.driven).toBe(1);
    lines.fails = false;
    await clock.advance(1_000);
    expect([lines.driven, await set(2)]).toEqual([null, 0]);
  });

  it('counts from before a slow write until after it, never too little', async () => {
    const { clock, lines, set } = startBank();
    await set(null);
    lines.delayMs = 10;
    await set(1);
    await clock.advance(40);
    expect(await set(null)).toBe(50 + 10 - 10);
    expect(lines.changes.map(({ atMs }) => atMs)).toEqual([10, 60]);
  });

  it('tells why a guard refuses to be armed, and tries again', async () => {
    const clock = new VirtualClock();
    const greetings = [
      { kind: 'refused', why: 'The kernel keeps outputs driven' } as const,
      { kind: 'armed', channels: 2 } as const,
    ];
    let starts = 0;
    const bank = new GuardedRelayBank({
      channels: 6,
      clock,
      log: silentLog,
      async startGuard() {
        const [near, far] = pipePair();
        const greeting = greetings[starts++];
        if (greeting !== undefined) await far.write(bytesOfLine(encodeGreeting(greeting)));
        return near;
      },
    });
    const refusal = () => clock.until(bank.set(1, ON_MS).catch(codeOf));
    expect(await refusal()).toBe('E110 The kernel keeps outputs driven');
    await clock.advance(1_000);
    expect(await refusal()).toBe('E110 The guard holds 2 relays, not 6');
    await clock.advance(1_000);
    expect(await refusal()).toBe('E110 The guard of the relays does not answer');
    await clock.until(bank.close());
    await clock.advance(10_000);
    expect(starts).toBe(3);
  });

  it('has all off and the guard gone when it is closed', async () => {
    const { clock, lines, ends, pipes, bank, set } = startBank();
    await set(2);
    await bank.close();
    await clock.advance(5_000);
    expect([lines.driven, ends.length, pipes.length]).toEqual([null, 1, 1]);
    expect(await set(2)).toBe('E110 The relays were given back');
  });
});

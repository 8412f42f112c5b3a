// Proves over TCP that relays take one write at a time, stay as last driven when who drove them is gone, have one owner, and
// that their on-time is true.
import { type Clock, hostClock, isPeristaError, seededRandom, silentLog, VirtualClock } from '@perista/core';
import { openSerialLine, pipedRelayLines } from '@perista/drivers';
import { afterEach, describe, expect, it } from 'vitest';
import { relayFactoryCalibration } from '../factory-calibration.ts';
import { TcpLine } from '../line/tcp-line.ts';
import { DEFAULT_EMULATED_RELAYS } from './emulated-relay-pump.ts';
import { EmulatedRelays } from './emulated-relays.ts';
import { relayPort } from './relay-port.ts';

const emulated = (clock: Clock) =>
  new EmulatedRelays({ clock, random: seededRandom(1), pumps: DEFAULT_EMULATED_RELAYS });

describe('EmulatedRelays', () => {
  it('has one on at most, and counts for how long', async () => {
    const clock = new VirtualClock({ wallMs: 5_000 });
    const relays = emulated(clock);
    for (const channel of [1, 1, 2, null, 1]) {
      relays.drive(channel);
      await clock.advance(100);
    }
    expect(relays.truth(1)).toMatchObject({
      turnedMs: 300,
      moving: true,
      motions: [{ startedAtMs: 5_000, endedAtMs: 5_500 }],
    });
    expect([relays.truth(2).turnedMs, relays.truth(2).moving, relays.driven]).toEqual([100, false, 1]);
  });

  it('turn pumps that give what their factory calibration says', async () => {
    const clock = new VirtualClock();
    const relays = emulated(clock);
    for (const pump of DEFAULT_EMULATED_RELAYS) {
      relays.drive(pump.channel);
      await clock.advance(30_000);
      const { trueMl } = relays.truth(pump.channel);
      for (const { measuredMl } of relayFactoryCalibration(pump)) expect(trueMl / measuredMl).toBeCloseTo(1, 1);
      expect(trueMl / 30).toBeGreaterThan(0.25);
      expect(trueMl / 30).toBeLessThan(0.41);
    }
  });
});

describe('relayPort', () => {
  const clock = hostClock(globalThis);
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const part of opened.splice(0)) await part.close();
  });

  async function serve() {
    const relays = emulated(clock);
    const tcp = new TcpLine(relayPort(relays), clock, silentLog);
    opened.push(tcp);
    await tcp.listen(0);
    const open = pipedRelayLines(openSerialLine(`tcp://127.0.0.1:${tcp.port}`), clock);
    return { relays, open, tcp };
  }

  it('drives what it is told, and leaves it so when its owner is gone; the next one takes it over with all off', async () => {
    const { relays, open } = await serve();
    const lines = await open();
    expect(lines.channels).toBe(6);
    await lines.write(5);
    expect(relays.driven).toBe(5);
    await lines.close();
    await expect(lines.write(null)).rejects.toMatchObject({ code: 'E110' });
    expect(relays.driven).toBe(5);
    opened.push(await open());
    expect(relays.driven).toBeNull();
  });

  it('has one owner at a time, and no answer for what is no request (E110)', async () => {
    const { relays, open } = await serve();
    const lines = await open();
    opened.push(lines);
    await lines.write(2);
    const second = await open().catch((thrown) => thrown);
    expect([isPeristaError(second, 'E110'), relays.driven]).toEqual([true, 2]);
    await expect(lines.write(7)).rejects.toThrow('"no" does not answer "drive 7"');
    expect(relays.driven).toBe(2);
  });

  it('is lost with the process behind it (E110)', async () => {
    const { open, tcp } = await serve();
    const lines = await open();
    await tcp.close();
    opened.length = 0;
    await expect(lines.write(1)).rejects.toMatchObject({ code: 'E110' });
    await expect(open()).rejects.toMatchObject({ code: 'E110' });
  });
});

// Proves over TCP that relays take one write at a time, stay as last driven when who drove them is gone, have one owner, and
// that their on-time is true.
import { hostClock, isPeristaError, silentLog, VirtualClock } from '@perista/core';
import { openSerialLine, pipedRelayLines } from '@perista/drivers';
import { afterEach, describe, expect, it } from 'vitest';
import { TcpLine } from '../line/tcp-line.ts';
import { EmulatedRelays } from './emulated-relays.ts';
import { RelayPort } from './relay-port.ts';

describe('EmulatedRelays', () => {
  it('has one on at most, and counts for how long', async () => {
    const clock = new VirtualClock({ wallMs: 5_000 });
    const relays = new EmulatedRelays(clock, 6);
    for (const channel of [1, 1, 2, null, 1]) {
      relays.drive(channel);
      await clock.advance(100);
    }
    expect(relays.truth(1)).toEqual({
      onMs: 300,
      isOn: true,
      onTimes: [
        { startedAtMs: 5_000, endedAtMs: 5_200 },
        { startedAtMs: 5_400, endedAtMs: null },
      ],
    });
    expect([relays.truth(2).onMs, relays.truth(2).isOn, relays.driven]).toEqual([100, false, 1]);
  });
});

describe('RelayPort', () => {
  const clock = hostClock(globalThis);
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const part of opened.splice(0)) await part.close();
  });

  async function serve() {
    const relays = new EmulatedRelays(clock, 6);
    const tcp = new TcpLine(new RelayPort(relays), clock, silentLog);
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

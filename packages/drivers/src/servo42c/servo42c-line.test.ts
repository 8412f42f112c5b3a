import { silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { type FakeFarEnd, FakeSerialPort } from '../line/fake-serial-port.ts';
import { BOARD } from './commands.ts';
import { withChecksum } from './frame.ts';
import { PassedByStop, Servo42cLine } from './servo42c-line.ts';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
const READ_ENABLED = 'e0 3a 1a';
const STOP = 'e0 f7 d7';

function setUp(farEnd: FakeFarEnd) {
  const clock = new VirtualClock();
  const ports: FakeSerialPort[] = [];
  const line = new Servo42cLine({ open: FakeSerialPort.opener(farEnd, ports), clock, log: silentLog });
  const written = () => ports.flatMap((port) => port.written.map(hex));
  return { clock, line, ports, written };
}

/** Answers each request after `ms` with the status 1 of the board that was asked. */
const obliging =
  (clock: () => VirtualClock, ms: number): FakeFarEnd =>
  ([address = 0], port) => {
    clock().after(ms, () => port.say(...withChecksum([address, 1])));
  };

// Proves that nothing on the wire is taken for what it is not, and that one question is asked at a time.
describe('Servo42cLine', () => {
  it('has one request in flight, whichever board it is for, in the order they were asked', async () => {
    let inFlight = 0;
    let most = 0;
    const { clock, line, written } = setUp(([address = 0], port) => {
      most = Math.max(most, ++inFlight);
      clock.after(20, () => {
        inFlight--;
        port.say(...withChecksum([address, 1]));
      });
    });
    const answers = [0xe0, 0xe3, 0xe4, 0xe0].map((address) => line.request(address, BOARD.readEnabled()));
    expect(await clock.until(Promise.all(answers))).toEqual(Array(4).fill('enabled'));
    expect(most).toBe(1);
    expect(written().map((frame) => frame.slice(0, 2))).toEqual(['e0', 'e3', 'e4', 'e0']);
  });

  it('asks a reading twice before it gives up, and a move once', async () => {
    const { clock, line, written } = setUp(() => {});
    await expect(clock.until(line.request(0xe0, BOARD.readEnabled()))).rejects.toMatchObject({ code: 'E101' });
    expect(written()).toEqual([READ_ENABLED, READ_ENABLED]);
    await expect(clock.until(line.request(0xe0, BOARD.runPulses('forward', 1, 5)))).rejects.toMatchObject({
      code: 'E101',
    });
    expect(written()).toHaveLength(3);
    expect(line.counters).toMatchObject({ answered: 0, lost: 3 });
  });

  it('says garbled, not silent, when bytes came that make no reply', async () => {
    const { clock, line } = setUp((_, port) => port.say(0xe0, 0x01, 0xe2));
    await expect(clock.until(line.request(0xe0, BOARD.readEnabled()))).rejects.toMatchObject({ code: 'E107' });
    expect(line.counters.discardedBytes).toBe(6);
  });

  it('counts a reply that comes too late, and never gives it to the next question', async () => {
    const delays = [115, 5];
    const replies = [1, 2];
    const { clock, line } = setUp(([address = 0], port) => {
      const reply = withChecksum([address, replies.shift() ?? 0]);
      clock.after(delays.shift() ?? 0, () => port.say(...reply));
    });
    expect(await clock.until(line.request(0xe0, BOARD.readEnabled()))).toBe('disabled');
    expect(line.counters).toMatchObject({ answered: 1, lost: 1, late: 1, discardedBytes: 0 });
  });

  it('forgets what came while nobody asked', async () => {
    const { clock, line, ports } = setUp(([address = 0], port) => port.say(...withChecksum([address, 2])));
    await clock.until(line.request(0xe0, BOARD.readEnabled()));
    ports[0]?.say(0x00, ...withChecksum([0xe0, 1]), 0xe0);
    expect(await clock.until(line.request(0xe0, BOARD.readEnabled()))).toBe('disabled');
  });

  it('tells a completion that comes unasked to whom it concerns, also in pieces', async () => {
    const { clock, line, ports } = setUp(obliging(() => clock, 1));
    const heard: number[] = [];
    for (const address of [0xe0, 0xe3]) line.onCompletion(address, () => heard.push(address));
    await clock.until(line.request(0xe0, BOARD.readEnabled()));
    ports[0]?.say(0xe3, 0x02);
    ports[0]?.say(0xe5);
    expect(heard).toEqual([0xe3]);
  });

  it('hears its own request on a line with echo, and takes it for nothing', async () => {
    const { clock, line } = setUp((bytes, port) => {
      port.say(...bytes);
      port.say(...(bytes[1] === 0x30 ? withChecksum([0xe0, 0, 0, 0, 0, 0, 9]) : withChecksum([0xe0, 1])));
    });
    expect(await clock.until(line.request(0xe0, BOARD.stop()))).toBe('ok');
    expect(await clock.until(line.request(0xe0, BOARD.readEncoder()))).toBe(9);
    expect(line.counters.discardedBytes).toBe(0);
  });
});

// Proves that a stop waits for nobody and that no order of its board outlives it.
describe('stop', () => {
  it('is written at once, though a request is in flight and others wait; those of its board are withdrawn', async () => {
    const { clock, line, written } = setUp(obliging(() => clock, 50));
    const asked = [0xe0, 0xe0, 0xe3].map((address) =>
      line.request(address, BOARD.runPulses('forward', 1, 5)).catch((error: unknown) => error),
    );
    await clock.advance(5);
    expect(written()).toHaveLength(1);
    await line.stop(0xe0);
    expect(written()[1]).toBe(STOP);
    const [inFlight, queued, ofAnother] = await clock.until(Promise.all(asked));
    expect(inFlight).toBeInstanceOf(PassedByStop);
    expect(queued).toBeInstanceOf(PassedByStop);
    expect(ofAnother).toBe('started');
    expect(written().filter((frame) => frame.startsWith('e0 fd'))).toHaveLength(1);
  });

  it('leaves the line to the next request', async () => {
    const { clock, line } = setUp(obliging(() => clock, 5));
    const asked = line.request(0xe0, BOARD.readEnabled()).catch((error: unknown) => error);
    await line.stop(0xe0);
    expect(await clock.until(asked)).toBeInstanceOf(PassedByStop);
    expect(await clock.until(line.request(0xe0, BOARD.readEnabled()))).toBe('enabled');
  });

  it('opens a lost line at once, without the pause that others keep', async () => {
    const { clock, line, ports, written } = setUp(obliging(() => clock, 5));
    await clock.until(line.request(0xe0, BOARD.readEnabled()));
    ports[0]?.lose();
    await expect(line.request(0xe0, BOARD.readEnabled())).rejects.toMatchObject({ code: 'E106' });
    await line.stop(0xe0);
    expect(written().at(-1)).toBe(STOP);
    expect(ports).toHaveLength(2);
  });
});

// Proves that a line that is lost or closed leaves nobody waiting, and that a lost one comes back.
describe('loss', () => {
  it('rejects what is in flight (E106); after a pause the line is opened again', async () => {
    const { clock, line, ports } = setUp(obliging(() => clock, 50));
    const asked = line.request(0xe0, BOARD.readEnabled());
    await clock.advance(10);
    ports[0]?.lose();
    await expect(asked).rejects.toMatchObject({ code: 'E106' });
    await clock.advance(150);
    expect(await clock.until(line.request(0xe0, BOARD.readEnabled()))).toBe('enabled');
    expect(ports).toHaveLength(2);
  });

  it('tries to open ever more seldom', async () => {
    const clock = new VirtualClock();
    const attempts: number[] = [];
    const open = () => {
      attempts.push(clock.monotonicMs());
      return Promise.reject(new Error('no such device'));
    };
    const line = new Servo42cLine({ open, clock, log: silentLog });
    for (let ms = 0; ms < 10_000; ms += 50) {
      await expect(line.request(0xe0, BOARD.readEnabled())).rejects.toMatchObject({ code: 'E106' });
      await clock.advance(50);
    }
    expect(attempts).toEqual([0, 100, 300, 700, 1500, 3100, 6300]);
  });

  it('rejects everything once closed, and opens no more', async () => {
    const { clock, line, ports } = setUp(() => {});
    const asked = Promise.allSettled([1, 2].map(() => line.request(0xe0, BOARD.readEnabled())));
    await clock.advance(5);
    await line.close();
    for (const outcome of await clock.until(asked)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'E106' } });
    }
    await expect(line.stop(0xe0)).rejects.toMatchObject({ code: 'E106' });
    expect(ports).toHaveLength(1);
  });
});

import { type Motion, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it, vi } from 'vitest';
import { FakeSerialPort } from '../line/fake-serial-port.ts';
import { FakeBoard } from './fake-board.ts';
import type { Servo42cConfig } from './servo42c-config.ts';
import { createServo42cDriver } from './servo42c-driver.ts';
import { Servo42cLine } from './servo42c-line.ts';

const CONFIG: Servo42cConfig = { address: 0xe0, microstep: 64, stepsPerRev: 200, invert: false, dialect: 'auto' };
const PULSES_PER_REV = 64 * 200;

function setUp(over: Partial<Servo42cConfig> = {}) {
  const clock = new VirtualClock();
  const board = new FakeBoard(clock, PULSES_PER_REV);
  const create = () => {
    const line = new Servo42cLine({ open: FakeSerialPort.opener(board.farEnd), clock, log: silentLog });
    return createServo42cDriver({ pumpId: 'acid', line, config: { ...CONFIG, ...over }, clock, log: silentLog });
  };
  return { clock, board, driver: create(), create };
}

const motion = (over: Partial<Motion> = {}): Motion => ({
  pulses: 5000,
  direction: 'forward',
  durationMs: 3000,
  minCode: 1,
  maxCode: 127,
  ...over,
});

// Proves in which order a board is made safe, and that its flash is spared.
describe('makeSafe', () => {
  it('stops first, then sets the board up, then clears the saved run', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    expect(board.orders[0]).toBe('f7');
    const others = board.orders.filter((order) => order !== 'f7');
    expect(others).toEqual(['82 02', '84 40', '90 00', '88 00', 'ff ca']);
  });

  it('writes settings once, and again after a fault, which may mean that somebody changed them', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    await clock.until(driver.makeSafe());
    expect(board.orders.filter((order) => order.startsWith('84'))).toHaveLength(1);

    board.countsBackwards = true;
    expect(await clock.until(driver.move(motion(), async () => {}))).toMatchObject({ kind: 'fault', code: 'E104' });
    expect(board.isEnabled).toBe(false);
    board.countsBackwards = false;
    await clock.until(driver.makeSafe());
    expect(board.isEnabled).toBe(true);
    expect(board.orders.filter((order) => order.startsWith('84'))).toHaveLength(2);
  });

  it('refuses a board that is not what the settings say (E105)', async () => {
    const { clock, driver } = setUp({ dialect: 'v1.1.0' });
    await expect(clock.until(driver.makeSafe())).rejects.toMatchObject({ code: 'E105' });
  });
});

// Proves that a shaft at rest is not taken for a stalled one.
describe('readSensors', () => {
  it('asks again before it says "stalled", as which a late reply to a stop may pass', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    board.overtaken.push(0x3e);
    expect(await clock.until(driver.readSensors())).toMatchObject({ enabled: true, stalled: false });
    expect(board.overtaken).toEqual([]);
  });
});

// Proves that a counter near its zero can be told from one that has just begun there.
describe('makeSafe', () => {
  it('tells what the pulses of a board come to whose shaft stands in the first turn of its counter', async () => {
    const { clock, board, driver } = setUp();
    expect(await clock.until(driver.makeSafe())).toEqual({ position: 100, pulsedCounts: 0 });
    await clock.until(driver.move(motion({ pulses: 2000 }), async () => {}));
    const turned = (2000 * 65_536) / PULSES_PER_REV;
    expect(await clock.until(driver.makeSafe())).toEqual({ position: 100 + turned, pulsedCounts: turned });
    board.powerCycle(0);
    expect(await clock.until(driver.makeSafe())).toEqual({ position: 0, pulsedCounts: 0 });
  });

  it('tells nothing of pulses far from there', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    await clock.until(driver.move(motion({ pulses: 20_000, durationMs: 9000 }), async () => {}));
    expect(await clock.until(driver.makeSafe())).toEqual({ position: board.counts });
  });

  it('tells nothing of pulses where the counter began anew when a motor that did not heed stop was let go', async () => {
    const { clock, board, driver, create } = setUp();
    await clock.until(driver.makeSafe());
    const letGo = vi.fn();
    Object.assign(board, { heedsStop: false, onLetGo: letGo });
    const moving = driver.move(motion({ pulses: 9000, durationMs: 900 }), async () => {});
    await clock.advance(150);
    expect(await clock.until(create().makeSafe())).toEqual({ position: 0 });
    expect(letGo).toHaveBeenCalled();
    await clock.until(moving);
  });
});

// Proves what a motion sends: counted chunks only, each announced, none at a forbidden speed.
describe('move', () => {
  it('turns exactly, in chunks that were announced', async () => {
    const { clock, board, driver } = setUp();
    const { position: e0 } = await clock.until(driver.makeSafe());
    const announced: number[] = [];
    const end = await clock.until(
      driver.move(motion(), async ({ nextChunkCounts }) => {
        announced.push(nextChunkCounts);
      }),
    );
    expect(end).toEqual({ kind: 'at-target', position: e0 + (5000 * 65_536) / PULSES_PER_REV });
    const chunks = board.orders.filter((order) => order.startsWith('fd'));
    expect(chunks).toHaveLength(announced.length - 1);
    expect(announced.at(-1)).toBe(0);
    expect(board.orders.filter((order) => order.startsWith('f6'))).toEqual([]);
  });

  it('turns the other way in reverse, and on an inverted head', async () => {
    for (const [over, direction] of [
      [{}, 'reverse'],
      [{ invert: true }, 'forward'],
    ] as const) {
      const { clock, board, driver } = setUp(over);
      await clock.until(driver.makeSafe());
      const before = board.counts;
      await clock.until(driver.move(motion({ direction }), async () => {}));
      expect(board.counts - before).toBe(-25_600);
    }
  });

  it('enables a motor that was disabled since, before it turns', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    board.isEnabled = false;
    expect(await clock.until(driver.move(motion(), async () => {}))).toMatchObject({ kind: 'at-target' });
  });

  it('sends no chunk after a stop, not even one that was being prepared', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    const stopped: Promise<number>[] = [];
    const end = await clock.until(
      driver.move(motion(), async () => {
        if (stopped.length === 0) stopped.push(driver.stop());
      }),
    );
    expect(end.kind).toBe('stopped');
    expect(board.orders.filter((order) => order.startsWith('fd'))).toEqual([]);
    expect(await clock.until(Promise.all(stopped))).toEqual([100]);
  });
});

// Proves that doubt never costs liquid: what is not known is looked up before anything is ordered again.
describe('move, in doubt', () => {
  it('looks at once whether an order that got no answer was taken, and orders it again if not', async () => {
    const { clock, board, driver } = setUp();
    const { position: e0 } = await clock.until(driver.makeSafe());
    board.lost.push(0xfd);
    const sentAtMs: number[] = [];
    const end = await clock.until(
      driver.move(motion(), async () => {
        sentAtMs.push(clock.monotonicMs());
      }),
    );
    expect(end.kind).toBe('at-target');
    expect(Math.abs((end.position ?? 0) - (e0 + 25_600))).toBeLessThanOrEqual(1);
    expect((sentAtMs[1] ?? 0) - (sentAtMs[0] ?? 0)).toBeLessThan(400);
  });

  it('stops a board that it cannot read, before it orders more', async () => {
    const { clock, board, driver } = setUp();
    const { position: e0 } = await clock.until(driver.makeSafe());
    const before = board.orders.length;
    clock.after(500, () => {
      board.muteUntilMs = clock.monotonicMs() + 1200;
    });
    const end = await clock.until(driver.move(motion(), async () => {}));
    expect(end).toEqual({ kind: 'at-target', position: e0 + 25_600 });
    const orders = board.orders.slice(before).map((order) => order.slice(0, 2));
    expect(orders.slice(0, 2)).toEqual(['fd', 'f7']);
  });

  it('reads again what no shaft can have turned', async () => {
    for (let readings = 0; readings < 30; readings++) {
      const { clock, board, driver } = setUp();
      const { position: e0 } = await clock.until(driver.makeSafe());
      board.readingsToGarbled = readings;
      const end = await clock.until(driver.move(motion(), async () => {}));
      expect(end, `after ${readings} readings`).toEqual({ kind: 'at-target', position: e0 + 25_600 });
    }
  });

  it('tells where the shaft rests after noise has made a longer order of its own', async () => {
    const { clock, board, driver } = setUp();
    const { position: e0 } = await clock.until(driver.makeSafe());
    board.noise = [0, 0, 0x80, 0x80];
    const end = await clock.until(driver.move(motion(), async () => {}));
    expect(end).toMatchObject({ kind: 'fault', position: e0 + board.counts - 100 });
    expect(board.counts).toBeGreaterThan(0);
  });

  it('takes a shaft that noise has sent far back for none of a board that restarted', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    await clock.until(driver.move(motion({ pulses: 60_000, durationMs: 20_000 }), async () => {}));
    const ticks: number[] = [];
    const garble = async () => {
      if (ticks.push(board.counts) === 3) board.noise = [0x80, 0, 0, 0x80];
    };
    const end = await clock.until(driver.move(motion({ pulses: 20_000 }), garble));
    expect(board.counts).toBeLessThan(ticks[2] ?? 0);
    expect(end).toMatchObject({ kind: 'fault', code: 'E104', position: board.counts });
  });

  it.each([
    ['far from it', 200, true],
    ['where a board that restarted could be', 0, false],
  ])(
    'knows that the counter is whole where it followed the shaft to its zero, from %s',
    async (_, pulses, isUnbroken) => {
      const { clock, board, driver } = setUp();
      await clock.until(driver.makeSafe());
      await clock.until(driver.move(motion({ pulses: 20_000 + 80 * pulses, durationMs: 9000 }), async () => {}));
      const garble = async () => {
        board.noise = [0x80, 0x80, 0x80, 0x80];
        board.heedsStop = false;
      };
      const end = await clock.until(driver.move(motion({ pulses: 3000, durationMs: 50 }), garble));
      const position = (board.counts + 2 ** 48) % 2 ** 48;
      expect(end).toMatchObject({ kind: 'fault', code: 'E104', position, isUnbroken });
      expect(Math.abs(board.counts)).toBeLessThan(65_536);
    },
  );

  it('orders nothing again that a shaft makes up for while its angle error is read', async () => {
    const { clock, board, driver } = setUp();
    const { position: e0 } = await clock.until(driver.makeSafe());
    board.heldBackCounts = 3000;
    const end = await clock.until(driver.move(motion(), async () => {}));
    expect(end).toEqual({ kind: 'at-target', position: e0 + 25_600 });
  });
});

// Proves that a slow start is no stall: the board is stopped, then ordered again, and given more time from then on.
describe('move, on a board that starts late', () => {
  it.each([60, 80, 120])('by %i ms turns short motions exactly, and learns from the first', async (startMs) => {
    const { clock, board, driver } = setUp();
    board.startMs = startMs;
    await clock.until(driver.makeSafe());
    for (const pulses of [1, 3, 40]) {
      const before = board.counts;
      const end = await clock.until(driver.move(motion({ pulses, durationMs: 200 }), async () => {}));
      expect(end.kind).toBe('at-target');
      expect(Math.abs(board.counts - before - pulses * 5.12)).toBeLessThanOrEqual(2);
    }
    const chunks = board.orders.filter((order) => order.startsWith('fd')).length;
    await clock.until(driver.move(motion({ pulses: 3, durationMs: 200 }), async () => {}));
    expect(board.orders.filter((order) => order.startsWith('fd'))).toHaveLength(chunks + 1);
  });

  it('never turns more, whenever it starts', async () => {
    for (let startMs = 40; startMs < 240; startMs += 1) {
      const { clock, board, driver } = setUp();
      board.startMs = startMs;
      await clock.until(driver.makeSafe());
      const before = board.counts;
      const end = await clock.until(driver.move(motion({ pulses: 30, durationMs: 200 }), async () => {}));
      expect(end.kind).toBe('at-target');
      expect(board.counts - before, `started after ${startMs} ms`).toBeLessThanOrEqual(30 * 5.12 + 2);
    }
  });
});

// Proves that counters that began anew are never taken for a shaft that stood still.
describe('move, on a board that loses its supply', () => {
  it.each([150, 400, 800, 1400, 2100])(
    'after %i ms orders nothing any more, and tells no position',
    async (afterMs) => {
      const { clock, board, driver } = setUp();
      await clock.until(driver.makeSafe());
      const before = board.counts;
      clock.after(afterMs, () => board.powerCycle(300));
      const end = await clock.until(driver.move(motion(), async () => {}));
      expect(end).toMatchObject({ kind: 'fault', code: 'E101', position: null });
      expect(end).toHaveProperty('message', 'Board 0xE0 lost its supply in mid-motion and restarted');
      expect(board.counts - before).toBeLessThan(25_600);
    },
  );

  it('takes no place near 0 for the end of a chunk that was cut off', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    const first = 802;
    // So that a fresh encoder stands where the first chunk would end.
    const there = await clock.until(driver.move(motion({ pulses: first + 20, direction: 'reverse' }), async () => {}));
    expect(there.kind).toBe('at-target');
    const before = board.counts;
    clock.after(250, () => board.powerCycle(300));
    const chunks: number[] = [];
    const tell = async ({ nextChunkCounts }: { nextChunkCounts: number }) => void chunks.push(nextChunkCounts);
    const end = await clock.until(driver.move(motion({ pulses: 2 * first, durationMs: 1000 }), tell));
    expect(Math.abs((chunks[0] ?? 0) + before)).toBeLessThan(60);
    expect(board.counts - before).toBeLessThan(first * 5.12 - 100);
    expect(end).toMatchObject({ kind: 'fault', code: 'E101', position: null });
  });

  it('never judges a board by a count that does not follow its orders', async () => {
    const { clock, board, driver } = setUp();
    board.countsPulses = false;
    const { position: e0 } = await clock.until(driver.makeSafe());
    let ticks = 0;
    const loseAnOrder = async () => {
      if (++ticks === 2) board.lost.push(0xfd);
    };
    const end = await clock.until(driver.move(motion(), loseAnOrder));
    expect(end.kind).toBe('at-target');
    expect(Math.abs((end.position ?? 0) - (e0 + 25_600))).toBeLessThanOrEqual(2);
  });
});

// Proves that a place is told as it was before the counter began anew.
describe('stop, while a motion ends with a fault', () => {
  it('tells where the shaft rested before its motor was let go', async () => {
    const { clock, board, driver } = setUp();
    await clock.until(driver.makeSafe());
    board.countsBackwards = true;
    let stopped: Promise<number> | null = null;
    board.onLetGo = () => {
      stopped = driver.stop();
    };
    const end = await clock.until(driver.move(motion(), async () => {}));
    expect(end).toMatchObject({ kind: 'fault', code: 'E104', position: expect.any(Number) });
    expect(end.position).not.toBe(0);
    expect(await clock.until(Promise.resolve(stopped))).toBe(end.position);
  });
});

// Proves that a wrong setting is named, with its rule, before anything is sent.
describe('createServo42cDriver', () => {
  it.each([
    [{ address: 0xea }, 'address of pump "acid" must be 224 to 233 (0xE0 to 0xE9), not 234'],
    [{ microstep: 0 }, 'microstep of pump "acid" must be a whole number from 1 to 256, not 0'],
    [{ stepsPerRev: 100 }, 'stepsPerRev of pump "acid" must be 200 or 400, not 100'],
    [{ dialect: 'v1.0' }, 'dialect of pump "acid" must be one of auto, v1.1.0, v1.1.2, not v1.0'],
  ])('refuses %o', (over, sentence) => {
    expect(() => setUp(over)).toThrow(sentence);
  });
});

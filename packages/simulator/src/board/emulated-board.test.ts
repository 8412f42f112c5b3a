import { seededRandom } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { BoardBench } from './board-bench.ts';

/** A board whose moves survive commands, so that a test can look while it turns. */
const patient = { abortOnCommandDuringFD: false } as const;

describe("the manual's examples, byte for byte", () => {
  it.each([
    ['e0 30 10', 'e0 00 00 00 00 00 00 e0'],
    ['e0 33 13', 'e0 00 00 00 00 e0'],
    ['e0 36 16', 'e0 00 00 00 00 e0'],
    ['e0 39 19', 'e0 00 00 e0'],
    ['e0 3a 1a', 'e0 01 e1'],
    ['e0 3e 1e', 'e0 02 e2'],
    ['e0 3d 1d', 'e0 01 e1'],
    ['e0 3f 1f', 'e0 01 e1'],
    ['e0 81 01 62', 'e0 01 e1'],
    ['e0 82 01 63', 'e0 01 e1'],
    ['e0 83 06 69', 'e0 01 e1'],
    ['e0 84 1a 7e', 'e0 01 e1'],
    ['e0 84 00 64', 'e0 01 e1'],
    ['e0 85 00 65', 'e0 01 e1'],
    ['e0 86 00 66', 'e0 01 e1'],
    ['e0 87 00 67', 'e0 01 e1'],
    ['e0 88 00 68', 'e0 01 e1'],
    ['e0 89 00 69', 'e0 01 e1'],
    ['e0 8a 04 6e', 'e0 01 e1'],
    ['e0 8b 02 6d', 'e0 01 e1'],
    ['e0 90 01 71', 'e0 01 e1'],
    ['e0 92 01 73', 'e0 01 e1'],
    ['e0 93 00 73', 'e0 01 e1'],
    ['e0 a1 01 20 a2', 'e0 01 e1'],
    ['e0 a2 00 02 84', 'e0 01 e1'],
    ['e0 a3 02 50 d5', 'e0 01 e1'],
    ['e0 a4 00 80 04', 'e0 01 e1'],
    ['e0 a5 02 58 df', 'e0 01 e1'],
    ['e0 f3 01 d4', 'e0 01 e1'],
    ['e0 f6 10 e6', 'e0 01 e1'],
    ['e0 f6 81 57', 'e0 01 e1'],
    ['e0 f7 d7', 'e0 01 e1'],
    ['e0 fd 32 00 00 0c 80 9b', 'e0 01 e1'],
    ['e0 fd 86 00 00 0c 80 ef', 'e0 01 e1'],
  ])('%s is answered with %s', (request, reply) => {
    expect(new BoardBench().ask(request)).toBe(reply);
  });

  it('turns one revolution forward for 3200 pulses at microstep 16 and reports it complete', async () => {
    const bench = new BoardBench();
    expect(bench.ask('e0 fd 32 00 00 0c 80 9b')).toBe('e0 01 e1');
    await bench.clock.advance(127);
    expect(bench.heard).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.heard).toEqual(['e0 02 e2']);
    expect(bench.revolutions).toBe(1);
    expect(bench.ask('e0 30 10')).toBe('e0 00 00 00 01 00 00 e1');
    expect(bench.ask('e0 36 16')).toBe('e0 00 01 00 00 e1');
    expect(bench.ask('e0 33 13')).toBe('e0 00 00 0c 80 6c');
  });

  it('gives motion for motion the same from the same scatter, whatever else chance decides', async () => {
    const given = async (randomSeed: number, scatterSeed: number) => {
      const bench = new BoardBench({ random: seededRandom(randomSeed), scatter: seededRandom(scatterSeed) });
      for (const rest of [2000, 2000]) {
        bench.ask('e0 fd 32 00 00 0c 80 9b');
        await bench.clock.advance(rest);
      }
      return bench.board.truth().motions.map(({ trueMl }) => trueMl);
    };
    const [first, second] = await given(1, 7);
    expect(first).not.toBe(second);
    expect(await given(2, 7)).toEqual([first, second]);
    expect(await given(1, 8)).not.toEqual([first, second]);
  });

  it('turns 90 degrees to the angle 0x4000, and in reverse to negative turns', async () => {
    const bench = new BoardBench();
    bench.ask('e0 fd 01 00 00 03 20 01');
    await bench.clock.advance(2000);
    expect(bench.ask('e0 36 16')).toBe('e0 00 00 40 00 20');
    bench.ask('e0 fd 86 00 00 0c 80 ef');
    await bench.clock.advance(2000);
    expect(bench.ask('e0 30 10')).toBe('e0 ff ff ff ff 40 00 1c');
  });

  it('is silent to a wrong checksum, another address, an unknown command and no checksum', () => {
    const bench = new BoardBench();
    for (const request of ['e0 30 11', 'e1 30 11', 'e0 55 35', 'e0 30']) expect(bench.ask(request)).toBe('');
  });

  it('puts a request together from pieces, unless a silence lies between them', async () => {
    const bench = new BoardBench();
    bench.say('e0 f6 10');
    await bench.clock.advance(19);
    expect(bench.ask('e6')).toBe('e0 01 e1');
    bench.say('e0 f7');
    await bench.clock.advance(21);
    expect(bench.ask('d7')).toBe('');
    expect(bench.board.truth().moving).toBe(true);
  });

  it('refuses numbers outside the range of a setting, and moves outside the UART mode', () => {
    const bench = new BoardBench({ settings: { workMode: 1 } });
    for (const request of ['e0 82 03 65', 'e0 8a 00 6a', 'e0 8a 07 71', 'e0 8b 0a 75', 'e0 a5 04 b1 3a']) {
      expect(bench.ask(request)).toBe('e0 00 e0');
    }
    for (const request of ['e0 f6 10 e6', 'e0 fd 32 00 00 0c 80 9b', 'e0 f3 01 d4', 'e0 94 00 74', 'e0 ff c8 a7']) {
      expect(bench.ask(request)).toBe('e0 00 e0');
    }
  });
});

describe('firmware generations', () => {
  it('V1.1.0 tells the angle within a turn only and reports no completion', async () => {
    const bench = new BoardBench({ profile: 'v1.1.0' });
    expect(bench.ask('e0 30 10')).toBe('e0 00 00 e0');
    expect(bench.ask('e0 fd 01 00 00 0f a0 8d')).toBe('e0 01 e1');
    await bench.clock.advance(8001);
    expect(bench.heard).toEqual([]);
    expect(bench.ask('e0 30 10')).toBe('e0 40 00 20');
    expect(bench.ask('e0 3d 1d')).toBe('');
  });

  it('V1.0 knows no checksum, counts 16 bits of pulses and is silent to a request with checksum', async () => {
    const bench = new BoardBench({ profile: 'v1.0' });
    expect(bench.ask('e0 3a 1a')).toBe('');
    expect(bench.ask('e0 3a')).toBe('e0 01');
    expect(bench.ask('e0 30')).toBe('e0 00 00');
    expect(bench.ask('e0 fd 64 03 20')).toBe('e0 01');
    await bench.clock.advance(2000);
    expect(bench.ask('e0 30')).toBe('e0 40 00');
    expect(bench.ask('e0 82 02')).toBe('');
  });

  it('the mixed firmware wants checksums and gives none', async () => {
    const bench = new BoardBench({ profile: 'mixed' });
    expect(bench.ask('e0 3a')).toBe('');
    await bench.clock.advance(25);
    expect(bench.ask('e0 3a 1a')).toBe('e0 01');
    expect(bench.ask('e0 fd 0a 03 20 0a')).toBe('e0 01');
    await bench.clock.advance(2000);
    expect(bench.revolutions).toBe(0.25);
  });
});

describe('speed', () => {
  it.each([
    ['v1.1.2', 0x0a, 64, 10 * (30_000 / (64 * 200))],
    ['v1.1.2', 0x7f, 16, 1190.625],
    ['v1.0', 0x64, 16, 526 / (127.32 - 100)],
    ['v1.0', 0x00, 16, 4.55],
    ['mixed', 0x3c, 16, 97.8],
    ['mixed', 0x0a, 16, 68.5],
  ] as const)('%s turns at code %i and microstep %i with %f rpm', async (profile, code, microstep, rpm) => {
    const bench = new BoardBench({ profile, settings: { microstep } });
    const body = [0xe0, 0xf6, code];
    const checksum = profile === 'v1.0' ? [] : [(0xe0 + 0xf6 + code) & 0xff];
    bench.board.receive(Uint8Array.from([...body, ...checksum]));
    await bench.clock.advance(60_000);
    expect(bench.revolutions).toBeCloseTo(rpm, 6);
  });

  it('a clock that is 9 % fast turns 9 % faster and by the same angle', async () => {
    const bench = new BoardBench({ quirks: { clockError: 0.09 } });
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(128 / 1.09 - 0.5);
    expect(bench.heard).toEqual(['e0 01 e1']);
    await bench.clock.advance(1);
    expect(bench.heard).toEqual(['e0 01 e1', 'e0 02 e2']);
    expect(bench.revolutions).toBe(1);
  });
});

describe('what real boards do to a move', () => {
  it('any command, even a read, ends it where it is and it is never reported complete', async () => {
    const bench = new BoardBench();
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(64);
    expect(bench.ask('e0 30 10')).toBe('e0 00 00 00 00 80 00 60');
    await bench.clock.advance(1000);
    expect(bench.revolutions).toBe(0.5);
    expect(bench.heard).toEqual(['e0 01 e1']);
  });

  it('a command for another board, or one that is damaged, leaves it alone', async () => {
    const bench = new BoardBench();
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(64);
    bench.say('e1 30 11');
    bench.say('e0 30 99');
    await bench.clock.advance(100);
    expect(bench.revolutions).toBe(1);
  });

  it('a patient board answers meanwhile and goes on', async () => {
    const bench = new BoardBench({ quirks: patient });
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(64);
    expect(bench.ask('e0 30 10')).toBe('e0 00 00 00 00 80 00 60');
    await bench.clock.advance(64);
    expect(bench.revolutions).toBe(1);
    expect(bench.heard.at(-1)).toBe('e0 02 e2');
  });

  it('0xF7 ends it at once', async () => {
    const bench = new BoardBench({ quirks: patient });
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(32);
    expect(bench.ask('e0 f7 d7')).toBe('e0 01 e1');
    await bench.clock.advance(1000);
    expect(bench.revolutions).toBe(0.25);
  });

  it('half of the completion reports are lost', async () => {
    const bench = new BoardBench({ quirks: { completionLoss: 0.5 } });
    for (let move = 0; move < 200; move++) {
      bench.say('e0 fd 32 00 00 0c 80 9b');
      await bench.clock.advance(200);
    }
    const reported = bench.heard.filter((frame) => frame === 'e0 02 e2').length;
    expect(reported).toBeGreaterThan(75);
    expect(reported).toBeLessThan(125);
  });

  it('a disabled motor acknowledges, reports complete and does not turn, nor later', async () => {
    const bench = new BoardBench();
    expect(bench.ask('e0 f3 00 d3')).toBe('e0 01 e1');
    expect(bench.ask('e0 3a 1a')).toBe('e0 02 e2');
    expect(bench.ask('e0 fd 32 00 00 0c 80 9b')).toBe('e0 01 e1');
    await bench.clock.advance(500);
    expect(bench.heard).toEqual(['e0 02 e2']);
    bench.say('e0 f3 01 d4');
    await bench.clock.advance(500);
    expect(bench.revolutions).toBe(0);
  });

  it('a very short move answers complete at once', () => {
    expect(new BoardBench().ask('e0 fd 7f 00 00 00 01 5d')).toBe('e0 02 e2');
  });

  it('0x39 is followed by 00 where the quirk says so', () => {
    expect(new BoardBench({ quirks: { trailingZeroOn39: true } }).ask('e0 39 19')).toBe('e0 00 00 e0 00');
  });
});

describe('stall', () => {
  const started = async (options: ConstructorParameters<typeof BoardBench>[0] = { quirks: patient }) => {
    const bench = new BoardBench(options);
    bench.board.stall(65_536 / 4);
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(1000);
    return bench;
  };

  it('freezes the shaft at its count while pulses run on; the readings agree and the move is called complete', async () => {
    const bench = await started();
    expect(bench.revolutions).toBe(0.25);
    expect(bench.heard).toEqual(['e0 01 e1', 'e0 02 e2']);
    expect(bench.ask('e0 30 10')).toBe('e0 00 00 00 00 40 00 20');
    expect(bench.ask('e0 33 13')).toBe('e0 00 00 0c 80 6c');
    expect(bench.ask('e0 39 19')).toBe('e0 7f ff 5e');
    expect(bench.ask('e0 3e 1e')).toBe('e0 02 e2');
  });

  it('is made up for with a rush of liquid when the shaft is let go', async () => {
    const bench = await started();
    bench.board.unstall();
    expect(bench.board.truth().moving).toBe(true);
    await bench.clock.advance(37);
    expect(bench.revolutions).toBeLessThan(1);
    await bench.clock.advance(1);
    expect(bench.revolutions).toBeCloseTo(1, 9);
    expect(bench.ask('e0 39 19')).toBe('e0 00 00 e0');
  });

  it('is not made up for once the motor was disabled', async () => {
    const bench = await started();
    bench.say('e0 f3 00 d3');
    bench.board.unstall();
    bench.say('e0 f3 01 d4');
    await bench.clock.advance(1000);
    expect(bench.revolutions).toBe(0.25);
  });

  it('trips the protection where it is on; 0x3D and 0xF3 01 bring V1.1.2 back', async () => {
    const bench = await started({ settings: { stallProtect: 1 } });
    expect(bench.ask('e0 3e 1e')).toBe('e0 01 e1');
    expect(bench.ask('e0 fd 32 00 00 0c 80 9b')).toBe('e0 00 e0');
    bench.board.unstall();
    bench.say('e0 3d 1d');
    bench.say('e0 f3 01 d4');
    expect(bench.ask('e0 3e 1e')).toBe('e0 02 e2');
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(1000);
    expect(bench.revolutions).toBe(1.25);
  });

  it('silences a V1.1.0 board with protection until it is switched off and on', async () => {
    const bench = await started({ profile: 'v1.1.0', settings: { stallProtect: 1 } });
    expect(bench.ask('e0 3e 1e')).toBe('');
    bench.board.powerCycle(100);
    await bench.clock.advance(401);
    expect(bench.ask('e0 3e 1e')).toBe('e0 02 e2');
  });
});

describe('power', () => {
  it('lost, ends the motion, the count of turns and the pulses; the magnet still knows the angle', async () => {
    const bench = new BoardBench();
    bench.say('e0 fd 32 00 00 7d 00 8c');
    await bench.clock.advance(160);
    bench.board.powerCycle(1000);
    await bench.clock.advance(1299);
    expect(bench.ask('e0 30 10')).toBe('');
    await bench.clock.advance(1);
    expect(bench.revolutions).toBe(1.25);
    expect(bench.ask('e0 30 10')).toBe('e0 00 00 00 00 40 00 20');
    expect(bench.ask('e0 33 13')).toBe('e0 00 00 00 00 e0');
  });

  it('starts a saved free run by itself, unless it was cleared', async () => {
    const bench = new BoardBench();
    bench.say('e0 f6 10 e6');
    expect(bench.ask('e0 ff c8 a7')).toBe('e0 01 e1');
    expect(bench.ask('e0 3a 1a')).toBe('e0 02 e2');
    expect(bench.board.truth().moving).toBe(false);
    bench.board.powerCycle(0);
    await bench.clock.advance(301);
    expect(bench.board.truth().moving).toBe(true);
    expect(bench.ask('e0 ff ca a9')).toBe('e0 01 e1');
    bench.board.powerCycle(0);
    await bench.clock.advance(301);
    expect(bench.board.truth().moving).toBe(false);
  });

  it('moves to the zero by itself where a zero mode is set', async () => {
    const bench = new BoardBench();
    expect(bench.ask('e0 91 00 71')).toBe('');
    await bench.clock.advance(1501);
    expect(bench.heard).toEqual(['e0 00 e0']);
    bench.say('e0 90 02 72');
    bench.say('e0 91 00 71');
    await bench.clock.advance(1501);
    bench.say('e0 fd 32 00 00 03 20 32');
    await bench.clock.advance(1000);
    expect(bench.revolutions).toBe(0.25);
    bench.board.powerCycle(0);
    await bench.clock.advance(2000);
    expect(bench.revolutions).toBeCloseTo(0, 9);
  });

  it('restored defaults take hold with it; the board then leaves the UART mode', async () => {
    const bench = new BoardBench();
    bench.say('e0 3f 1f');
    expect(bench.ask('e0 f7 d7')).toBe('e0 01 e1');
    bench.board.powerCycle(0);
    await bench.clock.advance(301);
    expect(bench.ask('e0 fd 32 00 00 0c 80 9b')).toBe('e0 00 e0');
  });
});

describe('other faults', () => {
  it('runs away at a multiple of the command, past its end and past 0xF7, until it is disabled', async () => {
    const bench = new BoardBench();
    bench.board.change({ runawayFactor: 2 });
    bench.say('e0 fd 10 00 00 0c 80 79');
    await bench.clock.advance(800);
    expect(bench.revolutions).toBeCloseTo(4, 9);
    bench.say('e0 f7 d7');
    expect(bench.board.truth().moving).toBe(true);
    bench.say('e0 f3 00 d3');
    expect(bench.board.truth().moving).toBe(false);
  });

  it('turns the wrong way when it is wired so, and its encoder says so', async () => {
    const bench = new BoardBench();
    bench.board.change({ reversed: true });
    bench.say('e0 fd 32 00 00 0c 80 9b');
    await bench.clock.advance(200);
    expect(bench.revolutions).toBe(-1);
    expect(bench.ask('e0 30 10')).toBe('e0 ff ff ff ff 00 00 dc');
  });

  it('unplugged, neither hears nor speaks, and turns on', async () => {
    const bench = new BoardBench();
    bench.say('e0 f6 10 e6');
    bench.board.change({ unplugged: true });
    expect(bench.ask('e0 f7 d7')).toBe('');
    expect(bench.board.truth().moving).toBe(true);
    bench.board.change({ unplugged: false });
    expect(bench.ask('e0 f7 d7')).toBe('e0 01 e1');
  });

  it('noise damages requests and replies', () => {
    const bench = new BoardBench();
    bench.board.change({ noise: 0.1 });
    const replies = Array.from({ length: 100 }, () => bench.ask('e0 3a 1a'));
    expect(replies.filter((reply) => reply === 'e0 01 e1').length).toBeGreaterThan(30);
    expect(new Set(replies).size).toBeGreaterThan(3);
  });

  it('tells of each order that noise has made another one', () => {
    let garbled = 0;
    const bench = new BoardBench({ onGarbled: () => garbled++ });
    const frame = 'e0 fd 10 00 00 41 53 81';
    const obeyed = () => bench.board.snapshot().motor.train;
    bench.say(frame);
    const asSent = obeyed()?.pulses;
    expect(garbled).toBe(0);
    bench.board.change({ noise: 0.4 });
    let others = 0;
    for (let round = 0; round < 20_000; round++) {
      bench.board.endFreeRun();
      const before = { train: obeyed(), garbled };
      bench.say(frame);
      const train = obeyed();
      if (train === before.train || train === null || train.pulses === asSent) continue;
      others++;
      expect(garbled).toBeGreaterThan(before.garbled);
    }
    expect(others).toBeGreaterThan(0);
  });

  it('slow commands make it deaf until it answers', async () => {
    const bench = new BoardBench({ quirks: { calibrateMs: 5000 } });
    expect(bench.ask('e0 80 00 60')).toBe('');
    await bench.clock.advance(4999);
    expect(bench.ask('e0 3a 1a')).toBe('');
    await bench.clock.advance(1);
    expect(bench.heard).toEqual(['e0 01 e1']);
    expect(bench.ask('e0 3a 1a')).toBe('e0 01 e1');
  });
});

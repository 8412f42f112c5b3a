import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOARD, type BoardRequest } from './commands.ts';
import { encodeRequest, withChecksum } from './frame.ts';
import { scanReply } from './reply-scan.ts';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
const bytesOf = (text: string) => Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
const reply = <Reply>(request: BoardRequest<Reply>, text: string) =>
  scanReply(bytesOf(text), { address: 0xe0, form: request.reply, echo: null }).reply;

const REQUESTS: readonly (readonly [BoardRequest<unknown>, string])[] = [
  [BOARD.readEncoder(), 'e0 30 10'],
  [BOARD.readEncoderAngle(), 'e0 30 10'],
  [BOARD.readPulses(), 'e0 33 13'],
  [BOARD.readShaftAngle(), 'e0 36 16'],
  [BOARD.readAngleError(), 'e0 39 19'],
  [BOARD.readEnabled(), 'e0 3a 1a'],
  [BOARD.releaseStall(), 'e0 3d 1d'],
  [BOARD.readStalled(), 'e0 3e 1e'],
  [BOARD.restoreDefaults(), 'e0 3f 1f'],
  [BOARD.calibrate(), 'e0 80 00 60'],
  [BOARD.setMotorStepsPerRev(400), 'e0 81 00 61'],
  [BOARD.setMotorStepsPerRev(200), 'e0 81 01 62'],
  [BOARD.setWorkMode('uart'), 'e0 82 02 64'],
  [BOARD.setCurrentMa(1000), 'e0 83 05 68'],
  [BOARD.setMicrostep(16), 'e0 84 10 74'],
  [BOARD.setMicrostep(256), 'e0 84 00 64'],
  [BOARD.setEnableLevel('hold'), 'e0 85 02 67'],
  [BOARD.setCountingDirection('ccw'), 'e0 86 01 67'],
  [BOARD.setScreenOff(true), 'e0 87 01 68'],
  [BOARD.setStallProtection(true), 'e0 88 01 69'],
  [BOARD.setInterpolation(false), 'e0 89 00 69'],
  [BOARD.setBaud(115200), 'e0 8a 06 70'],
  [BOARD.setAddress(0xe3), 'e0 8b 03 6e'],
  [BOARD.disableZeroMode(), 'e0 90 00 70'],
  [BOARD.setZeroPoint(), 'e0 91 00 71'],
  [BOARD.setZeroSpeed(1), 'e0 92 01 73'],
  [BOARD.setZeroDirection('ccw'), 'e0 93 01 74'],
  [BOARD.setKp(0x650), 'e0 a1 06 50 d7'],
  [BOARD.setKi(1), 'e0 a2 00 01 83'],
  [BOARD.setKd(0x650), 'e0 a3 06 50 d9'],
  [BOARD.setAcceleration(0x11e), 'e0 a4 01 1e a3'],
  [BOARD.setMaxTorque(0x4b0), 'e0 a5 04 b0 39'],
  [BOARD.enable(true), 'e0 f3 01 d4'],
  [BOARD.enable(false), 'e0 f3 00 d3'],
  [BOARD.run('forward', 16), 'e0 f6 10 e6'],
  [BOARD.run('reverse', 16), 'e0 f6 90 66'],
  [BOARD.run('reverse', 1), 'e0 f6 81 57'],
  [BOARD.stop(), 'e0 f7 d7'],
  [BOARD.clearSavedRun(), 'e0 ff ca a9'],
  [BOARD.runPulses('forward', 2, 3200), 'e0 fd 02 00 00 0c 80 6b'],
  [BOARD.runPulses('reverse', 127, 0xffffffff), 'e0 fd ff ff ff ff ff d8'],
];

// Proves that each order is the bytes that the manufacturer prints (manual V1.1.2 and wiki V1.1; where a printed
// checksum is a misprint, the sum of the bytes).
describe('requests', () => {
  it.each(REQUESTS)('$name', (request, expected) => {
    expect(hex(encodeRequest(0xe0, request))).toBe(expected);
  });

  it('are all listed here, and none makes a motor turn by itself at power-up or to a zero point', () => {
    expect(new Set(REQUESTS.map(([request]) => request.name)).size).toBe(Object.keys(BOARD).length);
    const orders = (opcode: number) => REQUESTS.filter(([request]) => request.opcode === opcode);
    expect(orders(0x94)).toEqual([]);
    expect(orders(0x90).map(([request]) => request.data)).toEqual([[0]]);
    expect(orders(0xff).map(([request]) => request.data)).toEqual([[0xca]]);
  });

  it.each<[string, () => unknown]>([
    ['speed code 0', () => BOARD.run('forward', 0)],
    ['speed code 128', () => BOARD.runPulses('forward', 128, 1)],
    ['half a pulse', () => BOARD.runPulses('forward', 1, 0.5)],
    ['2^32 pulses', () => BOARD.runPulses('forward', 1, 2 ** 32)],
    ['microstep 257', () => BOARD.setMicrostep(257)],
    ['a current between two steps', () => BOARD.setCurrentMa(300)],
    ['an acceleration that may destroy the board', () => BOARD.setAcceleration(0x11f)],
    ['an address of no board', () => encodeRequest(0xea, BOARD.stop())],
  ])('refuses %s', (_, attempt) => {
    expect(attempt).toThrow();
  });
});

// Proves that replies mean what the manufacturer prints.
describe('replies', () => {
  it.each<[BoardRequest<unknown>, string, unknown]>([
    [BOARD.readEncoderAngle(), 'e0 40 00 20', 0x4000],
    [BOARD.readEncoder(), 'e0 00 00 00 02 40 00 22', 2 * 65_536 + 0x4000],
    [BOARD.readEncoder(), 'e0 ff ff ff ff c0 00 9c', 2 ** 48 - 65_536 + 0xc000],
    [BOARD.readPulses(), 'e0 00 00 01 00 e1', 256],
    [BOARD.readShaftAngle(), 'e0 00 00 40 00 20', 0x4000],
    [BOARD.readShaftAngle(), 'e0 ff ff f0 07 d5', 2 ** 32 - 4089],
    [BOARD.readAngleError(), 'e0 00 b7 97', 183],
    [BOARD.readAngleError(), 'e0 ff 49 28', -183],
    [BOARD.readAngleError(), 'e0 00 b7 97 00', 183],
    [BOARD.readEnabled(), 'e0 01 e1', 'enabled'],
    [BOARD.readEnabled(), 'e0 02 e2', 'disabled'],
    [BOARD.readStalled(), 'e0 02 e2', 'free'],
    [BOARD.calibrate(), 'e0 02 e2', 'failed'],
    [BOARD.stop(), 'e0 01 e1', 'ok'],
    [BOARD.stop(), 'e0 00 e0', 'failed'],
    [BOARD.runPulses('forward', 1, 1), 'e0 02 e2', 'complete'],
  ])('$name', (request, text, meaning) => {
    expect(reply(request, text)).toBe(meaning);
  });

  it('says nothing for a status that no board has, a wrong checksum or another board', () => {
    expect(reply(BOARD.stop(), 'e0 02 e2')).toBeUndefined();
    expect(reply(BOARD.stop(), 'e0 01 e2')).toBeUndefined();
    expect(reply(BOARD.stop(), 'e1 01 e2')).toBeUndefined();
  });

  it('takes an echo of the question for no reading, although its checksum fits', () => {
    expect(reply(BOARD.readEncoder(), 'e0 30 10 e0 00 00 00 00')).toBeUndefined();
  });

  it('reads a counter of 48 bits back exactly, whatever its turns and angle', () => {
    const turns = fc.integer({ min: -(2 ** 29), max: 2 ** 29 });
    fc.assert(
      fc.property(turns, fc.integer({ min: 0, max: 65_535 }), (turn, angle) => {
        const data = [turn >> 24, turn >> 16, turn >> 8, turn, angle >> 8, angle].map((part) => part & 0xff);
        const bytes = withChecksum([0xe0, ...data]);
        const position = scanReply(bytes, { address: 0xe0, form: BOARD.readEncoder().reply, echo: null }).reply;
        expect(position).toBe((turn < 0 ? turn + 2 ** 32 : turn) * 65_536 + angle);
      }),
    );
  });
});

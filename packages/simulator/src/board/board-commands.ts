import { COUNTS_PER_REV } from '../pump/motor.ts';
import type { BoardBody } from './board-body.ts';
import type { BoardProfile } from './board-profile.ts';
import type { BoardQuirks } from './board-quirks.ts';
import { SETTING_COMMANDS } from './board-settings.ts';

/** What a board says to a request, without address and checksum. */
export interface Answer {
  readonly data: readonly number[];
  /** Sent at this instant instead of after the usual turnaround, ms. */
  readonly atMs?: number;
  /** Hears nothing until it has answered. */
  readonly deaf?: boolean;
  /** A move was started whose completion is to be reported at this instant, ms. */
  readonly completeAtMs?: number;
}

export interface Command {
  readonly dataBytes: number;
  /** Changes nothing. */
  readonly reads?: boolean;
  run(body: BoardBody, data: readonly number[], quirks: BoardQuirks): Answer;
}

const FAILED: Answer = { data: [0] };
const OK: Answer = { data: [1] };
const YES = 1;
const NO = 2;
const COMPLETE: Answer = { data: [2] };

const status = (ok: boolean): Answer => (ok ? OK : FAILED);
const read = (data: (body: BoardBody) => readonly number[]): Command => ({
  dataBytes: 0,
  reads: true,
  run: (body) => ({ data: data(body) }),
});

/** Obeyed whatever the data. */
const obey = (act: (body: BoardBody, data: readonly number[]) => void, dataBytes = 0): Command => ({
  dataBytes,
  run(body, data) {
    act(body, data);
    return OK;
  },
});

/** Commands that a firmware knows, by operation code (manual part 5; section 1.2 of the wiki for 0x36). */
export function commandsOf(profile: BoardProfile): ReadonlyMap<number, Command> {
  const settings = [...SETTING_COMMANDS].map(([op, { setting, bytes, min, max, meaning }]): [number, Command] => [
    op,
    {
      dataBytes: bytes,
      run(body, data) {
        const wire = bigEndianValue(data);
        if (wire < min || wire > max) return FAILED;
        body.set(setting, meaning?.(wire) ?? wire);
        return OK;
      },
    },
  ]);
  const basic: [number, Command][] = [
    [0x30, read((body) => encoderBytes(body, profile.encoderTurns))],
    [0x33, read((body) => bigEndian(Math.trunc(body.motor.state.pulses), 4))],
    [0x36, read((body) => bigEndian(body.shaftAngle(), 4))],
    [0x39, read((body) => bigEndian(saturated(body.motor.state.lagCounts), 2))],
    [0x3a, read((body) => [body.motor.state.enabled ? YES : NO])],
    [0x3e, read((body) => [body.motor.state.tripped ? YES : NO])],
    [0x84, obey((body, [wire = 0]) => body.set('microstep', wire === 0 ? 256 : wire), 1)],
    [0xf3, { dataBytes: 1, run: (body, [on = 0]) => status(on <= 1 && body.enable(on === 1)) }],
    [0xf6, { dataBytes: 1, run: (body, [speed = 0]) => status(body.runFreely(speed)) }],
    [0xf7, { dataBytes: 0, run: (body) => status(body.stop()) }],
    [0xff, { dataBytes: 1, run: (body, [what]) => saveOrClearRun(body, what) }],
    [0xfd, { dataBytes: 1 + profile.pulseBytes, run: move }],
  ];
  return new Map([
    ...basic,
    ...(profile.hasSettings ? [...settings, ...SLOW_COMMANDS] : []),
    ...(profile.hasStallRelease ? STALL_RELEASE : []),
  ]);
}

const SLOW_COMMANDS: readonly [number, Command][] = [
  [0x3f, obey((body) => body.restore())],
  [
    0x80,
    {
      dataBytes: 1,
      run(body, _data, { calibrateMs }) {
        body.calibrate(calibrateMs);
        return { data: [1], atMs: body.motor.state.atMs + calibrateMs, deaf: true };
      },
    },
  ],
  [
    0x91,
    {
      dataBytes: 1,
      run: (body, _data, { setZeroMs }) => ({
        ...status(body.setZero()),
        atMs: body.motor.state.atMs + setZeroMs,
        deaf: true,
      }),
    },
  ],
  [
    0x94,
    {
      dataBytes: 1,
      run(body) {
        const motion = body.goToZero();
        return motion === null ? FAILED : { data: [1], atMs: motion.endMs };
      },
    },
  ],
];

const STALL_RELEASE: readonly [number, Command][] = [[0x3d, obey((body) => body.motor.releaseProtection())]];

const SAVE_RUN = 0xc8;
const CLEAR_RUN = 0xca;

function saveOrClearRun(body: BoardBody, what: number | undefined): Answer {
  if (what === SAVE_RUN) return status(body.saveRun());
  if (what !== CLEAR_RUN) return FAILED;
  body.clearRun();
  return OK;
}

function move(body: BoardBody, [speed = 0, ...count]: readonly number[], { shortMoveMs }: BoardQuirks): Answer {
  const nowMs = body.motor.state.atMs;
  const motion = body.move(speed, bigEndianValue(count));
  if (motion === null) return FAILED;
  if (motion.endMs - nowMs < shortMoveMs) return COMPLETE;
  return { data: [1], completeAtMs: motion.endMs };
}

function encoderBytes(body: BoardBody, withTurns: boolean): number[] {
  const { turns, value } = body.encoder();
  return withTurns ? [...bigEndian(turns, 4), ...bigEndian(value, 2)] : bigEndian(value, 2);
}

/** An angle error beyond half a turn reads as half a turn; how a real board shows it is not documented. */
function saturated(counts: number): number {
  const half = COUNTS_PER_REV / 2;
  return Math.max(-half, Math.min(half - 1, Math.round(counts)));
}

/** Two's complement of up to four bytes, wrapping at the width. */
function bigEndian(value: number, bytes: number): number[] {
  const data: number[] = [];
  for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) data.push((value >> shift) & 0xff);
  return data;
}

function bigEndianValue(bytes: readonly number[]): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

import { assert, type Direction, MAX_SPEED_CODE, MIN_SPEED_CODE } from '@perista/core';
import {
  CALIBRATION_STATUS,
  ENABLED,
  ENCODER,
  ENCODER_ANGLE,
  INT16,
  INT32,
  type ReplyForm,
  RUN_STATUS,
  SHAFT_ANGLE,
  STALLED,
  STATUS,
} from './replies.ts';

/** One question or order to a board, independent of its address. */
export interface BoardRequest<Reply> {
  readonly name: string;
  readonly opcode: number;
  readonly data: readonly number[];
  readonly reply: ReplyForm<Reply>;
  /** Longest that a board was seen to take for it, with reserve. */
  readonly timeoutMs: number;
  /** Whether asking twice does the same as asking once. */
  readonly repeatable: boolean;
}

/** Turnaround is undocumented; published drivers wait 10 to 100 ms. */
const DEFAULT_TIMEOUT_MS = 100;
const SLOW_TIMEOUT_MS = 3000;
/** Calibration was seen to take 5 to 60 s. */
const CALIBRATION_TIMEOUT_MS = 90_000;

/** Bit 7 of the speed byte: against the positive direction (manual 5.5). */
const REVERSE = 0x80;

export const WORK_MODES = { open: 0, vfoc: 1, uart: 2 } as const;
export const BAUD_CODES = { 9600: 1, 19200: 2, 25000: 3, 38400: 4, 57600: 5, 115200: 6 } as const;
export const MICROSTEP_LIMIT = 256;

function read<Reply>(name: string, opcode: number, reply: ReplyForm<Reply>): BoardRequest<Reply> {
  return { name, opcode, data: [], reply, timeoutMs: DEFAULT_TIMEOUT_MS, repeatable: true };
}

function write(name: string, opcode: number, data: readonly number[], timeoutMs = DEFAULT_TIMEOUT_MS) {
  return { name, opcode, data, reply: STATUS, timeoutMs, repeatable: true } satisfies BoardRequest<'ok' | 'failed'>;
}

function once<Request extends BoardRequest<unknown>>(request: Request): Request {
  return { ...request, repeatable: false };
}

function within(value: number, min: number, max: number, what: string): number {
  assert(Number.isInteger(value) && value >= min && value <= max, `${what} ${value} is an integer ${min}..${max}`);
  return value;
}

const bit = (on: boolean) => (on ? 1 : 0);
const u16 = (value: number, max: number, what: string) => {
  within(value, 0, max, what);
  return [value >>> 8, value & 0xff];
};
const u32 = (value: number, what: string) => {
  within(value, 0, 0xffffffff, what);
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
};
const speed = (direction: Direction, code: number) =>
  (direction === 'reverse' ? REVERSE : 0) | within(code, MIN_SPEED_CODE, MAX_SPEED_CODE, 'speed code');

/**
 * Every order that Perista can give a board (manual V1.1.2, part 5). Three that the manual has are left out, because
 * with them a motor would turn by itself, at power-up or to a zero point: save a run (FF C8), zero mode on (90 01,
 * 90 02) and go to zero (94). No encoder for them exists, so no mistake can send them.
 */
export const BOARD = {
  readEncoder: () => read('read encoder', 0x30, ENCODER),
  /** The same question to a board before V1.1.2. */
  readEncoderAngle: () => read('read encoder angle', 0x30, ENCODER_ANGLE),
  readPulses: () => read('read pulses', 0x33, INT32),
  readShaftAngle: () => read('read shaft angle', 0x36, SHAFT_ANGLE),
  /** Place that the pulses ask for, minus the shaft's own, modulo a turn of 65,536. */
  readAngleError: () => read('read angle error', 0x39, INT16),
  readEnabled: () => read('read enable state', 0x3a, ENABLED),
  readStalled: () => read('read stall state', 0x3e, STALLED),
  /** V1.1.2 only; the motor must be enabled again after it. */
  releaseStall: () => write('release stall protection', 0x3d, []),
  restoreDefaults: () => write('restore defaults', 0x3f, []),

  /** The shaft must be free of load. */
  calibrate: (): BoardRequest<'ok' | 'failed'> =>
    once({
      ...write('calibrate encoder', 0x80, [0], CALIBRATION_TIMEOUT_MS),
      reply: CALIBRATION_STATUS,
    }),
  setMotorStepsPerRev: (steps: 200 | 400) => write('set motor type', 0x81, [bit(steps === 200)]),
  setWorkMode: (mode: keyof typeof WORK_MODES) => write('set work mode', 0x82, [WORK_MODES[mode]]),
  /** Of the open-loop mode only; in steps of 200 mA. */
  setCurrentMa: (currentMa: number) => write('set current', 0x83, [within(currentMa / 200, 0, 15, 'current / 200 mA')]),
  /** 256 goes as 0 (wiki V1.1). */
  setMicrostep: (microstep: number) =>
    write('set microstep', 0x84, [within(microstep, 1, MICROSTEP_LIMIT, 'microstep') & 0xff]),
  setEnableLevel: (level: 'low' | 'high' | 'hold') =>
    write('set enable level', 0x85, [{ low: 0, high: 1, hold: 2 }[level]]),
  setCountingDirection: (positive: 'cw' | 'ccw') => write('set direction', 0x86, [bit(positive === 'ccw')]),
  setScreenOff: (on: boolean) => write('set automatic screen off', 0x87, [bit(on)]),
  setStallProtection: (on: boolean) => write('set stall protection', 0x88, [bit(on)]),
  setInterpolation: (on: boolean) => write('set interpolation', 0x89, [bit(on)]),
  /** Answered at the old baud rate. */
  setBaud: (baud: keyof typeof BAUD_CODES) => once(write('set baud rate', 0x8a, [BAUD_CODES[baud]])),
  /** Answered from the old address. */
  setAddress: (address: number) => once(write('set address', 0x8b, [within(address - 0xe0, 0, 9, 'address - 0xE0')])),

  disableZeroMode: () => write('disable zero mode', 0x90, [0]),
  setZeroPoint: () => write('set zero point', 0x91, [0], SLOW_TIMEOUT_MS),
  setZeroSpeed: (step: number) => write('set zero speed', 0x92, [within(step, 0, 4, 'zero speed')]),
  setZeroDirection: (direction: 'cw' | 'ccw') => write('set zero direction', 0x93, [bit(direction === 'ccw')]),

  setKp: (kp: number) => write('set Kp', 0xa1, u16(kp, 0xffff, 'Kp')),
  setKi: (ki: number) => write('set Ki', 0xa2, u16(ki, 0xffff, 'Ki')),
  setKd: (kd: number) => write('set Kd', 0xa3, u16(kd, 0xffff, 'Kd')),
  /** Too large a value can destroy the board (manual 5.4.4): nothing above the factory's 0x11E is sent. */
  setAcceleration: (acceleration: number) => write('set acceleration', 0xa4, u16(acceleration, 0x11e, 'acceleration')),
  setMaxTorque: (torque: number) => write('set largest torque', 0xa5, u16(torque, 0x4b0, 'torque')),

  enable: (on: boolean) => write('set enable state', 0xf3, [bit(on)]),
  /** Turns until stopped. No dose uses it. */
  run: (direction: Direction, code: number) => once(write('run', 0xf6, [speed(direction, code)])),
  stop: () => write('stop', 0xf7, []),
  clearSavedRun: () => write('clear saved run', 0xff, [0xca]),
  /** A relative move. Asking twice turns twice. */
  runPulses: (direction: Direction, code: number, pulses: number): BoardRequest<'failed' | 'started' | 'complete'> => ({
    name: 'run pulses',
    opcode: 0xfd,
    data: [speed(direction, code), ...u32(pulses, 'pulses')],
    reply: RUN_STATUS,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    repeatable: false,
  }),
} as const;

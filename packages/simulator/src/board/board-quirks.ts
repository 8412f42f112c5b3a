import type { MotorConditions } from '../pump/motor.ts';

/** Manners of one board that the manual does not tell. The defaults are the hard cases seen in the field. */
export interface BoardQuirks {
  /** Probability that the report of a completed move is never sent. */
  readonly completionLoss: number;
  /** Any command that arrives during 0xFD ends the move. */
  readonly abortOnCommandDuringFD: boolean;
  /** One more 00 after the reply to 0x39. */
  readonly trailingZeroOn39: boolean;
  /** Repeats each request on the line before it answers. */
  readonly repeatsRequests: boolean;
  /** 0xF3 makes the encoder's turn count start again. */
  readonly positionResetsOnEnable: boolean;
  /** Forgetting the saved run (0xFF CA) lets the motor go, as saving one does. */
  readonly clearingRunDisables: boolean;
  /** A runaway shaft obeys 0xF7; else only 0xF3 00 stops it. */
  readonly runawayHeedsStop: boolean;
  readonly enabledAtPowerOn: boolean;
  /** Relative error of the pulse clock: 0.09 turns 9 % too fast. */
  readonly clockError: number;
  /** From request to reply and from 0xFD to the first pulse, ms, each give or take a share. */
  readonly turnaroundMs: number;
  readonly turnaroundJitter: number;
  readonly startLatencyMs: number;
  readonly startLatencyJitter: number;
  /** A move shorter than this is reported complete at once, without "started", ms. */
  readonly shortMoveMs: number;
  /** Silence after which the beginning of a frame is forgotten, ms. */
  readonly frameGapMs: number;
  /** Probability that a garbage byte precedes a reply. */
  readonly strayByteShare: number;
  /** How long 0x80 and 0x91 take, ms; the board is deaf meanwhile. */
  readonly calibrateMs: number;
  readonly setZeroMs: number;
  /** From power to the first request it hears, ms. */
  readonly bootMs: number;
  /** Fastest the shaft follows or catches up an angle error, rpm. */
  readonly slewRpm: number;
  /** Angle error at which stall protection trips, degrees. */
  readonly tripDeg: number;
}

/** What can change about a board and its surroundings while it lives. */
export interface BoardConditions extends MotorConditions {
  /** As the quirks of the same names; each can be made worse for a while. */
  completionLoss: number;
  clockError: number;
  strayByteShare: number;
  /** Probability, for each byte either way, to arrive changed, doubled or not at all. */
  noise: number;
  /** No byte passes either way; the motor keeps its supply. */
  unplugged: boolean;
}

/** Nothing is wrong but the board's own manners. */
export function soundConditions({ completionLoss, clockError, strayByteShare }: BoardQuirks): BoardConditions {
  return {
    ...{ completionLoss, clockError, strayByteShare },
    ...{ noise: 0, unplugged: false, reversed: false, limp: false, runawayFactor: null },
  };
}

export const DEFAULT_QUIRKS: BoardQuirks = {
  completionLoss: 0.5,
  abortOnCommandDuringFD: true,
  trailingZeroOn39: false,
  repeatsRequests: false,
  positionResetsOnEnable: false,
  clearingRunDisables: false,
  runawayHeedsStop: false,
  enabledAtPowerOn: true,
  clockError: 0,
  turnaroundMs: 1.5,
  turnaroundJitter: 0.5,
  startLatencyMs: 30,
  startLatencyJitter: 0.3,
  shortMoveMs: 2,
  frameGapMs: 20,
  strayByteShare: 0,
  calibrateMs: 20_000,
  setZeroMs: 1500,
  bootMs: 300,
  slewRpm: 1200,
  tripDeg: 45,
};

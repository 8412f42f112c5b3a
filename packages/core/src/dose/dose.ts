/** States of a dose that is not over. */
export const OPEN_DOSE_STATES = ['accepted', 'queued', 'running'] as const;

/** Ways a dose can end. "Failed" is none of them: a dose that may have moved is done, partial or uncertain. */
export const DOSE_ENDS = ['done', 'partial', 'refused', 'missed', 'skipped', 'cancelled', 'uncertain'] as const;

export type OpenDoseState = (typeof OPEN_DOSE_STATES)[number];
export type DoseEnd = (typeof DOSE_ENDS)[number];
export type DoseState = OpenDoseState | DoseEnd;

export type Direction = 'forward' | 'reverse';

/** Why a motion ended, as the agent records it (END of the dose protocol). */
export const END_CAUSES = ['target', 'stop', 'emergency-stop', 'lease-lost', 'cap', 'fault', 'recovered'] as const;
export type EndCause = (typeof END_CAUSES)[number];

/** Volume known as a range in ml; exact where `loMl === hiMl`. */
export interface VolumeRange {
  readonly loMl: number;
  readonly hiMl: number;
}

/** What a pump may give, for every source alike. Rolling windows, in ml. */
export interface DoseLimits {
  readonly singleMl: number;
  readonly durationS: number;
  readonly hourMl: number;
  readonly dayMl: number;
  readonly weekMl: number;
}

/**
 * One turn of a stepper for one dose, independent of the board's clock and of any chunking.
 * `pulses` is the whole order: volume is exact because pulses are.
 */
export interface Motion {
  /** Step pulses in all, > 0. */
  readonly pulses: number;
  readonly direction: Direction;
  /** How long the whole motion shall take, ms. */
  readonly durationMs: number;
  /**
   * Speed codes (500 pulses/s each, 1..127) the motion may use. A rate under `minCode` is made of bursts at `minCode`.
   */
  readonly minCode: number;
  readonly maxCode: number;
}

/** The stepper board behind a pump, as far as planning needs it. */
export interface StepperGeometry {
  /** Microsteps per full step, 1..256. */
  readonly microstep: number;
  /** Full steps per revolution: 200 (1.8°) or 400 (0.9°). */
  readonly stepsPerRev: number;
  /** Fastest the head may turn, rpm. */
  readonly maxRpm: number;
  /** Board address, 0xE0..0xE9; its low 7 bits are a speed code that misbehaves. */
  readonly address: number;
}

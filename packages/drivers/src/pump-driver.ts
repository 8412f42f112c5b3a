import type { ErrorCode, Motion, ShaftAtRest } from '@perista/core';

/** What an implementation can and cannot do; callers adapt to it, suites state it. */
export interface PumpCapabilities {
  /** Width of the position counter: differences are taken modulo 2^bits. */
  readonly positionBits: 16 | 32 | 48;
  /** Counts of one revolution of the shaft. */
  readonly countsPerRev: number;
  /** Whether a command that arrives in motion leaves the motion alone. */
  readonly pollsWhileMoving: boolean;
  /** A motion may end by so many counts later than its tick announced, and counts them right; none if left out. */
  readonly overrunCounts?: number;
  /** A motion that nobody is left to end goes on by at most so much from any tick but its last; as announced if left out. */
  readonly abandonedCounts?: number;
}

/**
 * Counts of the encoder, as the board gives them, 0 … 2^positionBits − 1. Only differences mean something. They grow when
 * the shaft turns forward, and fall if the head is mounted the other way round (`invert`).
 */
export type Position = number;

/** State of what a driver watches beside the shaft's position. */
export interface SensorState {
  readonly position: Position | null;
  readonly enabled: boolean | null;
  readonly stalled: boolean | null;
  /** Requests answered and lost since start, and bytes that fitted no frame. */
  readonly line: { readonly answered: number; readonly lost: number; readonly discardedBytes: number };
}

export interface MotionTick {
  readonly position: Position;
  readonly elapsedMs: number;
  /** The next chunk adds at most this many counts; known before it starts, so that a crash in it is bounded. */
  readonly nextChunkCounts: number;
}

/**
 * How a motion ended. `position` is null only where the board could not be read any more, or restarted; `seen` is where
 * the shaft was read last before it was stopped, null where it did not turn. `reach` is the most that the shaft can have
 * turned since the last tick, where that tick cannot have told. `isUnbroken`: the board's counters are known not to have
 * begun anew in the motion.
 */
export type MotionEnd =
  | { readonly kind: 'at-target'; readonly position: Position }
  | {
      readonly kind: 'stopped';
      readonly position: Position | null;
      readonly reach?: number;
      readonly isUnbroken?: boolean;
    }
  | {
      readonly kind: 'fault';
      readonly code: ErrorCode;
      readonly message: string;
      readonly position: Position | null;
      readonly seen: Position | null;
      readonly reach?: number;
      readonly isUnbroken?: boolean;
    };

/**
 * A pump as the agent sees it: it turns by exactly what it is told, says where it stands, and can be stopped at any
 * instant. Every method but `stop` may be refused with a PeristaError E1xx when the board cannot be used.
 */
export interface PumpDriver {
  readonly pumpId: string;
  readonly capabilities: PumpCapabilities;
  /** Stop, clear a saved free run, prove standstill, apply settings that differ. The first call after power-up. */
  makeSafe(): Promise<ShaftAtRest>;
  /** Position at rest: two equal readings in a row. */
  readPosition(): Promise<Position>;
  /**
   * Turns by `motion`, in bounded chunks; `onTick` is awaited before the first and after each chunk and must make the
   * tick durable. Resolves when the shaft is at rest; rejects only if `onTick` does (the shaft is at rest then too).
   */
  move(motion: Motion, onTick: (tick: MotionTick) => Promise<void>): Promise<MotionEnd>;
  /** Stops at once, passing everything on the line; resolves when standstill was seen, or rejects with E101. */
  stop(): Promise<Position>;
  readSensors(): Promise<SensorState>;
  close(): Promise<void>;
}

import type { Clock, Log } from '@perista/core';
import type { EmulatedBoard } from './board/emulated-board.ts';
import type { EmulatedRtc } from './chips/emulated-rtc.ts';
import { loadState, saveState } from './state-file.ts';
import type { FaultDesk } from './window/fault-desk.ts';

export interface StateKeeperOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly stateFile?: string;
}

/**
 * Keeps the state of all boards, and of the clock with a battery, in a file. It is written before the reply to what changed it, so that nobody was told of a
 * motion that is forgotten when the process is killed; while a shaft turns nothing more needs to be written, because the
 * state tells where it will be.
 */
export class StateKeeper {
  readonly #options: StateKeeperOptions;
  #boards: ReadonlyMap<string, EmulatedBoard> = new Map();
  #desk: FaultDesk | null = null;
  #rtc: EmulatedRtc | null = null;

  constructor(options: StateKeeperOptions) {
    this.#options = options;
  }

  /** Carries on from the process before, as if the boards had been powered all the time. */
  resume(boards: ReadonlyMap<string, EmulatedBoard>, desk: FaultDesk, rtc: EmulatedRtc | null): void {
    const { stateFile, clock, log } = this.#options;
    const state = stateFile === undefined ? null : loadState(stateFile, log);
    if (state !== null) {
      const awayMs = Math.max(0, clock.wallMs() - state.wallMs);
      const shiftMs = clock.monotonicMs() - awayMs - state.monotonicMs;
      desk.resume(state.faults, () => {
        for (const [id, board] of boards) {
          const snapshot = state.boards[id];
          if (snapshot !== undefined) board.resume(snapshot, shiftMs);
        }
      });
    }
    if (state?.rtc !== undefined) rtc?.resume(state.rtc);
    this.#boards = boards;
    this.#desk = desk;
    this.#rtc = rtc;
    this.save();
  }

  readonly save = (): void => {
    const { stateFile, clock, log } = this.#options;
    if (stateFile === undefined || this.#desk === null) return;
    const boards = Object.fromEntries([...this.#boards].map(([id, board]) => [id, board.snapshot()]));
    const now = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
    try {
      const rtc = this.#rtc === null ? {} : { rtc: this.#rtc.state };
      saveState(stateFile, { version: 1, ...now, faults: this.#desk.list(), boards, ...rtc });
    } catch (error) {
      log.error({ stateFile, error: String(error) }, 'state of the emulated boards cannot be saved');
    }
  };

  close(): void {
    this.save();
    this.#desk = null;
  }
}

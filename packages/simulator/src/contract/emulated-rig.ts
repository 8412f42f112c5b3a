import { type Clock, seededRandom, silentLog, VirtualClock } from '@perista/core';
import { createServo42cDriver, type OpenSerialPort, Servo42cLine } from '@perista/drivers';
import type { MakePumpRig, RigFault, RigOptions } from '@perista/drivers/contract';
import type { BoardQuirks } from '../board/board-quirks.ts';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import { boardOf, DEFAULT_EMULATED_PUMPS, type EmulatedPump } from '../emulated-pump.ts';
import { fakeLine } from '../line/fake-line.ts';

/** Where a rig lives: its time, and the way from the driver to the board. */
export interface RigWorld {
  readonly clock: Clock;
  run<T>(promise: Promise<T>): Promise<T>;
  advance(ms: number): Promise<void>;
  /** Lays the line; `close` takes it up again. */
  connect(board: EmulatedBoard): Promise<{ readonly open: OpenSerialPort; close(): Promise<void> }>;
}

/** Longer than any case of the contract lives, ms. */
const LIFE_LIMIT_MS = 600_000;
const SEED = 11;

/** Virtual time, and a line in memory. */
export function virtualWorld(): RigWorld {
  const clock = new VirtualClock({ wallMs: Date.UTC(2026, 2, 1) });
  return {
    clock,
    run: (promise) => clock.until(promise, LIFE_LIMIT_MS),
    advance: (ms) => clock.advance(ms),
    connect: async (board) => ({ open: async () => fakeLine([board], clock), async close() {} }),
  };
}

/** Real drivers on emulated boards, for the contract of pump drivers: one rig after another, each in a world of its own. */
export function emulatedRigs(makeWorld: () => RigWorld, manners: Partial<BoardQuirks> = {}): MakePumpRig {
  return async (options: RigOptions) => {
    const world = makeWorld();
    const { clock } = world;
    const pump = pumpFor(options, manners);
    const board = boardOf(pump, { clock, random: seededRandom(SEED) });
    const { open, close } = await world.connect(board);
    const line = new Servo42cLine({ open, clock, log: silentLog });
    const { address, microstep, stepsPerRev } = pump;
    const driver = createServo42cDriver({
      pumpId: pump.id,
      line,
      clock,
      log: silentLog,
      config: {
        ...{ address, microstep, stepsPerRev, dialect: 'auto', invert: options.invert },
        pollsWhileMoving: !options.abortsOnCommand,
      },
    });
    const sense = options.invert ? -1 : 1;
    return {
      driver,
      geometry: { address, microstep, stepsPerRev, maxRpm: 300 },
      nowMs: () => clock.monotonicMs(),
      run: (promise) => world.run(promise),
      advance: (ms) => world.advance(ms),
      truth: () => sense * board.truth().revolutions,
      turning: () => board.truth().moving,
      fault: async (name, value) => RIG_FAULTS[name](board, value),
      async close() {
        await driver.close();
        await line.close();
        await close();
      },
    };
  };
}

function pumpFor({ dialect, abortsOnCommand }: RigOptions, manners: Partial<BoardQuirks>): EmulatedPump {
  const [pump] = DEFAULT_EMULATED_PUMPS;
  if (pump === undefined) throw new Error('there is a default pump');
  const quirks = { ...pump.quirks, ...manners, abortOnCommandDuringFD: abortsOnCommand };
  return { ...pump, profile: dialect, quirks };
}

const RIG_FAULTS: Readonly<Record<RigFault, (board: EmulatedBoard, value: number) => void>> = {
  stall: (board, on) => (on === 0 ? board.unstall() : board.stall(0)),
  runaway: (board, factor) => board.change({ runawayFactor: factor === 0 ? null : factor }),
  'wrong-direction': (board, on) => board.change({ reversed: on === 1 }),
  unplugged: (board, on) => board.change({ unplugged: on === 1 }),
  'completion-loss': (board, part) => board.change({ completionLoss: part }),
  'stray-bytes': (board, part) => board.change({ strayByteShare: part }),
  corruption: (board, part) => board.change({ noise: part }),
  'clock-error': (board, part) => board.change({ clockError: part }),
  disabled: (board, on) => board.change({ limp: on === 1 }),
  'saved-run': (board, code) => board.keepRun(code === 0 ? null : code),
  'power-cycle': (board) => board.powerCycle(0),
};

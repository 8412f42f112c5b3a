import { EMULATED_STEPPERS } from '@perista/protocol/settings';
import type { ProfileName } from './board/board-profile.ts';
import type { BoardQuirks } from './board/board-quirks.ts';
import { BAUDS, type Baud } from './board/board-settings.ts';
import { type BoardOptions, EmulatedBoard } from './board/emulated-board.ts';
import type { HeadSettings } from './pump/pump-head.ts';

/** A pump that exists only here: a commissioned board, a motor, and one unit of a head. */
export interface EmulatedPump {
  readonly id: string;
  /** Line it hangs on; boards with the same line share it. Default: a line of its own, named as the pump. */
  readonly line?: string;
  /** 0xE0 … 0xE9. */
  readonly address: number;
  readonly baud: Baud;
  readonly profile: ProfileName;
  /** 1 … 256. */
  readonly microstep: number;
  readonly stepsPerRev: 200 | 400;
  /** Decides how this unit of the head differs from others. */
  readonly seed: number;
  readonly head?: Partial<HeadSettings>;
  /** Turns since its board got power, such as those of its calibration; liquid of that time is not counted. */
  readonly turnsSincePowerOn?: number;
  readonly quirks?: Partial<BoardQuirks>;
}

const COMMISSIONED = {
  address: 0xe0,
  baud: 38_400,
  profile: 'v1.1.2',
  microstep: 64,
  stepsPerRev: 200,
  turnsSincePowerOn: 720,
} as const;

const [PH_DOWN, NUTRIENT_A] = EMULATED_STEPPERS;

/** The steppers of a first start: two units of a 0.18 ml/rev head, with the manners of hard boards and two pulse clocks. */
export const DEFAULT_EMULATED_PUMPS: readonly EmulatedPump[] = [
  { ...COMMISSIONED, id: PH_DOWN, seed: 35, quirks: { clockError: 0.02, trailingZeroOn39: true } },
  { ...COMMISSIONED, id: NUTRIENT_A, seed: 31, quirks: { clockError: -0.015, trailingZeroOn39: true } },
];

const UART_MODE = 2;

/** The board of a pump, powered and commissioned for the UART. */
export function boardOf(
  pump: EmulatedPump,
  ports: Pick<BoardOptions, 'clock' | 'random' | 'scatter' | 'onChange' | 'onGarbled'>,
): EmulatedBoard {
  return new EmulatedBoard({
    ...ports,
    profile: pump.profile,
    seed: pump.seed,
    ...(pump.head === undefined ? {} : { head: pump.head }),
    ...(pump.quirks === undefined ? {} : { quirks: pump.quirks }),
    ...(pump.turnsSincePowerOn === undefined ? {} : { turnsSincePowerOn: pump.turnsSincePowerOn }),
    settings: {
      workMode: UART_MODE,
      microstep: pump.microstep,
      motorType: pump.stepsPerRev === 200 ? 1 : 0,
      address: pump.address - 0xe0,
      baud: BAUDS.indexOf(pump.baud) + 1,
    },
  });
}

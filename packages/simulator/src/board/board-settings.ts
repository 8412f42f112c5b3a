import { z } from 'zod';

/** Bauds by their code (manual 5.2.11). */
export const BAUDS = [9600, 19_200, 25_000, 38_400, 57_600, 115_200] as const;
export type Baud = (typeof BAUDS)[number];

/** What the board keeps in its flash, as the codes of the manual but for the microstep. */
export const BoardSettings = z.strictObject({
  /** 0: 0.9° a step, 1: 1.8°. */
  motorType: z.number(),
  /** 0 open loop, 1 step and direction pins, 2 UART. */
  workMode: z.number(),
  current: z.number(),
  /** 1…256. */
  microstep: z.number(),
  enableLevel: z.number(),
  /** 0: forward turns the shaft forward; 1: the other way. */
  direction: z.number(),
  screenOff: z.number(),
  stallProtect: z.number(),
  interpolation: z.number(),
  /** 1…6, see BAUDS. */
  baud: z.number(),
  /** 0…9 above 0xE0. */
  address: z.number(),
  zeroMode: z.number(),
  zeroSpeed: z.number(),
  zeroDirection: z.number(),
  kp: z.number(),
  ki: z.number(),
  kd: z.number(),
  acceleration: z.number(),
  maxTorque: z.number(),
  /** Angle within a turn that 0x91 chose, counts. */
  zeroCounts: z.number().nullable(),
  /** Speed byte of the free run that starts by itself at power-on. */
  savedRun: z.number().nullable(),
});
export type BoardSettings = z.infer<typeof BoardSettings>;
export type NumericSetting = Exclude<keyof BoardSettings, 'zeroCounts' | 'savedRun'>;

/** As shipped (manual part 3). */
export const FACTORY_SETTINGS: BoardSettings = {
  motorType: 1,
  workMode: 1,
  current: 8,
  microstep: 16,
  enableLevel: 0,
  direction: 0,
  screenOff: 0,
  stallProtect: 0,
  interpolation: 1,
  baud: 4,
  address: 0,
  zeroMode: 0,
  zeroSpeed: 0,
  zeroDirection: 0,
  kp: 0x650,
  ki: 1,
  kd: 0x650,
  acceleration: 0x11e,
  maxTorque: 0x4b0,
  zeroCounts: null,
  savedRun: null,
};

interface SettingCommand {
  readonly setting: NumericSetting;
  readonly bytes: 1 | 2;
  readonly min: number;
  readonly max: number;
  /** What the number on the wire means, where it is not the value itself. */
  readonly meaning?: (wire: number) => number;
}

/** Commands that set one number, by operation code (manual 5.2, 5.3, 5.4). */
export const SETTING_COMMANDS: ReadonlyMap<number, SettingCommand> = new Map([
  [0x81, { setting: 'motorType', bytes: 1, min: 0, max: 1 }],
  [0x82, { setting: 'workMode', bytes: 1, min: 0, max: 2 }],
  [0x83, { setting: 'current', bytes: 1, min: 0, max: 15 }],
  [0x84, { setting: 'microstep', bytes: 1, min: 0, max: 255, meaning: (wire) => (wire === 0 ? 256 : wire) }],
  [0x85, { setting: 'enableLevel', bytes: 1, min: 0, max: 2 }],
  [0x86, { setting: 'direction', bytes: 1, min: 0, max: 1 }],
  [0x87, { setting: 'screenOff', bytes: 1, min: 0, max: 1 }],
  [0x88, { setting: 'stallProtect', bytes: 1, min: 0, max: 1 }],
  [0x89, { setting: 'interpolation', bytes: 1, min: 0, max: 1 }],
  [0x8a, { setting: 'baud', bytes: 1, min: 1, max: 6 }],
  [0x8b, { setting: 'address', bytes: 1, min: 0, max: 9 }],
  [0x90, { setting: 'zeroMode', bytes: 1, min: 0, max: 2 }],
  [0x92, { setting: 'zeroSpeed', bytes: 1, min: 0, max: 4 }],
  [0x93, { setting: 'zeroDirection', bytes: 1, min: 0, max: 1 }],
  [0xa1, { setting: 'kp', bytes: 2, min: 0, max: 0xffff }],
  [0xa2, { setting: 'ki', bytes: 2, min: 0, max: 0xffff }],
  [0xa3, { setting: 'kd', bytes: 2, min: 0, max: 0xffff }],
  [0xa4, { setting: 'acceleration', bytes: 2, min: 0, max: 0xffff }],
  [0xa5, { setting: 'maxTorque', bytes: 2, min: 0, max: 0x4b0 }],
] as const satisfies readonly (readonly [number, SettingCommand])[]);

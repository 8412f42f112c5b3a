import type { Clock } from '@perista/core';
import { EmulatedFram } from './emulated-fram.ts';
import { EmulatedRtc } from './emulated-rtc.ts';
import { type EmulatedChip, I2cPort } from './i2c-port.ts';

/** The chips of a relay unit. */
export interface RelayUnitChips {
  readonly fram: EmulatedFram;
  readonly rtc: EmulatedRtc;
}

export interface ChipsOptions {
  readonly clock: Clock;
  /** Content of the FRAM; without it the chip is blank each time. */
  readonly framFile?: string;
  readonly onRtcChange: () => void;
}

/** Where they are on their bus. */
const FRAM_ADDRESS = 0x50;
const RTC_ADDRESS = 0x68;

export const chipsOfRelayUnit = ({ clock, framFile, onRtcChange }: ChipsOptions): RelayUnitChips => ({
  fram: new EmulatedFram(framFile),
  rtc: new EmulatedRtc(clock, onRtcChange),
});

export const busOf = ({ fram, rtc }: RelayUnitChips): I2cPort =>
  new I2cPort(
    new Map<number, EmulatedChip>([
      [FRAM_ADDRESS, fram],
      [RTC_ADDRESS, rtc],
    ]),
  );

import { MOST_CHANNELS, PeristaError } from '@perista/core';
import type { GpioLines } from './gpio-words.ts';

export interface GpioAddress extends GpioLines {
  readonly chip: string;
}

/**
 * `gpio:/dev/gpiochip0:17,22,23:high`: the chip, the offsets of channels 1, 2, 3 on it, and what a line is when it is on.
 * @throws PeristaError E306 naming what is wrong
 */
export function parseGpioAddress(address: string): GpioAddress {
  const [, chip, list, level] = /^gpio:(\/dev\/[\w.-]+):(\d{1,4}(?:,\d{1,4})*):(high|low)$/.exec(address) ?? [];
  if (chip === undefined || list === undefined) {
    throw new PeristaError('E306', `Relay lines "${address}" must be as gpio:/dev/gpiochip0:17,22,23:high`);
  }
  const offsets = list.split(',').map(Number);
  if (offsets.length > MOST_CHANNELS) {
    throw new PeristaError('E306', `Relay lines "${address}" must be 1 to ${MOST_CHANNELS}, are ${offsets.length}`);
  }
  if (new Set(offsets).size < offsets.length) {
    throw new PeristaError('E306', `Relay lines "${address}" must name each line once`);
  }
  return { chip, offsets, activeLow: level === 'low' };
}

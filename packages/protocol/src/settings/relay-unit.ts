import { MOST_CHANNELS } from '@perista/core';
import { z } from 'zod';

/** Lines of a Raspberry Pi that are inputs with a pull-down at power-up, so that a relay board stays off. */
const DEFAULT_LINES = [17, 22, 23, 24, 25, 27];

const LINES_RULE = `must list 1 to ${MOST_CHANNELS} lines of the chip, each once`;
const COUNT_RULE = 'must be 1 to the number of lines';
const DEVICE = /^\/dev\/[\w.-]+$/;
const DEVICE_RULE = 'must be /dev/…';
const FRAM_RULE = 'must be 0x50 to 0x57';
const RTC_RULE = 'must be 0x68: a DS3231M has no other address';

/** The relays of a dosing unit on the GPIO lines of a Linux board. Channel 1 is on the first line. */
export const RelayUnitSettings = z
  .strictObject({
    gpiochip: z
      .string()
      .regex(DEVICE, DEVICE_RULE)
      .default('/dev/gpiochip0')
      .meta({ description: 'GPIO chip of the lines' }),
    lines: z
      .array(z.int().min(0).max(9_999))
      .min(1, LINES_RULE)
      .max(MOST_CHANNELS, LINES_RULE)
      .refine((lines) => new Set(lines).size === lines.length, LINES_RULE)
      .default(DEFAULT_LINES)
      .meta({ description: 'Offsets of channel 1, 2, 3 … on the chip' }),
    active_high: z.boolean().default(true).meta({ description: 'A relay is on when its line is high' }),
    i2c: z
      .string()
      .regex(DEVICE, DEVICE_RULE)
      .default('/dev/i2c-1')
      .meta({ description: 'I2C bus of memory and clock' }),
    fram: z
      .int(FRAM_RULE)
      .min(0x50, FRAM_RULE)
      .max(0x57, FRAM_RULE)
      .default(0x50)
      .meta({ description: 'Address of the memory MB85RC256V' }),
    rtc: z.literal(0x68, RTC_RULE).default(0x68).meta({ description: 'Address of the clock DS3231M' }),
    fram_storage: z
      .enum(['file', 'chip'], 'must be file or chip')
      .default('file')
      .meta({ description: 'Where the FRAM image is kept: <data>/fram.bin, or the chip' }),
    channel_count: z
      .int(COUNT_RULE)
      .min(1, COUNT_RULE)
      .optional()
      .meta({ description: 'Channels in use; default all' }),
  })
  .check(({ value: { lines, channel_count }, issues }) => {
    if (channel_count === undefined || channel_count <= lines.length) return;
    issues.push({ code: 'custom', message: COUNT_RULE, path: ['channel_count'], input: channel_count });
  });
export type RelayUnitSettings = z.infer<typeof RelayUnitSettings>;

/** Id of the pump that a channel has on a first start. */
export const relayPumpId = (channel: number): string => `relay-${channel}`;

/** The channels in use, from 1. */
export const channelsOf = ({ lines, channel_count = lines.length }: RelayUnitSettings): number[] =>
  Array.from({ length: channel_count }, (_, index) => index + 1);

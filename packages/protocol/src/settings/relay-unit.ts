import { z } from 'zod';

const MOST_CHANNELS = 6;
/** Lines of a Raspberry Pi that are inputs with a pull-down at power-up, so that a relay board stays off. */
const DEFAULT_LINES = [17, 22, 23, 24, 25, 27];

const LINES_RULE = `must list 1 to ${MOST_CHANNELS} lines of the chip, each once`;
const COUNT_RULE = 'must be 1 to the number of lines';

/** The relays of a dosing unit on the GPIO lines of a Linux board. Channel 1 is on the first line. */
export const RelayUnitSettings = z
  .strictObject({
    gpiochip: z
      .string()
      .regex(/^\/dev\/[\w.-]+$/, 'must be /dev/…')
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

import { closeSync } from 'node:fs';
import type { OpenRelayLines, RelayLines } from '../relay/relay-lines.ts';
import type { GpioAddress } from './gpio-address.ts';
import { encodeLineRequest, encodeOneOn, GPIO_V2_LINE_SET_VALUES_IOCTL } from './gpio-words.ts';
import { type GpioCalls, gpioCalls } from './linux-gpio.ts';

const CONSUMER = 'perista relays';

const gpio: GpioCalls = gpioCalls('E110');

/** Relays on a GPIO chip: all lines in one request, which nobody else can have, and one write for all of them. */
export function linuxRelayLines(address: GpioAddress): OpenRelayLines {
  return async () => {
    const { chip, ...lines } = address;
    const what = `lines ${lines.offsets.join(', ')} of ${chip} cannot be taken`;
    const fd = gpio.take(chip, encodeLineRequest(lines, CONSUMER), what);
    const channels = address.offsets.length;
    return {
      channels,
      async write(channel) {
        gpio.control(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, encodeOneOn(channel, channels), `${chip} cannot be driven`);
      },
      async close() {
        closeSync(fd);
      },
    } satisfies RelayLines;
  };
}

import type { Clock } from '@perista/core';
import { armedOnly } from '../gpio/arming.ts';
import { parseGpioAddress } from '../gpio/gpio-address.ts';
import { linuxOutputKeeping } from '../gpio/linux-output-keeping.ts';
import { linuxRelayLines } from '../gpio/linux-relay-lines.ts';
import { openSerialLine } from '../line/open-serial-line.ts';
import { pipedRelayLines } from './piped-relay-lines.ts';
import type { OpenRelayLines } from './relay-lines.ts';

/**
 * How to take the relay lines at `address`: `gpio:/dev/gpiochip0:17,22,23:high`, or `tcp://host:port` for emulated ones.
 * Nothing is opened yet. @throws PeristaError E306 naming what is wrong with the address
 */
export function openRelayLines(address: string, clock: Clock): OpenRelayLines {
  if (address.startsWith('tcp://')) return pipedRelayLines(openSerialLine(address), clock);
  return armedOnly(address, linuxRelayLines(parseGpioAddress(address)), linuxOutputKeeping);
}

/** The same without asking what would become of a relay that stays on: for whoever turns all off and ends. */
export function openRelayLinesToTurnOff(address: string, clock: Clock): OpenRelayLines {
  return address.startsWith('tcp://') ? openRelayLines(address, clock) : linuxRelayLines(parseGpioAddress(address));
}

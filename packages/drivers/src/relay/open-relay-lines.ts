import { type Clock, PeristaError } from '@perista/core';
import { openSerialLine } from '../line/open-serial-line.ts';
import { pipedRelayLines } from './piped-relay-lines.ts';
import type { OpenRelayLines } from './relay-lines.ts';

/**
 * How to take the relay lines at `address`: `tcp://host:port` for emulated ones. Nothing is opened yet.
 * @throws PeristaError E306 naming what is wrong with the address
 */
export function openRelayLines(address: string, clock: Clock): OpenRelayLines {
  if (address.startsWith('tcp://')) return pipedRelayLines(openSerialLine(address), clock);
  throw new PeristaError('E306', `Relay lines "${address}" must be tcp://host:port`);
}

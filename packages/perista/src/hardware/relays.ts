import { type Clock, type Log, MOST_CHANNELS, PeristaError } from '@perista/core';
import { GuardedRelayBank, type RelayBank } from '@perista/drivers';
import type { RelayUnitSettings } from '@perista/protocol/settings';
import { guardStarter } from '../relays/start-guard.ts';
import type { Settings } from '../settings/settings-loader.ts';
import { readEmulatorFile } from './emulator-file.ts';

/** How the agent takes the relays of this unit, through a guard; undefined if the unit has none. */
export function relayOpener(
  { hardware, dataDir, relayUnit }: Settings,
  ports: { readonly clock: Clock; readonly log: Log },
): (() => RelayBank) | undefined {
  const bank = (channels: number, addressNow: () => string) => () =>
    new GuardedRelayBank({ channels, startGuard: guardStarter(addressNow, ports.clock), ...ports });
  if (hardware === 'emulated') return bank(MOST_CHANNELS, () => emulatedAddress(dataDir));
  return relayUnit && bank(relayUnit.lines.length, () => gpioAddress(relayUnit));
}

const gpioAddress = ({ gpiochip, lines, active_high }: RelayUnitSettings): string =>
  `gpio:${gpiochip}:${lines.join(',')}:${active_high ? 'high' : 'low'}`;

/** Looked up for each guard: emulated hardware that was started again may have moved. */
function emulatedAddress(dataDir: string): string {
  const address = readEmulatorFile(dataDir)?.lines.relays;
  if (address === undefined) throw new PeristaError('E110', 'The emulated hardware has no relays (yet)');
  return address;
}

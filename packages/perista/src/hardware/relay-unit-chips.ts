import type { AgentPorts } from '@perista/agent';
import { type Clock, PeristaError } from '@perista/core';
import { Ds3231m, type I2cBus, mb85rc256v, openLinuxI2cBus, openSerialLine, pipedI2cBus } from '@perista/drivers';
import { linuxTimeSource } from '../process/linux-time-source.ts';
import type { Settings } from '../settings/settings-loader.ts';
import { readEmulatorFile } from './emulator-file.ts';
import { framOpener } from './fram.ts';

type RelayUnitChips = Pick<AgentPorts, 'openFram' | 'rtc'>;

const EMULATED_FRAM = 0x50;

/** FRAM image and real-time clock of this unit as its agent has them; none if it has no relays. */
export function relayUnitChips(settings: Settings, clock: Clock): RelayUnitChips {
  const { hardware, relayUnit, dataDir } = settings;
  if (hardware === 'emulated') return emulatedChips(emulatedBus(dataDir, clock));
  if (relayUnit === undefined) return {};
  const openFram = framOpener(settings);
  return {
    ...(openFram === undefined ? {} : { openFram }),
    rtc: { rtc: clockOn(relayUnit.i2c), isSynchronised: linuxTimeSource().isSynchronised },
  };
}

/** No time server sets an emulated clock: what becomes of a wrong one is to be seen. */
const emulatedChips = (bus: I2cBus): RelayUnitChips => ({
  openFram: async () => mb85rc256v(bus, EMULATED_FRAM),
  rtc: { rtc: new Ds3231m(bus), isSynchronised: () => false },
});

/** The address is looked up at each opening: emulated hardware that was started again may have moved. */
const emulatedBus = (dataDir: string, clock: Clock): I2cBus =>
  pipedI2cBus(async () => {
    const address = readEmulatorFile(dataDir)?.lines.i2c;
    if (address === undefined) throw new PeristaError('E307', 'The emulated hardware has no chips (yet)');
    return openSerialLine(address)();
  }, clock);

/** A bus that is not there yet is looked for again at the next reading. */
function clockOn(path: string): NonNullable<AgentPorts['rtc']>['rtc'] {
  let opened: Ds3231m | undefined;
  const chip = () => {
    opened ??= new Ds3231m(openLinuxI2cBus(path));
    return opened;
  };
  return { read: async () => chip().read(), set: async (utcS) => chip().set(utcS) };
}

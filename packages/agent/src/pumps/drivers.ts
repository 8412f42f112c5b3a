import { type Clock, type Log, PeristaError } from '@perista/core';
import {
  createServo42cDriver,
  type RelayBank,
  RelayPumpDriver,
  RelaySwitch,
  type SerialLine,
  Servo42cLine,
} from '@perista/drivers';
import type { CreateDriver } from './create-driver.ts';
import { isRelay, type RelaySetup, type StepperSetup } from './pump-setup.ts';

export interface DriverPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** The serial line of that id, or undefined if the settings name none. */
  readonly openLine: (lineId: string) => SerialLine | undefined;
  /** The relays of the unit; missing if the settings name none. */
  readonly openRelays?: () => RelayBank;
}

/** Makes drivers and owns what they share: boards of one line the line, relays their bank. */
export interface DriverSource {
  readonly create: CreateDriver;
  close(): Promise<void>;
}

export function driverSource({ clock, log, openLine, openRelays }: DriverPorts): DriverSource {
  const lines = new Map<string, Servo42cLine>();
  let relays: RelaySwitch | null = null;

  function lineOf(lineId: string): Servo42cLine {
    const known = lines.get(lineId);
    if (known !== undefined) return known;
    const serial = openLine(lineId);
    if (serial === undefined) throw new PeristaError('E106', `The settings name no serial line "${lineId}"`);
    const line = new Servo42cLine({ ...serial, clock, log });
    lines.set(lineId, line);
    return line;
  }

  function relaysOf(): RelaySwitch {
    if (relays !== null) return relays;
    if (openRelays === undefined) throw new PeristaError('E306', 'The settings name no relay unit');
    relays = new RelaySwitch(openRelays());
    return relays;
  }

  function relayDriver({ pumpId, relayChannel: channel }: RelaySetup): RelayPumpDriver {
    const shared = relaysOf();
    if (channel > shared.channels) {
      throw new PeristaError('E306', `Pump "${pumpId}" is on relay ${channel}, and the unit has ${shared.channels}`);
    }
    return new RelayPumpDriver({ pumpId, channel, relays: shared, clock });
  }

  function boardDriver({ pumpId, lineId, ...config }: StepperSetup) {
    return createServo42cDriver({ pumpId, line: lineOf(lineId), config, clock, log });
  }

  return {
    create: (setup) => (isRelay(setup) ? relayDriver(setup) : boardDriver(setup)),
    async close() {
      await Promise.all([...Array.from(lines.values(), (line) => line.close()), relays?.close()]);
    },
  };
}

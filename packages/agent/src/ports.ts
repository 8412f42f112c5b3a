import type { Random } from '@perista/core';
import type { FramStorage, InputSource } from '@perista/drivers';
import type { PeerFrames } from '@perista/protocol/link';
import type { JournalStorage } from './journal/journal-storage.ts';
import type { CreateDriver } from './pumps/create-driver.ts';
import type { DriverPorts } from './pumps/drivers.ts';
import type { RtcSource } from './rtc/rtc-watch.ts';

/** Everything that an agent needs of the world. */
export interface AgentPorts extends DriverPorts {
  readonly random: Random;
  /** Where the journal lives; the agent closes it. The caller holds the exclusive lock on it. */
  readonly storage: JournalStorage;
  /** The real-time clock of the dosing unit, if it has one. */
  readonly rtc?: RtcSource;
  /** Level switches, leak sensors and interlocks of the pumps, if any are wired up; the agent closes it. */
  readonly inputs?: InputSource;
  /** Opens the link to the controller. Called once, after all boards that answer were made safe. */
  readonly openFrames: () => Promise<PeerFrames>;
  /** The memory of the dosing unit, opened when it is first needed; the agent closes it. Missing if there is none. */
  readonly openFram?: () => Promise<FramStorage>;
  /** Called once after a broken invariant, when stop has been sent to every pump: end the process with a failure. */
  readonly onBroken: (bug: unknown) => void;
  /** Makes the driver of one pump; without it, an MKS-SERVO42C on the pump's line, or a relay. */
  readonly createDriver?: CreateDriver;
  readonly version: string;
}

import type { CreateDriver, JournalStorage } from '@perista/agent';
import type { ControllerServices, MqttBroker, Outside, Store, UnitPorts } from '@perista/controller';
import type { Clock, Log } from '@perista/core';
import type { RelayBank, SerialPort } from '@perista/drivers';

/** A frame on its way: as it is, changed, or (null) lost. */
export type PassFrame = (frame: Uint8Array) => Uint8Array | null;

/**
 * What stands between a process and its ports. The product is composed as it is; a defect to be found is a wrapper here.
 * Each function is called once for each run of its process.
 */
export interface Composition {
  /** Frames from controller to agent, and back. */
  readonly down?: () => PassFrame;
  readonly up?: () => PassFrame;
  readonly journal?: (storage: JournalStorage) => JournalStorage;
  readonly store?: (store: Store) => Store;
  readonly driver?: (create: CreateDriver) => CreateDriver;
  readonly port?: (port: SerialPort) => SerialPort;
  readonly agentClock?: (clock: Clock) => Clock;
  /** The relays as the agent has them in hand. */
  readonly bank?: (bank: RelayBank) => RelayBank;
  readonly guardClock?: (clock: Clock) => Clock;
  /** The guard's end of its pipe. */
  readonly guardPipe?: (pipe: SerialPort) => SerialPort;
  /** What a write of the lines makes of a mask, bit 0 being relay 1, and of what is driven. */
  readonly relayMask?: () => (mask: number, driven: number) => number;
  readonly controllerClock?: (clock: Clock) => Clock;
  readonly timeSource?: (source: UnitPorts['timeSource']) => UnitPorts['timeSource'];
  readonly log?: (log: Log) => Log;
  readonly broker?: (broker: MqttBroker) => MqttBroker;
  /** How notices and what the remote log is told leave. */
  readonly outside?: (outside: Outside) => Outside;
  readonly services?: (services: ControllerServices) => ControllerServices;
}

/** The product as it is. */
export const AS_BUILT: Composition = {};

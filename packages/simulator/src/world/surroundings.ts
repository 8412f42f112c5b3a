import type { Random, VirtualClock } from '@perista/core';
import type { SerialPort } from '@perista/drivers';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import type { Happening, ProcessName } from '../checker/happening.ts';
import type { MachineTime } from '../checker/time-trust.ts';
import type { MqttUsers } from '../outside/mqtt-users.ts';
import type { Peers } from '../outside/peers.ts';
import type { AgentLink } from './agent-link.ts';
import type { Composition } from './composition.ts';
import type { Browser } from './http-door.ts';
import type { JournalMedium } from './journal-medium.ts';
import type { LedgerFile } from './ledger-file.ts';
import type { Life } from './life.ts';
import type { LineOwner } from './line-owner.ts';
import type { RelayPlant } from './relay-plant.ts';
import type { UnitPlan } from './unit-plan.ts';

/** What a process finds around it in a world. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly plan: UnitPlan;
  readonly composition: Composition;
  readonly link: AgentLink;
  readonly medium: JournalMedium;
  readonly ledger: LedgerFile;
  readonly browser: Browser;
  /** null where the unit has none. */
  readonly relays: RelayPlant | null;
  /** Who is at the MQTT broker; null where the unit has none. */
  readonly mqttUsers: MqttUsers | null;
  readonly peers: Peers;
  readonly lineOwner: LineOwner;
  /** Bytes of boards reach the agent so much later, ms. */
  readonly lineLagMs: number;
  /** What the machine knows of its clock now. */
  readonly machineTime: MachineTime;
  chance(purpose: string): Random;
  board(pumpId: string): EmulatedBoard;
  /** Starts a guard of the relays as a process of its own; the agent's end of the pipe to it. */
  startGuard(agent: Life): SerialPort;
  tell(happening: Happening): void;
  /** The controller tells others from now on. */
  onTelling(): void;
  /** A process did what its code holds for impossible. */
  onBug(process: ProcessName, thrown: unknown): void;
  /** Lets `work` be done before time goes on, though it takes turns of the real event loop. */
  timeless<T>(work: Promise<T>): Promise<T>;
}

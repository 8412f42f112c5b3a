import type { DoseEnd, DoseStart } from '@perista/agent';
import type { EmergencyStop, LogEvent, StopOutcome } from '@perista/protocol/api';
import type { StartDose } from '@perista/protocol/link';
import type { ArrivedMessage } from '../outside/mqtt-message.ts';
import type { PeerName } from '../outside/peers.ts';
import type { Answer } from '../world/unit-door.ts';
import type { LedgerDose } from './ledger-dose.ts';
import type { ScheduleInForce } from './schedule-book.ts';
import type { OwedBySinks } from './sink-reader.ts';
import type { PlanInForce } from './slot-book.ts';

export type ProcessName = 'agent' | 'controller' | 'second-controller' | 'guard';

/** Everything that happens in a simulated world and that a rule may speak about. */
export type Happening =
  | { readonly kind: 'process-began'; readonly process: ProcessName; readonly run: number }
  /** It answers from now on: the agent's link is open, or the controller takes orders. */
  | { readonly kind: 'process-ready'; readonly process: ProcessName; readonly run: number }
  | { readonly kind: 'process-ended'; readonly process: ProcessName; readonly run: number }
  /** Of units with relays: the agent stands still, and goes on. */
  | { readonly kind: 'agent-froze' }
  | { readonly kind: 'agent-thawed' }
  /** A frame arrived at the agent. */
  | { readonly kind: 'hello-arrived'; readonly epoch: bigint }
  | { readonly kind: 'start-arrived'; readonly epoch: bigint; readonly order: StartDose }
  | { readonly kind: 'lease-arrived'; readonly doseIds: readonly string[]; readonly leaseMs: number }
  /** A record became durable in the agent's journal, in one copy at least. */
  | { readonly kind: 'start-journalled'; readonly start: DoseStart }
  | { readonly kind: 'tick-journalled'; readonly pumpId: string; readonly doseId: string; readonly chunkCounts: number }
  | { readonly kind: 'end-journalled'; readonly start: DoseStart; readonly end: DoseEnd }
  /** A dose is in the ledger as `dose` now. */
  | { readonly kind: 'ledger-changed'; readonly dose: LedgerDose }
  /** The weekly plan of a pump is `plan` from now on. */
  | { readonly kind: 'plan-set'; readonly plan: PlanInForce }
  /** A schedule is `schedule` from now on; one that was removed is off. */
  | { readonly kind: 'schedule-set'; readonly schedule: ScheduleInForce }
  /** These relays are on now, and no others. */
  | { readonly kind: 'relays-driven'; readonly channels: readonly number[] }
  | { readonly kind: 'time-marked'; readonly highWaterMs: number }
  /** The books say that somebody vouches for the time, until the machine starts again; the latest shown since then. */
  | { readonly kind: 'time-accepted'; readonly bootId: string; readonly markMs: number }
  | { readonly kind: 'event-told'; readonly run: number; readonly seq: number }
  /** An event is in the log now. Only of units that tell others. */
  | { readonly kind: 'event-logged'; readonly event: LogEvent }
  /** What the books owe to others as they are now, where they are new or were replaced. */
  | { readonly kind: 'owed'; readonly owed: OwedBySinks }
  /** A message over MQTT came to the controller. */
  | { readonly kind: 'mqtt-arrived'; readonly message: ArrivedMessage }
  /** The broker took in hand what the unit published, or its last will. */
  | { readonly kind: 'mqtt-taken'; readonly topic: string; readonly body: string }
  /** A peer took in hand what it was sent. */
  | { readonly kind: 'peer-took'; readonly peer: PeerName; readonly address: string; readonly body: string }
  | { readonly kind: 'logged'; readonly text: string }
  /** What a user asked and was answered. */
  | {
      readonly kind: 'order-answered';
      readonly pumpId: string;
      readonly key: string;
      readonly volumeMl: number;
      readonly answer: Answer<{ readonly doseId: string }>;
    }
  | {
      readonly kind: 'prime-answered';
      readonly pumpId: string;
      readonly key: string;
      readonly answer: Answer<{ readonly doseId: string }>;
    }
  | {
      readonly kind: 'stop-answered';
      readonly pumpId: string;
      readonly askedMs: number;
      readonly answer: Answer<StopOutcome>;
    }
  | { readonly kind: 'emergency-answered'; readonly askedMs: number; readonly answer: Answer<EmergencyStop> }
  /** `isLatched` by the books just before; null where nobody could read them. */
  | { readonly kind: 'release-asked'; readonly isLatched: boolean | null }
  | { readonly kind: 'release-answered'; readonly answer: Answer<EmergencyStop> }
  | { readonly kind: 'cancel-answered'; readonly doseId: string; readonly answer: Answer<null> }
  | {
      readonly kind: 'patch-answered';
      readonly pumpId: string;
      readonly limits: Readonly<Record<string, number>>;
      readonly answer: Answer<null>;
    }
  /** Somebody looked at a pump and lets it dose again. */
  | { readonly kind: 'pump-released'; readonly pumpId: string }
  | { readonly kind: 'clock-set'; readonly byMs: number }
  | { readonly kind: 'fault'; readonly name: string; readonly detail: string }
  /** An old database is in the place of the newer one. */
  | { readonly kind: 'backup-restored' }
  /** Nothing is wrong any more, nothing waits, and the unit has had its time to settle. */
  | { readonly kind: 'quiet'; readonly books: Books }
  /** The unit did not come to rest within the bound, though nothing was wrong any more. */
  | { readonly kind: 'unrest'; readonly why: string }
  | { readonly kind: 'bug'; readonly process: ProcessName; readonly message: string };

/** What the controller's database says as a whole. */
export interface Books {
  readonly doseRows: number;
  readonly eventRows: number;
  readonly lastEventSeq: number;
  readonly isLatched: boolean;
  /** Pumps with a fault or a hold. */
  readonly lockedPumps: readonly string[];
  readonly limits: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export type HappeningOf<K extends Happening['kind']> = Extract<Happening, { kind: K }>;

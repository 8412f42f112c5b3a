import type { Clock, Interlock, Log } from '@perista/core';
import type { UnitImage } from './image/unit-image.ts';
import type { DoseJournal } from './journal/dose-journal.ts';
import type { PumpUnits } from './pumps/pump-units.ts';
import type { RtcWatch } from './rtc/rtc-watch.ts';
import type { EmergencyLatch } from './safety/emergency-latch.ts';
import type { SessionEpoch } from './safety/session-epoch.ts';

/** What the parts of a running agent share. */
export interface AgentContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Names this run of the agent; its monotonic clock means nothing to another one. */
  readonly session: string;
  readonly epoch: SessionEpoch;
  readonly latch: EmergencyLatch;
  readonly doses: DoseJournal;
  readonly interlock: Interlock;
  readonly units: PumpUnits;
  readonly rtc: RtcWatch;
  /** The memory of the dosing unit; null if it has none. */
  readonly image: UnitImage | null;
  /** Stops every pump and hands the bug to the process, once. */
  onBroken(bug: unknown): void;
}

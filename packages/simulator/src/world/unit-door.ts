import type {
  DoseRequest,
  DosingChannelPatch,
  EmergencyStop,
  NewNotificationChannel,
  NewSchedule,
  Plan,
  PrimeRequest,
  PumpPatch,
  SchedulePatch,
  StopOutcome,
} from '@perista/protocol/api';

/** What came of a request; `none`: the controller died before it answered. */
export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly code: string; readonly doseId: string | null }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'none' };

/** What a user can ask of a unit. */
export interface UnitDoor {
  order(pumpId: string, request: DoseRequest, key: string): Promise<Answer<{ readonly doseId: string }>>;
  /** Presses the button of a pump, and holds it on. */
  prime(pumpId: string, request: PrimeRequest, key: string): Promise<Answer<{ readonly doseId: string }>>;
  renewPrime(pumpId: string, doseId: string): Promise<Answer<null>>;
  cancel(doseId: string): Promise<Answer<null>>;
  stopPump(pumpId: string, key: string): Promise<Answer<StopOutcome>>;
  engage(): Promise<Answer<EmergencyStop>>;
  releaseStop(): Promise<Answer<EmergencyStop>>;
  patch(pumpId: string, patch: PumpPatch): Promise<Answer<null>>;
  /** Sets weekly plans of relay channels. */
  configure(channels: readonly DosingChannelPatch[]): Promise<Answer<null>>;
  addSchedule(input: NewSchedule): Promise<Answer<{ readonly id: string }>>;
  changeSchedule(id: string, patch: SchedulePatch): Promise<Answer<null>>;
  removeSchedule(id: string): Promise<Answer<null>>;
  /** One dose of a schedule now. */
  runSchedule(id: string, key: string): Promise<Answer<{ readonly doseId: string }>>;
  /** Vouches for the clock. */
  acceptTime(): Promise<Answer<null>>;
  /** What the calendar will do in the next `days`. */
  preview(days: number): Promise<Answer<Plan>>;
  /** Makes a way on which notices leave. */
  addChannel(input: NewNotificationChannel): Promise<Answer<{ readonly id: string }>>;
  /** Lifts a hold or a fault. */
  releasePump(pumpId: string): Promise<Answer<null>>;
}

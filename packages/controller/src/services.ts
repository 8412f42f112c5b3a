import type { Refusal } from '@perista/core';
import type {
  About,
  Calibration,
  CalibrationReminder,
  CalibrationRunStarted,
  CalibrationSession,
  ChannelCalibrated,
  Container,
  ContainerLevels,
  ContainerPatch,
  Dose,
  DoseAccepted,
  DoseCause,
  DoseQuery,
  DoseRequest,
  DosingChannelPatch,
  DosingConfig,
  DosingStatus,
  EmergencyStop,
  EventQuery,
  Health,
  LogEvent,
  ManualDose,
  ManualDoseAccepted,
  NewContainer,
  NewPump,
  NewSchedule,
  Plan,
  PlanDraft,
  PrimeRequest,
  PrimeStarted,
  Pump,
  PumpCalibrations,
  PumpHistory,
  PumpPatch,
  Queue,
  Refill,
  RefillQuery,
  RefillRequest,
  Role,
  Schedule,
  SchedulePatch,
  Separations,
  SessionMeasurement,
  SessionRunRequest,
  SessionRunStarted,
  StopOutcome,
  TimeAccepted,
} from '@perista/protocol/api';

/** Who asks. Written into every row and event that follows. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** What its idempotency keys are scoped to, in place of `name`: a name may be long, and may be given again. */
  readonly keyScope?: string;
}

export interface OrderInput {
  readonly pumpId: string;
  readonly request: DoseRequest;
  readonly actor: Actor;
  readonly cause: Exclude<DoseCause, 'prime'>;
  /** It begins by then or not at all, ms since 1970. */
  readonly expiresAtMs?: number;
  /** Whose dose it is, where somebody runs a schedule by hand. */
  readonly scheduleId?: string | null;
  /** Idempotency key, `[A-Za-z0-9._-]{1,128}`, scoped to actor and pump; without one the server gives an id. */
  readonly key?: string;
}

export type PrimeInput = Pick<OrderInput, 'pumpId' | 'actor' | 'key'> & { readonly request: PrimeRequest };

/** Same key and same body: the stored outcome, for ever. Another body under the key: `key-reused`, nothing moves. */
export type OrderOutcome<Answer = DoseAccepted> =
  | { readonly kind: 'accepted'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly doseId: string }
  | { readonly kind: 'key-reused'; readonly doseId: string };

/** One page, newest first; `next_cursor` is null on the last. */
export interface PageOf<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** The only door that starts a dose. Every method throws E404 for an id it does not know, E301 without a database. */
export interface DoseOrders {
  /** Checks and records in one synchronous transaction. */
  order(input: OrderInput): OrderOutcome;
  /**
   * Turns a pump while a button is held: unless it is renewed in time, the agent brings it to rest.
   * @throws E201 or E101 if it could not begin at once.
   */
  prime(input: PrimeInput): OrderOutcome<PrimeStarted>;
  /** The button is still held. @throws E403 for another's button, E406 if the prime is over or ending, E201 if the agent cannot be told. */
  renewPrime(pumpId: string, doseId: string, actor: Actor): Promise<Dose>;
  list(query: DoseQuery): PageOf<Dose>;
  get(doseId: string): Dose;
  /** A waiting dose ends here; a running one is told to stop, and comes back as it then stands. */
  cancel(doseId: string, actor: Actor): Promise<Dose>;
}

export interface Pumps {
  list(): Pump[];
  get(pumpId: string): Pump;
  /** @throws E406 if the id is or was in use. */
  create(input: NewPump, actor: Actor): Pump;
  update(pumpId: string, patch: PumpPatch, actor: Actor): Pump;
  /** @throws E406 while a dose is open. Its history stays. */
  remove(pumpId: string, actor: Actor): void;
  /** Lifts a hold or a fault after someone looked. @throws E406 if there is none. */
  release(pumpId: string, reason: string, actor: Actor): Promise<Pump>;
}

/** What pumps draw from. Every method throws E404 for an id it does not know. */
export interface Containers {
  list(): Container[];
  get(containerId: string): Container;
  /** @throws E402 for marks that do not fit, E406 if the id is or was in use or a pump has an open dose */
  create(input: NewContainer, actor: Actor): Container;
  /** @throws E402 for marks that do not fit, E406 for a pump with an open dose, or one that would be left without */
  update(containerId: string, patch: ContainerPatch, actor: Actor): Container;
  /** @throws E406 while a pump draws from it. Its book stays. */
  remove(containerId: string, actor: Actor): void;
  /** The same key gives the stored refill. @throws E402 for more than fits, E406 for a rest while a dose draws, E407 */
  refill(containerId: string, request: RefillRequest, actor: Actor, key?: string): Refill;
  refills(containerId: string, query: RefillQuery): PageOf<Refill>;
  /** The last `days`, and what is expected. */
  levels(containerId: string, days: number): ContainerLevels;
}

export interface Histories {
  /** The last `days` calendar days of the site, today included. */
  ofPump(pumpId: string, days: number): PumpHistory;
}

export interface Stops {
  /** Stops the pump and empties its queue. The same key gives the stored outcome. */
  stopPump(pumpId: string, actor: Actor, key?: string): Promise<StopOutcome>;
  /** Emergency stop: latches here and in the agent, survives restarts. */
  engage(actor: Actor, reason?: string): Promise<EmergencyStop>;
  release(actor: Actor, reason: string): Promise<EmergencyStop>;
  state(): EmergencyStop;
}

/** What is told when a row is written; `seq` and `at` are added by the log. */
export type NewLogEvent = Pick<LogEvent, 'kind'> & Partial<Omit<LogEvent, 'seq' | 'at' | 'kind'>>;

export interface EventLog {
  list(query: EventQuery): PageOf<LogEvent>;
  /** Joins the caller's transaction, so that an event stands if and only if what it tells does. */
  append(event: NewLogEvent): void;
}

export interface HealthReport {
  /** @throws E301 when the database cannot be used. */
  read(): Health;
}

export interface UnitIdentity {
  read(): About;
}

/** The relay channels as one unit. Every method throws E404 for a channel that has no pump. */
export interface DosingUnit {
  config(): DosingConfig;
  /** All of it or nothing. @throws E402 for what contradicts itself, E422 to E426 for more than a limit allows */
  configure(patches: readonly DosingChannelPatch[], actor: Actor): DosingConfig;
  /** The plan that was read back from the memory of the unit holds. @throws E406 if none waits */
  confirm(actor: Actor): DosingStatus;
  status(): DosingStatus;
  manualDose(order: ManualDose, actor: Actor, key?: string): OrderOutcome<ManualDoseAccepted>;
  /** Begins at once or not at all. @throws E201 or E101 if it could not */
  startCalibration(channelId: number, actor: Actor): OrderOutcome<CalibrationRunStarted>;
  /** @throws E406 without a whole run that waits for its volume, E402 for more than the pump may give */
  finishCalibration(channelId: number, measuredMl: number, actor: Actor): ChannelCalibrated;
}

/** What pumps give for a turn, and how one finds out. Every method throws E404 for an id it does not know. */
export interface Calibrations {
  ofPump(pumpId: string): PumpCalibrations;
  /** @throws E406 while another session of the pump is open */
  open(pumpId: string, actor: Actor): CalibrationSession;
  /** @throws E406 while a run of it is not over */
  abandon(pumpId: string, sessionId: string): void;
  /** Begins at once or not at all. @throws E201 or E101 if it could not, E406 while another run waits for its volume */
  run(
    pumpId: string,
    sessionId: string,
    order: { readonly request: SessionRunRequest; readonly actor: Actor; readonly key?: string },
  ): OrderOutcome<SessionRunStarted>;
  /** @throws E406 for a run that was not whole, E402 for more than it can have given */
  measure(pumpId: string, sessionId: string, measurement: SessionMeasurement, actor: Actor): CalibrationSession;
  /** @throws E406 for what makes no curve */
  finish(pumpId: string, sessionId: string): CalibrationSession;
  /** @throws E406 for one in use, or whose verification failed */
  activate(calibrationId: string, actor: Actor): Calibration;
  remind(pumpId: string, reminder: CalibrationReminder, actor: Actor): PumpCalibrations;
}

/** What is dosed by the calendar. Every method but `create` and `list` throws E404 for an id it does not know. */
export interface Schedules {
  /** In the order in which they were made. */
  list(): Schedule[];
  get(id: string): Schedule;
  /** @throws E402 for wrong fields, E420 to E427 for what its pump would never give */
  create(input: NewSchedule, actor: Actor): Schedule;
  /** @throws what `create` does */
  update(id: string, patch: SchedulePatch, actor: Actor): Schedule;
  remove(id: string, actor: Actor): void;
  /** One dose of it now. The same key gives the stored outcome. */
  run(id: string, actor: Actor, key?: string): OrderOutcome;
  /** Its doses, newest first. */
  history(id: string, page: Pick<DoseQuery, 'limit' | 'cursor'>): PageOf<Dose>;
}

/** What the calendar will do, and what it would do after a change. */
export interface PlanPreview {
  /** @throws what saving the draft would throw: E402 for wrong fields, E404, E420 to E427 */
  preview(draft: PlanDraft): Promise<Plan>;
}

/** Which pumps are kept apart in time. */
export interface SeparationMatrix {
  read(): Separations;
  /** All of it or nothing. @throws E402 for a pump that is not there, the same pump twice, or a pair twice */
  replace(matrix: Separations, actor: Actor): Separations;
}

/** Doses that wait, in their order. */
export interface WaitingDoses {
  read(): Queue;
}

/** The clock as a person sees it. */
export interface Times {
  /** Dosing by the calendar goes on. @throws PeristaError E413 for a year in which nobody can mean it */
  accept(actor: Actor): TimeAccepted;
}

/** What the boundaries (HTTP, later MQTT, schedules) may call. */
export interface ControllerServices {
  readonly doses: DoseOrders;
  readonly dosingUnit: DosingUnit;
  readonly calibrations: Calibrations;
  readonly pumps: Pumps;
  readonly containers: Containers;
  readonly schedules: Schedules;
  readonly plan: PlanPreview;
  readonly separations: SeparationMatrix;
  readonly queue: WaitingDoses;
  readonly stops: Stops;
  readonly events: EventLog;
  readonly health: HealthReport;
  readonly history: Histories;
  readonly about: UnitIdentity;
  readonly time: Times;
}

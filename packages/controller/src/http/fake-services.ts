import { type Clock, PeristaError } from '@perista/core';
import type { Dose, EmergencyStop, LogEvent, PrimeStarted } from '@perista/protocol/api';
import { EXAMPLE_CHANNEL } from '@perista/protocol/api/example-channel';
import type { DoseTotal } from '../ledger/dose-totals.ts';
import type { ControllerServices, NewLogEvent, OrderOutcome } from '../services.ts';
import { fakeCalibrations } from './fake-calibrations.ts';
import { ACCEPTED, CONTAINER, DAY, PLAN, PRIMING, PUMP, REFILL, SCHEDULE, unitStatus } from './fake-rows.ts';

export interface FakeServices extends ControllerServices {
  /** Each call that would have changed something, in order. */
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
  readonly log: LogEvent[];
  readonly ledger: Dose[];
  readonly doseTotals: DoseTotal[];
  /** What the next orders are answered. */
  outcome: OrderOutcome;
  primeOutcome: OrderOutcome<PrimeStarted>;
  /** Thrown by the next call of health and doses. */
  failure: Error | null;
}

/** {@link ControllerServices} in memory for tests of the HTTP side: one pump, and notes of what was asked. */
export function fakeServices(clock: Clock): FakeServices {
  let latched = false;
  const calls: FakeServices['calls'] = [];
  const note = (name: string, ...args: unknown[]) => calls.push({ name, args });
  const now = () => new Date(clock.wallMs()).toISOString();
  const startedAt = now();
  const onlyPump = (id: string) => {
    if (id !== PUMP.id) throw new PeristaError('E404', `There is no pump ${id}`);
    return PUMP;
  };
  const onlyContainer = (id: string) => {
    if (id !== CONTAINER.id) throw new PeristaError('E404', `There is no container ${id}`);
    return CONTAINER;
  };
  const onlySchedule = (id: string) => {
    if (id !== SCHEDULE.id) throw new PeristaError('E404', `There is no schedule ${id}`);
    return SCHEDULE;
  };
  const stopState = (): EmergencyStop => ({
    latched,
    since: latched ? now() : null,
    actor: null,
    reason: null,
    outcome: null,
  });

  const fake: FakeServices = {
    calls,
    log: [],
    ledger: [],
    doseTotals: [],
    outcome: { kind: 'accepted', answer: ACCEPTED },
    primeOutcome: { kind: 'accepted', answer: PRIMING },
    failure: null,
    doses: {
      order(input) {
        if (fake.failure) throw fake.failure;
        onlyPump(input.pumpId);
        note('order', input);
        return fake.outcome;
      },
      prime(input) {
        onlyPump(input.pumpId);
        note('prime', input);
        return fake.primeOutcome;
      },
      async renewPrime(pumpId, doseId) {
        if (fake.failure) throw fake.failure;
        note('renewPrime', onlyPump(pumpId).id, doseId);
        return fake.doses.get(doseId);
      },
      list: (query) => pageOf(fake.ledger.filter(fitting(query)), query),
      get(doseId) {
        const dose = fake.ledger.find((each) => each.dose_id === doseId);
        if (dose === undefined) throw new PeristaError('E404', `There is no dose ${doseId}`);
        return dose;
      },
      async cancel(doseId, actor) {
        note('cancel', doseId, actor);
        return { ...fake.doses.get(doseId), state: 'cancelled' };
      },
    },
    pumps: {
      list: () => [PUMP],
      get: onlyPump,
      create(input, actor) {
        note('create', input, actor);
        return { ...PUMP, id: input.id };
      },
      update(pumpId, patch, actor) {
        note('update', pumpId, patch, actor);
        return onlyPump(pumpId);
      },
      remove(pumpId, actor) {
        note('remove', onlyPump(pumpId).id, actor);
      },
      async release(pumpId, reason, actor) {
        note('release', pumpId, reason, actor);
        return onlyPump(pumpId);
      },
    },
    containers: {
      list: () => [CONTAINER],
      get: onlyContainer,
      create(input, actor) {
        note('createContainer', input, actor);
        return { ...CONTAINER, id: input.id };
      },
      update(containerId, patch, actor) {
        note('updateContainer', containerId, patch, actor);
        return onlyContainer(containerId);
      },
      remove(containerId, actor) {
        note('removeContainer', onlyContainer(containerId).id, actor);
      },
      refill(containerId, request, actor, key) {
        note('refill', onlyContainer(containerId).id, request, actor, key);
        return REFILL;
      },
      refills: (containerId, query) => pageOf(onlyContainer(containerId) && [REFILL], query),
      levels: (containerId) => ({ container_id: onlyContainer(containerId).id, past: [], forecast: [] }),
    },
    stops: {
      async stopPump(pumpId, actor, key) {
        note('stopPump', onlyPump(pumpId).id, actor, key);
        return { at_rest: [pumpId], unproven: [] };
      },
      async engage(actor, reason) {
        note('engage', actor, reason);
        latched = true;
        return stopState();
      },
      async release(actor, reason) {
        note('releaseStop', actor, reason);
        latched = false;
        return stopState();
      },
      state: stopState,
    },
    events: {
      list: (query) => pageOf(fake.log.filter(fitting(query)), query),
      append(event: NewLogEvent) {
        const blank = { severity: 'info', pump_id: null, dose_id: null, actor: null, data: {} } as const;
        fake.log.unshift({ ...blank, ...event, seq: fake.log.length + 1, at: now() });
      },
    },
    dosingUnit: {
      config: () => ({ channels: [EXAMPLE_CHANNEL] }),
      configure(patches, actor) {
        note('configure', patches, actor);
        return { channels: [EXAMPLE_CHANNEL] };
      },
      confirm(actor) {
        note('confirm', actor);
        return unitStatus();
      },
      status: unitStatus,
      manualDose(order, actor, key) {
        note('manualDose', order, actor, key);
        if (fake.outcome.kind !== 'accepted') return fake.outcome;
        const { dose_id, state } = fake.outcome.answer;
        return { kind: 'accepted', answer: { dose_id, state, queue_position: 0 } };
      },
      startCalibration(channelId, actor) {
        note('startCalibration', channelId, actor);
        const answer = { run_id: 'run-1', channel_id: channelId, state: 'accepted', duration_s: 30 } as const;
        return fake.outcome.kind === 'accepted' ? { kind: 'accepted', answer } : fake.outcome;
      },
      finishCalibration(channelId, measuredMl, actor) {
        note('finishCalibration', channelId, measuredMl, actor);
        const rate = measuredMl / 30;
        return {
          run_id: 'run-1',
          channel_id: channelId,
          measured_ml: measuredMl,
          duration_s: 30,
          dosing_rate: rate,
        };
      },
    },
    calibrations: fakeCalibrations({ note, onlyPump, outcome: () => fake.outcome }),
    schedules: {
      list: () => [SCHEDULE],
      get: onlySchedule,
      create(input, actor) {
        note('createSchedule', input, actor);
        return SCHEDULE;
      },
      update(id, patch, actor) {
        note('updateSchedule', onlySchedule(id).id, patch, actor);
        return SCHEDULE;
      },
      remove(id, actor) {
        note('removeSchedule', onlySchedule(id).id, actor);
      },
      run(id, actor, key) {
        note('runSchedule', onlySchedule(id).id, actor, key);
        return fake.outcome;
      },
      history: (id, page) =>
        pageOf(
          fake.ledger.filter(({ schedule_id }) => schedule_id === onlySchedule(id).id),
          page,
        ),
    },
    plan: {
      async preview(draft) {
        note('previewPlan', draft);
        return PLAN;
      },
    },
    separations: {
      read: () => ({ items: [] }),
      replace(matrix, actor) {
        note('replaceSeparations', matrix, actor);
        return matrix;
      },
    },
    queue: { read: () => ({ items: [] }) },
    time: {
      accept(actor) {
        note('acceptTime', actor);
        return { utc_time: now(), local_time: '2026-03-01T08:30:00+01:00', timezone: 'Europe/Warsaw' };
      },
    },
    history: {
      ofPump: (pumpId, days) => ({
        pump_id: onlyPump(pumpId).id,
        timezone: 'Europe/Warsaw',
        days: [{ ...DAY, doses: days }],
      }),
    },
    about: {
      read: () => ({
        version: '1.2.3',
        doser_id: 'doser',
        timezone: 'Europe/Warsaw',
        emulated: true,
        started_at: startedAt,
        now: now(),
      }),
    },
    health: {
      read() {
        if (fake.failure) throw fake.failure;
        return { status: 'ok', reasons: [], version: '1.2.3' };
      },
    },
  };
  return fake;
}

interface Query {
  limit: number;
  cursor?: string | undefined;
  pump_id?: string | undefined;
  state?: string | undefined;
  kind?: string | undefined;
  actor?: string | undefined;
}

function fitting(query: Query): (row: Dose | LogEvent) => boolean {
  return (row) =>
    (query.pump_id === undefined || row.pump_id === query.pump_id) &&
    (query.state === undefined || ('state' in row && row.state === query.state)) &&
    (query.kind === undefined || ('kind' in row && row.kind === query.kind)) &&
    (query.actor === undefined || row.actor === query.actor);
}

function pageOf<Row>(rows: Row[], { limit, cursor }: Query) {
  const from = Number(cursor ?? 0);
  const items = rows.slice(from, from + limit);
  return { items, next_cursor: from + limit < rows.length ? String(from + limit) : null };
}

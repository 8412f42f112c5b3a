import type { Actor, ControllerServices, NotificationService, OrderOutcome } from '@perista/controller';
import { isPeristaError } from '@perista/core';
import type { Answer, UnitDoor } from './unit-door.ts';

const USER: Actor = { name: 'admin', role: 'admin' };

/** A user of the use cases themselves, where the HTTP server would only cost time. */
export function serviceDoor(
  { doses, pumps, stops, dosingUnit, schedules, plan, time }: ControllerServices,
  notifications: NotificationService | null,
): UnitDoor {
  return {
    order: (pumpId, request, key) =>
      attempt(async () => answerTo(doses.order({ pumpId, request, actor: USER, cause: 'manual', key }))),
    prime: (pumpId, request, key) => attempt(async () => answerTo(doses.prime({ pumpId, request, actor: USER, key }))),
    renewPrime: (pumpId, doseId) => done(async () => void (await doses.renewPrime(pumpId, doseId, USER))),
    cancel: (doseId) => done(async () => void (await doses.cancel(doseId, USER))),
    stopPump: (pumpId, key) => done(() => stops.stopPump(pumpId, USER, key)),
    engage: () => done(() => stops.engage(USER)),
    releaseStop: () => done(() => stops.release(USER, 'looked at')),
    patch: (pumpId, patch) => done(async () => void pumps.update(pumpId, patch, USER)),
    configure: (channels) => done(async () => void dosingUnit.configure(channels, USER)),
    addSchedule: (input) => done(async () => ({ id: schedules.create(input, USER).id })),
    changeSchedule: (id, patch) => done(async () => void schedules.update(id, patch, USER)),
    removeSchedule: (id) => done(async () => schedules.remove(id, USER)),
    runSchedule: (id, key) => attempt(async () => answerTo(schedules.run(id, USER, key))),
    acceptTime: () => done(async () => void time.accept(USER)),
    preview: (days) => done(() => plan.preview({ days })),
    addChannel: (input) =>
      attempt(async () =>
        notifications === null
          ? { kind: 'none' }
          : { kind: 'done', value: { id: notifications.create(input, USER).id } },
      ),
    releasePump: (pumpId) => done(async () => void (await pumps.release(pumpId, 'looked at', USER))),
  };
}

function answerTo(outcome: OrderOutcome<{ readonly dose_id: string }>): Answer<{ readonly doseId: string }> {
  if (outcome.kind === 'key-reused') return { kind: 'failed', code: 'E407' };
  if (outcome.kind === 'refused') return { kind: 'refused', code: outcome.refusal.code, doseId: outcome.doseId };
  return { kind: 'done', value: { doseId: outcome.answer.dose_id } };
}

const done = <Value>(work: () => Promise<Value>): Promise<Answer<Exclude<Value, void> | NullIfVoid<Value>>> =>
  attempt(async () => ({ kind: 'done', value: ((await work()) ?? null) as Exclude<Value, void> | NullIfVoid<Value> }));

type NullIfVoid<Value> = Value extends void ? null : never;

async function attempt<Value>(work: () => Promise<Answer<Value>>): Promise<Answer<Value>> {
  try {
    return await work();
  } catch (error) {
    if (isPeristaError(error)) return { kind: 'failed', code: error.code };
    throw error;
  }
}

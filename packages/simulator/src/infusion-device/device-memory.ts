import { ACK_STAGES } from '@perista/core';
import { z } from 'zod';
import type { DeviceState } from './device-state.ts';

const amount = z.number().nonnegative();

const ResultKept = z.strictObject({
  infusionId: z.string(),
  end: z.enum(['completed', 'stopped']),
  deliveredVolumeMl: amount,
});

const AnswerKept = z.strictObject({
  commandId: z.string(),
  stage: z.enum(ACK_STAGES),
  reason: z.string().optional(),
  infusionId: z.string().optional(),
  confirmation: z.looseObject({}).optional(),
});

/** What a device knows though its power was cut. */
export const DeviceKept = z.strictObject({
  version: z.literal(1),
  boot: z.int().nonnegative(),
  /** It was giving this one when it was last written: if the power is cut, nobody knows how far it came. */
  runningId: z.string().nullable(),
  lastResult: ResultKept.nullable(),
  overIds: z.array(z.string()),
  answers: z.array(AnswerKept),
  battery: amount,
});
export type DeviceKept = z.infer<typeof DeviceKept>;

/** Where a device keeps what it must still know after a power cut. */
export interface DeviceMemory {
  /** Null: it is new. */
  load(): DeviceKept | null;
  save(kept: DeviceKept): void;
}

/** Lives as long as the process: reboots find it again. */
export function volatileMemory(kept: DeviceKept | null = null): DeviceMemory {
  let now = kept;
  return {
    load: () => now,
    save: (next) => {
      now = next;
    },
  };
}

export const keptOf = ({ boot, run, lastResult, overIds, answers, battery }: DeviceState): DeviceKept => ({
  version: 1,
  boot,
  runningId: run?.infusionId ?? null,
  lastResult,
  overIds: [...overIds],
  answers: answers.map((answer) => ({ ...answer, confirmation: answer.confirmation && { ...answer.confirmation } })),
  battery: battery.level,
});

const NEW: Omit<DeviceKept, 'boot' | 'version'> = {
  runningId: null,
  lastResult: null,
  overIds: [],
  answers: [],
  battery: 95,
};

/** A device that has just been switched on, with what it still knows. */
export function bootedState(kept: DeviceKept | null, nowMs: number): DeviceState {
  const { runningId, lastResult, overIds, answers, battery } = kept ?? NEW;
  return {
    boot: (kept?.boot ?? 0) + 1,
    hasGreeted: false,
    asked: null,
    run: null,
    shown: null,
    // The pump stood still when its power went, at a place that nobody saw.
    lastResult: runningId === null ? lastResult : null,
    overIds: runningId === null ? overIds : [...overIds, runningId],
    answers: answers.map((answer) =>
      answer.stage === 'received' ? { ...answer, stage: 'failed', reason: 'restarted before it was decided' } : answer,
    ),
    alarms: [],
    alarmCount: 0,
    ownCount: 0,
    battery: { level: battery, isCharging: false, atMs: nowMs },
    statusDueMs: nowMs,
  };
}

/** All but the number of its starts. */
export const forgotten = (boot: number): DeviceKept => ({ version: 1, boot, ...NEW });

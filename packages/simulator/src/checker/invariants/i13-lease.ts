import type { Chronicle } from '../chronicle.ts';
import { CHUNK_LIMIT_MS } from '../chunk-limit.ts';
import type { Invariant } from '../invariant.ts';

/** P17: F7 within 100 ms of the lease's end, and what reading and journalling take. */
const REST_WITHIN_MS = 200;
/** Of a guard that starts, ms: without one, what stays on is the matter of I14. */
const GUARD_MS = 500;
const HARDSHIPS = ['runaway', 'unplugged', 'noise', 'powerless', 'stall'];

export const leaseEnds: Invariant = {
  id: 'I13',
  rule: 'lease lost ⇒ at rest within 3.2 s (+ the chunk in flight)',
  begin() {
    const renewed = new Map<string, { readonly atMs: number; readonly leaseMs: number }>();
    let guardedMs = 0;
    const isUnguarded = ({ processes, nowMs }: Chronicle) => !processes.has('guard') || nowMs < guardedMs + GUARD_MS;
    return {
      'process-began': ({ process }, chronicle) => {
        if (process === 'guard') guardedMs = chronicle.nowMs;
        return null;
      },
      'start-arrived': ({ order }, chronicle) => {
        renewed.set(order.doseId, { atMs: chronicle.nowMs, leaseMs: order.leaseMs });
        return null;
      },
      'lease-arrived': ({ doseIds, leaseMs }, chronicle) => {
        for (const doseId of doseIds) renewed.set(doseId, { atMs: chronicle.nowMs, leaseMs });
        return null;
      },
      'end-journalled': ({ start }) => {
        renewed.delete(start.doseId);
        return null;
      },
      always: (chronicle) => {
        if (chronicle.processes.get('agent')?.isReady !== true) return null;
        for (const dose of chronicle.lastStarted.values()) {
          const lease = dose.end === null ? renewed.get(dose.doseId) : undefined;
          if (lease === undefined || HARDSHIPS.some((name) => dose.hardships.has(name))) continue;
          const pump = chronicle.pump(dose.pumpId);
          if (pump.isRelay && isUnguarded(chronicle)) continue;
          const overMs = chronicle.nowMs - lease.atMs - lease.leaseMs - REST_WITHIN_MS - CHUNK_LIMIT_MS;
          if (overMs > 0 && pump.isMoving()) {
            return `dose ${dose.doseId} moves ${Math.round(overMs)} ms after it had to rest without a lease`;
          }
        }
        return null;
      },
    };
  },
};

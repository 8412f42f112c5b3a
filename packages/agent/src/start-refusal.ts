import type { DoseFailure } from '@perista/core';
import { capFor } from '@perista/protocol/link';
import { type DoseOrder, orderedMl } from './dose-order.ts';
import { isRelay, type PumpSetup } from './pumps/pump-setup.ts';
import type { PumpUnit } from './pumps/pump-unit.ts';
import { LONGEST_LEASE_MS } from './safety/lease.ts';

/** What an order is judged by, besides itself. */
export interface StartFacts {
  readonly nowMs: number;
  readonly emergencyStop: boolean;
  readonly isChanging: boolean;
  readonly unit: PumpUnit;
  /** The dose that moves in the pump's interlock group now. */
  readonly groupHolder: string | undefined;
}

type Rule = (order: DoseOrder, facts: StartFacts) => DoseFailure | null;

const largestCap = ({ singleMl, durationS }: PumpSetup) => capFor({ volumeMl: singleMl, durationMs: durationS * 1000 });

/** Rules that the agent enforces by itself (P7), each with its own words; the first that says no is the answer. */
const RULES: readonly Rule[] = [
  (_, { emergencyStop }) =>
    emergencyStop ? { code: 'E430', message: 'Emergency stop is latched in the agent' } : null,
  ({ deadlineMs }, { nowMs }) =>
    nowMs > deadlineMs
      ? { code: 'E204', message: `The order came ${Math.round(nowMs - deadlineMs)} ms after its deadline` }
      : null,
  ({ leaseMs }) =>
    leaseMs > LONGEST_LEASE_MS
      ? { code: 'E402', message: `The lease of ${leaseMs} ms is longer than ${LONGEST_LEASE_MS} ms` }
      : null,
  ({ motion }, { unit: { setup } }) =>
    isRelay(setup) && motion.direction === 'reverse'
      ? { code: 'E402', message: 'A relay turns its pump forward only' }
      : null,
  ({ capMl }, { unit: { setup } }) =>
    capMl > largestCap(setup).volumeMl
      ? { code: 'E422', message: `The cap of ${capMl} ml is over the agent's own limit of ${setup.singleMl} ml a dose` }
      : null,
  ({ capMs }, { unit: { setup } }) =>
    capMs > largestCap(setup).durationMs
      ? { code: 'E423', message: `The cap of ${capMs / 1000} s is over the agent's own limit of ${setup.durationS} s` }
      : null,
  (order, { unit: { setup } }) =>
    orderedMl(order, setup) > order.capMl
      ? { code: 'E402', message: `The motion gives ${orderedMl(order, setup)} ml, its cap allows ${order.capMl} ml` }
      : null,
  (_, { isChanging }) => (isChanging ? { code: 'E207', message: 'A new configuration is coming into force' } : null),
  (_, { unit }) => {
    if (unit.failure === null || unit.dose !== null) return null;
    const { code, message } = unit.failure;
    return unit.activity === 'offline' ? unit.failure : { code: 'E433', message: `${code}: ${message}` };
  },
  (_, { groupHolder }) =>
    groupHolder === undefined
      ? null
      : { code: 'E207', message: `Dose ${groupHolder} is not over yet on this pump or another of its group` },
];

/** Why the agent will not begin the order, or null. Nothing moves while this is asked. */
export function startRefusal(order: DoseOrder, facts: StartFacts): DoseFailure | null {
  for (const rule of RULES) {
    const failure = rule(order, facts);
    if (failure !== null) return failure;
  }
  return null;
}

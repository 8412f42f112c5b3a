import type { Plan, PlanContainer, PlanDose } from '@perista/protocol/api';

/** Something in a plan that somebody should know before it happens. */
export type PlanNotice =
  | {
      readonly kind: 'refused' | 'missed';
      readonly pumpId: string;
      readonly first: PlanDose;
      readonly count: number;
    }
  | {
      readonly kind: 'waits';
      readonly pumpId: string;
      /** Null: for a dose that is open now. */
      readonly behind: string | null;
      readonly first: PlanDose;
      readonly count: number;
      readonly longestS: number;
    }
  | { readonly kind: 'runs-out' | 'low'; readonly product: string; readonly containerId: string; readonly at: string }
  | { readonly kind: 'incomplete'; readonly until: string }
  | { readonly kind: 'clocks'; readonly change: Plan['clock_changes'][number] };

/** The worst first; what is alike is told once, with how often. `doses` are those of the plan that are asked about. */
export function planNotices(plan: Plan, doses: readonly PlanDose[] = plan.doses): PlanNotice[] {
  const pumpOf = new Map(plan.doses.map(({ dose_id, pump_id }) => [dose_id, pump_id]));
  return [
    ...notGiven(doses, 'refused'),
    ...notGiven(doses, 'missed'),
    ...plan.containers
      .flatMap(containerNotice)
      .sort((one, other) => Number(one.kind === 'low') - Number(other.kind === 'low')),
    ...waits(doses, (id) => pumpOf.get(id) ?? null),
    ...(plan.complete ? [] : [{ kind: 'incomplete', until: plan.until } as const]),
    ...plan.clock_changes.map((change) => ({ kind: 'clocks', change }) as const),
  ];
}

const notGiven = (doses: readonly PlanDose[], kind: 'refused' | 'missed') =>
  alike(
    doses.filter(({ state }) => state === kind),
    ({ pump_id, code }) => `${pump_id} ${code}`,
  ).map(([first, count]) => ({ kind, pumpId: first.pump_id, first, count }));

function waits(doses: readonly PlanDose[], pumpOf: (doseId: string) => string | null): PlanNotice[] {
  const waiting = doses.filter(({ state }) => state === 'waits');
  const keyOf = ({ pump_id, waits_for }: PlanDose) => `${pump_id} ${pumpOf(waits_for ?? '')}`;
  return alike(waiting, keyOf).map(([first, count]) => ({
    kind: 'waits',
    pumpId: first.pump_id,
    behind: pumpOf(first.waits_for ?? ''),
    first,
    count,
    longestS: Math.max(...waiting.filter((dose) => keyOf(dose) === keyOf(first)).map(waitS)),
  }));
}

const waitS = ({ due_at, starts_at }: PlanDose): number =>
  starts_at === null ? 0 : (Date.parse(starts_at) - Date.parse(due_at)) / 1000;

function containerNotice({ container_id, product, runs_out_at, low_at }: PlanContainer): PlanNotice[] {
  const named = { product, containerId: container_id };
  if (runs_out_at !== null) return [{ kind: 'runs-out', ...named, at: runs_out_at }];
  return low_at === null ? [] : [{ kind: 'low', ...named, at: low_at }];
}

/** The first of each kind, and how many there are. */
function alike(doses: readonly PlanDose[], keyOf: (dose: PlanDose) => string): [PlanDose, number][] {
  return [...Map.groupBy(doses, keyOf).values()].flatMap((group) =>
    group[0] === undefined ? [] : [[group[0], group.length]],
  );
}

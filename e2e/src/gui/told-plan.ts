import type { Plan, PlanDose } from '@perista/protocol/api';
import type { Page } from 'playwright-core';

const FROM_MS = Date.parse('2027-03-25T09:00:00Z');
const DAY_MS = 86_400_000;

const at = (days: number, hours: number): string =>
  new Date(FROM_MS + days * DAY_MS + (hours - 9) * 3_600_000).toISOString();

function dose(pump_id: string, due_at: string, rest: Partial<PlanDose> = {}): PlanDose {
  const given = { state: 'given', starts_at: due_at, waits_for: null, code: null, reason: null } as const;
  const what = { dose_id: `${pump_id}.${due_at}`, pump_id, schedule_id: 's-1', due_at, volume_ml: 2.5, duration_s: 5 };
  return { ...what, ...given, ...rest };
}

const refused = {
  state: 'refused',
  starts_at: null,
  code: 'E425',
  reason: 'With 20 ml more this pump would give 38 ml within 24 h; its cap is 30 ml. Order less, or wait.',
} as const;
const missed = {
  state: 'missed',
  starts_at: null,
  code: 'E434',
  reason: 'It waited 1800 s; its window of 1800 s is over.',
} as const;

/** A fortnight in which everything happens that can happen to a plan, a change of clocks among it. */
function planOfEverything(pump: string, other: string): Plan {
  const days = Array.from({ length: 14 }, (_, day) => day + 1);
  return {
    from: new Date(FROM_MS).toISOString(),
    until: new Date(FROM_MS + 14 * DAY_MS).toISOString(),
    complete: false,
    timezone: 'Europe/Warsaw',
    doses: days
      .flatMap((day) => [
        dose(pump, at(day, 7)),
        dose(other, at(day, 7.5), {
          ...(day % 4 === 1 && { state: 'waits', starts_at: at(day, 7.6), waits_for: `${pump}.${at(day, 7)}` }),
          ...(day % 5 === 0 && missed),
        }),
        dose(pump, at(day, 19), { volume_ml: 20, ...(day > 9 && refused) }),
      ])
      .sort((one, next) => one.due_at.localeCompare(next.due_at)),
    collisions: [],
    containers: [
      { container_id: pump, product: 'pH down', level_ml: 200, end_level_ml: 20, low_at: at(6, 7), runs_out_at: null },
      { container_id: other, product: 'A+B', level_ml: 90, end_level_ml: 5, low_at: at(3, 7), runs_out_at: at(11, 7) },
    ],
    clock_changes: [{ at: '2027-03-28T01:00:00.000Z', timezone: 'Europe/Warsaw', day: '2027-03-28', shift_min: 60 }],
  };
}

/** From now on the page is told that such a fortnight lies ahead. */
export async function tellPlan(page: Page, pump: string, other: string): Promise<void> {
  await page.route('**/api/plan?*', (route) => route.fulfill({ json: planOfEverything(pump, other) }));
  await page.reload();
}

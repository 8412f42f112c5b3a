import type { DraftSchedule, Plan } from '@perista/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { useSettled } from './use-settled.ts';

/** Time goes on, and so does what is left of the plan. */
const REFRESH_MS = 60_000;
/** Keys follow each other faster. */
const TYPED_MS = 400;

export const usePlan = (days: number) =>
  useQuery({
    queryKey: [...keys.plan, days],
    queryFn: ({ signal }) => request<Plan>('GET', `/api/plan?days=${days}`, { signal }),
    placeholderData: (before) => before,
    refetchInterval: REFRESH_MS,
  });

/** The plan as if a schedule were saved, once nobody types any more; null while there is none that could be. Nothing is saved. */
export function useDraftPlan(schedule: DraftSchedule | null, days: number) {
  const text = JSON.stringify(schedule);
  const settled = useSettled(text, TYPED_MS);
  const query = useQuery({
    queryKey: [...keys.plan, 'draft', days, settled],
    queryFn: ({ signal }) =>
      request<Plan>('POST', '/api/plan', { body: { days, schedules: [JSON.parse(settled)] }, signal }),
    enabled: settled !== 'null',
    placeholderData: (before) => before,
  });
  const isOld = query.isPlaceholderData || settled !== text;
  return { plan: query.data, isOld, error: isOld ? null : query.error };
}

import type { Plan } from '@perista/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** Time goes on, and so does what is left of the plan. */
const REFRESH_MS = 60_000;

export const usePlan = (days: number) =>
  useQuery({
    queryKey: [...keys.plan, days],
    queryFn: ({ signal }) => request<Plan>('GET', `/api/plan?days=${days}`, { signal }),
    placeholderData: (before) => before,
    refetchInterval: REFRESH_MS,
  });

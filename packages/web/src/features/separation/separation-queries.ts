import type { Dose, Queue, Separations } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';
import { type Pair, withChange } from './pair-draft.ts';

/** What waits moves on by itself. */
const REFRESH_MS = 10_000;
const PATH = '/api/separations';

export const useSeparations = () =>
  useQuery({
    queryKey: keys.separations,
    queryFn: ({ signal }) => request<Separations>('GET', PATH, { signal }),
  });

/** A pair as it was and as it shall be; null where there is none. */
export interface PairChange {
  readonly before: Pair | null;
  readonly after: Pair | null;
}

/** Changes one pair among those that stand now: somebody else may have changed another since this page was read. */
export const useChangePair = (onSaved: () => void) =>
  useMutation({
    mutationFn: async ({ before, after }: PairChange) => {
      const { items } = await request<Separations>('GET', PATH);
      return request<Separations>('PUT', PATH, { body: { items: withChange(items, before, after) } });
    },
    onSuccess: onSaved,
    onSettled: () => Promise.all([invalidate('separations'), invalidate('plan')]),
  });

export const useQueue = (isNeeded: boolean) =>
  useQuery({
    queryKey: keys.queue,
    queryFn: ({ signal }) => request<Queue>('GET', '/api/queue', { signal }),
    enabled: isNeeded,
    refetchInterval: REFRESH_MS,
  });

export const useCancelDose = () =>
  useMutation({
    mutationFn: (doseId: string) => request<Dose>('POST', `/api/doses/${doseId}/cancel`),
    onSettled: () => invalidate('queue'),
  });

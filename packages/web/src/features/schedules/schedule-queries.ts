import type { NewSchedule, Schedule, SchedulePatch } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';

/** What comes next and what came last moves on by itself. */
const REFRESH_MS = 10_000;

export const useSchedules = () =>
  useQuery({
    queryKey: keys.schedules,
    queryFn: ({ signal }) => request<{ items: Schedule[] }>('GET', '/api/schedules', { signal }),
    refetchInterval: REFRESH_MS,
  });

const renew = () => Promise.all([invalidate('schedules'), invalidate('plan')]);

/** Adds a schedule, or changes the one of `id`; then the list shows it. */
export const useSaveSchedule = (id: string | null, onSaved: () => void) =>
  useMutation({
    mutationFn: (body: NewSchedule | SchedulePatch) =>
      id === null
        ? request<Schedule>('POST', '/api/schedules', { body })
        : request<Schedule>('PATCH', `/api/schedules/${id}`, { body }),
    onSuccess: async () => {
      await renew();
      onSaved();
    },
  });

export const useToggleSchedule = () =>
  useMutation({
    mutationFn: ({ id, enabled }: Pick<Schedule, 'id' | 'enabled'>) =>
      request<Schedule>('PATCH', `/api/schedules/${id}`, { body: { enabled } }),
    onSettled: renew,
  });

export const useRemoveSchedule = () =>
  useMutation({
    mutationFn: (id: string) => request('DELETE', `/api/schedules/${id}`),
    onSettled: renew,
  });

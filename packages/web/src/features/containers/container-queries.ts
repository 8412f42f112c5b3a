import type { Container, ContainerLevels, Refill, RefillRequest } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { isProblem, request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';

const REFRESH_MS = 5_000;
const REFILLS_SHOWN = 20;

const pathOf = (containerId: string) => `/api/containers/${containerId}`;

/** All containers; doses draw from them meanwhile. */
export const useContainers = () =>
  useQuery({
    queryKey: keys.containers,
    queryFn: ({ signal }) => request<{ items: Container[] }>('GET', '/api/containers', { signal }),
    refetchInterval: REFRESH_MS,
  });

/** `levelMl` makes the plot follow the level. */
export const useLevels = (containerId: string, days: number, levelMl: number) =>
  useQuery({
    queryKey: [...keys.containers, containerId, 'levels', days, levelMl],
    queryFn: () => request<ContainerLevels>('GET', `${pathOf(containerId)}/levels?days=${days}`),
    placeholderData: (before) => before,
  });

export const useRefills = (containerId: string) =>
  useQuery({
    queryKey: [...keys.containers, containerId, 'refills'],
    queryFn: () => request<{ items: Refill[] }>('GET', `${pathOf(containerId)}/refills?limit=${REFILLS_SHOWN}`),
  });

/** Enters a refill once: until an answer has come the same entry is sent again under the same key. */
export function useRefill(containerId: string) {
  const pending = useRef<{ readonly key: string; readonly body: string } | null>(null);
  return useMutation({
    mutationFn: (refill: RefillRequest) => {
      const body = JSON.stringify(refill);
      if (pending.current?.body !== body) pending.current = { key: crypto.randomUUID(), body };
      return request<Refill>('POST', `${pathOf(containerId)}/refills`, { body: refill, key: pending.current.key });
    },
    onSuccess: () => {
      pending.current = null;
    },
    onError: (error) => {
      if (isProblem(error)) pending.current = null;
    },
    onSettled: () => invalidate('containers'),
  });
}

export const useRemoveContainer = () =>
  useMutation({
    mutationFn: (containerId: string) => request('DELETE', pathOf(containerId)),
    onSettled: () => invalidate('containers'),
  });

/** Adds a container (without `id`) or changes one. */
export const useSaveContainer = (id: string | null, onSaved: () => void) =>
  useMutation({
    mutationFn: (body: object) =>
      id === null
        ? request<Container>('POST', '/api/containers', { body })
        : request<Container>('PATCH', pathOf(id), { body }),
    onSuccess: onSaved,
    onSettled: () => invalidate('containers'),
  });

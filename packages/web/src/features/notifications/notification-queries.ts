import type { Delivery, NotificationChannel, NotificationTest } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';

const REFRESH_MS = 5_000;
const DELIVERIES_SHOWN = 50;

const pathOf = (channelId: string) => `/api/notifications/${channelId}`;

/** All channels; how they fare changes by itself. */
export const useChannels = (isWanted: boolean) =>
  useQuery({
    queryKey: keys.notifications,
    queryFn: ({ signal }) => request<{ items: NotificationChannel[] }>('GET', '/api/notifications', { signal }),
    refetchInterval: REFRESH_MS,
    enabled: isWanted,
  });

export const useDeliveries = (channelId: string) =>
  useQuery({
    queryKey: [...keys.notifications, channelId, 'deliveries'],
    queryFn: () => request<{ items: Delivery[] }>('GET', `${pathOf(channelId)}/deliveries?limit=${DELIVERIES_SHOWN}`),
    refetchInterval: REFRESH_MS,
  });

/** Adds a channel, or changes one. */
export const useSaveChannel = (id: string | null, onSaved: () => void) =>
  useMutation({
    mutationFn: (body: object) =>
      id === null
        ? request<NotificationChannel>('POST', '/api/notifications', { body })
        : request<NotificationChannel>('PATCH', pathOf(id), { body }),
    onSuccess: onSaved,
    onSettled: () => invalidate('notifications'),
  });

export const useRemoveChannel = () =>
  useMutation({
    mutationFn: (id: string) => request('DELETE', pathOf(id)),
    onSettled: () => invalidate('notifications'),
  });

/** Tells a notice that means nothing. */
export const useTestChannel = (id: string) =>
  useMutation({ mutationFn: () => request<NotificationTest>('POST', `${pathOf(id)}/test`) });

import type { CommandRequest, DeviceAlarm, DeviceCommand, DeviceHistory, TimelineEntry } from '@perista/protocol/api';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';
import { newOrderKey } from '../dose/pending-order.ts';

const TIMELINE_ROWS = 30;

const pathOf = (deviceId: string) => `/api/devices/${deviceId}`;

/** Orders something of a device. Each press is an order of its own; a repetition of it is the same. */
export const useOrder = (deviceId: string) =>
  useMutation({
    mutationFn: (command: CommandRequest['command']) =>
      request<DeviceCommand>('POST', `${pathOf(deviceId)}/commands`, { body: { command }, key: newOrderKey() }),
    onSettled: () => invalidate('devices'),
  });

export const useAcknowledge = () =>
  useMutation({
    mutationFn: (alarmId: string) => request<DeviceAlarm>('POST', `/api/alarms/${alarmId}/acknowledge`),
    onSettled: () => invalidate('devices'),
  });

const REFRESH_MS = 5_000;

/** What was told in the last `spanS`, in at most `points` spans. */
export const useDeviceHistory = (deviceId: string, spanS: number, points: number) =>
  useQuery({
    queryKey: [...keys.devices, deviceId, 'history', spanS, points],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - spanS * 1000).toISOString();
      return request<DeviceHistory>('GET', `${pathOf(deviceId)}/history?from=${from}&points=${points}`, { signal });
    },
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  });

interface TimelinePage {
  readonly items: TimelineEntry[];
  readonly next_cursor: string | null;
}

export const useTimeline = (deviceId: string) =>
  useInfiniteQuery({
    queryKey: [...keys.devices, deviceId, 'timeline'],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`;
      return request<TimelinePage>('GET', `${pathOf(deviceId)}/timeline?limit=${TIMELINE_ROWS}${cursor}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

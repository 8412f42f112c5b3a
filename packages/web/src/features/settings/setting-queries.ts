import type { MqttState, MqttTest, PumpPatch, Settings } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys, queryClient } from '../../api/queries.ts';

/** The state of the connection is looked at this often while somebody looks. */
const REFRESH_MS = 1_500;

export const useSettings = () =>
  useQuery({ queryKey: keys.settings, queryFn: () => request<Settings>('GET', '/api/settings') });

/** Saves all of a patch or nothing of it. */
export const useSaveSettings = (onSaved: () => void) =>
  useMutation({
    mutationFn: (body: object) => request<Settings>('PATCH', '/api/settings', { body }),
    onSuccess: (settings) => {
      queryClient.setQueryData(keys.settings, settings);
      onSaved();
    },
    onError: () => invalidate('settings'),
  });

/** The page hears of its end when the unit is back. */
export const useRestart = () => useMutation({ mutationFn: () => request('POST', '/api/restart') });

export const useMqtt = () =>
  useQuery({
    queryKey: keys.mqtt,
    queryFn: ({ signal }) => request<MqttState>('GET', '/api/mqtt', { signal }),
    refetchInterval: REFRESH_MS,
  });

export const useMqttTest = () =>
  useMutation({
    mutationFn: () => request<MqttTest>('POST', '/api/mqtt/test'),
    onSettled: () => invalidate('mqtt'),
  });

export const useSaveLimits = (pumpId: string, onSaved: () => void) =>
  useMutation({
    mutationFn: (body: PumpPatch) => request('PATCH', `/api/pumps/${pumpId}`, { body }),
    onSuccess: onSaved,
  });

import type { CreatedMqttUser, MqttUserList, NewMqttUser } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';

export const useMqttUsers = () =>
  useQuery({ queryKey: keys.mqttUsers, queryFn: () => request<MqttUserList>('GET', '/api/mqtt-users') });

export const useAddMqttUser = () =>
  useMutation({
    mutationFn: (body: NewMqttUser) => request<CreatedMqttUser>('POST', '/api/mqtt-users', { body }),
    onSuccess: () => invalidate('mqttUsers'),
  });

export const useRemoveMqttUser = () =>
  useMutation({
    mutationFn: (name: string) => request('DELETE', `/api/mqtt-users/${name}`),
    onSettled: () => invalidate('mqttUsers'),
  });

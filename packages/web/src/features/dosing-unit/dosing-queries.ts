import type { DosingChannelPatch, DosingConfig, DosingStatus, TimeAccepted } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { invalidate, keys, queryClient } from '../../api/queries.ts';

const REFRESH_MS = 5_000;
const CONFIG_KEY = [...keys.dosing, 'config'];
const STATUS_KEY = [...keys.dosing, 'status'];

/** The weekly plan; others may change it meanwhile. */
export const useDosingConfig = () =>
  useQuery({
    queryKey: CONFIG_KEY,
    queryFn: ({ signal }) => request<DosingConfig>('GET', '/api/dosing-config', { signal }),
    refetchInterval: REFRESH_MS,
  });

export const useDosingStatus = () =>
  useQuery({
    queryKey: STATUS_KEY,
    queryFn: ({ signal }) => request<DosingStatus>('GET', '/api/dosing-status', { signal }),
    refetchInterval: REFRESH_MS,
  });

/** Saves a change of one channel and shows the plan that came of it. */
export const useSavePlan = (onSaved: () => void) =>
  useMutation({
    mutationFn: (patch: DosingChannelPatch) => request<DosingConfig>('POST', '/api/dosing-config', { body: patch }),
    onSuccess: async (config) => {
      // An older answer that is still under way would put the old plan back.
      await queryClient.cancelQueries({ queryKey: CONFIG_KEY });
      queryClient.setQueryData(CONFIG_KEY, config);
      onSaved();
      void invalidate('dosing');
    },
  });

/** Says that the plan that was read back from the memory of the unit holds. */
export const useConfirmPlan = () =>
  useMutation({
    mutationFn: () => request<DosingStatus>('POST', '/api/dosing-config/confirm'),
    onSuccess: async (status) => {
      await queryClient.cancelQueries({ queryKey: STATUS_KEY });
      queryClient.setQueryData(STATUS_KEY, status);
    },
    onSettled: () => invalidate('dosing'),
  });

/** Says that the clock of the unit is right. */
export const useAcceptTime = () =>
  useMutation({
    mutationFn: () => request<TimeAccepted>('POST', '/api/time/accept'),
    onSettled: () => invalidate('dosing'),
  });

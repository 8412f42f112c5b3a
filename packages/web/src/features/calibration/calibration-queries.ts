import type { Calibration, CalibrationReminder, PumpCalibrations, SessionMeasurement } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiProblem, request } from '../../api/client.ts';
import { invalidate, keys } from '../../api/queries.ts';
import { newOrderKey } from '../dose/pending-order.ts';

const REFRESH_MS = 5_000;

export const useCalibrations = (pumpId: string) =>
  useQuery({
    queryKey: [...keys.calibrations, pumpId],
    queryFn: ({ signal }) => request<PumpCalibrations>('GET', `/api/pumps/${pumpId}/calibrations`, { signal }),
    refetchInterval: REFRESH_MS,
  });

const sessionsOf = (pumpId: string) => `/api/pumps/${pumpId}/calibration-sessions`;

/** Something is done to calibrations; whatever came of it, they are read anew before it counts as over. */
const useAct = <Input = void>(act: (input: Input) => Promise<unknown>, onDone?: () => void) =>
  useMutation({
    mutationFn: act,
    onSettled: () => invalidate('calibrations'),
    ...(onDone !== undefined && { onSuccess: onDone }),
  });

export const useBegin = (pumpId: string) => useAct(() => request('POST', sessionsOf(pumpId)));

export const useActivate = () =>
  useAct((calibrationId: string) => request<Calibration>('POST', `/api/calibrations/${calibrationId}/activate`));

export const useRemind = (pumpId: string) =>
  useAct((body: CalibrationReminder) => request('PUT', `/api/pumps/${pumpId}/calibration-reminder`, { body }));

/** What a person asks a session for. */
export type RunWish = { readonly rpm?: number; readonly duration_s: number } | { readonly verify_ml: number };

/** What one does in a session. A run whose answer was lost keeps its key, so that asking again is no second run. */
export function useSessionActs(pumpId: string, sessionId: string) {
  const path = `${sessionsOf(pumpId)}/${sessionId}`;
  const key = useRef<string | null>(null);
  const start = async (body: RunWish) => {
    key.current ??= newOrderKey();
    try {
      await request('POST', `${path}/runs`, { body, key: key.current });
      key.current = null;
    } catch (error) {
      if (error instanceof ApiProblem) key.current = null;
      throw error;
    }
  };
  return {
    start: useAct(start),
    measure: useAct((body: SessionMeasurement) => request('POST', `${path}/measurements`, { body })),
    finish: useAct(() => request('POST', `${path}/finish`)),
    abandon: useAct(() => request('DELETE', path)),
    stop: useAct(() => request('POST', `/api/pumps/${pumpId}/stop`)),
  };
}

export type SessionActs = ReturnType<typeof useSessionActs>;

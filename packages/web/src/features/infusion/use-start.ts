import type { InfusionRequest, InfusionStarted } from '@perista/protocol/api';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem, request } from '../../api/client.ts';
import { newOrderKey } from '../dose/pending-order.ts';
import { forgetPendingStart, loadPendingStart, type PendingStart, savePendingStart } from './pending-start.ts';

/** How a start stands between this page and the server. */
export type StartState =
  | { readonly kind: 'none' }
  /** Sent under its key; asked again with the same key until there is an answer. */
  | { readonly kind: 'sending'; readonly start: PendingStart; readonly isAgain: boolean }
  | { readonly kind: 'refused'; readonly problem: ApiProblem }
  /** The server has it: what becomes of it is told live. */
  | { readonly kind: 'started'; readonly started: InfusionStarted };

const AGAIN_MS = 2_000;

/**
 * Starts infusions on one device. However often it is pressed, repeated or reloaded, one start is one command: the key
 * is kept until what became of it was seen.
 */
export function useStart(deviceId: string) {
  const [state, setState] = useState<StartState>(() => {
    const start = loadPendingStart(deviceId);
    if (start === null) return { kind: 'none' };
    return start.started === null
      ? { kind: 'sending', start, isAgain: true }
      : { kind: 'started', started: start.started };
  });
  const isSending = useRef(state.kind === 'sending');

  const send = (body: InfusionRequest) => {
    if (isSending.current) return;
    isSending.current = true;
    const start = { key: newOrderKey(), request: body, started: null };
    savePendingStart(deviceId, start);
    setState({ kind: 'sending', start, isAgain: false });
  };

  const pending = state.kind === 'sending' ? state.start : null;
  useEffect(() => {
    if (pending === null) return;
    const leave = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const next = await post(deviceId, pending, leave.signal);
      if (leave.signal.aborted) return;
      if (next === null) {
        setState({ kind: 'sending', start: pending, isAgain: true });
        timer = setTimeout(() => void ask(), AGAIN_MS);
        return;
      }
      isSending.current = false;
      if (next.kind === 'started') savePendingStart(deviceId, { ...pending, started: next.started });
      else forgetPendingStart(deviceId);
      setState(next);
    };
    void ask();
    return () => {
      leave.abort();
      clearTimeout(timer);
    };
  }, [pending, deviceId]);

  /** What became of it was seen. */
  const forget = useCallback(() => {
    forgetPendingStart(deviceId);
    setState({ kind: 'none' });
  }, [deviceId]);

  return { state, send, forget };
}

/** Null while nobody answers: the server may have it or not, and the same key asks again. */
async function post(deviceId: string, start: PendingStart, signal: AbortSignal): Promise<StartState | null> {
  try {
    const path = `/api/devices/${deviceId}/infusions`;
    const started = await request<InfusionStarted>('POST', path, { body: start.request, key: start.key, signal });
    return { kind: 'started', started };
  } catch (error) {
    return error instanceof ApiProblem ? { kind: 'refused', problem: error } : null;
  }
}

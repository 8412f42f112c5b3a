import type { PrimeStarted } from '@perista/protocol/api';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isProblem, request } from '../../api/client.ts';
import { invalidate } from '../../api/queries.ts';
import type { Direction } from '../dose/DirectionField.tsx';
import { newOrderKey } from '../dose/pending-order.ts';
import { type HoldEnd, PrimeHold } from './prime-hold.ts';

/** Longest that one press may turn the pump, s. */
export const LONGEST_PRIME_S = 60;

/** Holds and lets go; leaving the page, hiding it or losing the window lets go too. */
export function usePrime(pumpId: string, direction: Direction) {
  const [isHeld, setIsHeld] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const current = useRef<PrimeHold | null>(null);

  const letGo = useCallback(() => {
    current.current?.letGo();
    current.current = null;
    setIsHeld(false);
  }, []);

  const hold = () => {
    if (current.current !== null) return;
    setError(null);
    setIsHeld(true);
    const onEnd = (end: HoldEnd) => {
      if (current.current === button) letGo();
      // Over before it was let go: the longest time has passed, or it was stopped.
      if (end.kind === 'ended' && !isProblem(end.error, 'E406')) setError(end.error);
      void invalidate('doses');
    };
    const button = new PrimeHold({ ...portsOf(pumpId, direction), onEnd });
    current.current = button;
  };

  useEffect(() => {
    const events = ['blur', 'pagehide'] as const;
    for (const event of events) window.addEventListener(event, letGo);
    document.addEventListener('visibilitychange', letGo);
    return () => {
      for (const event of events) window.removeEventListener(event, letGo);
      document.removeEventListener('visibilitychange', letGo);
      letGo();
    };
  }, [letGo]);

  return { isHeld, error, hold, letGo };
}

const portsOf = (pumpId: string, direction: Direction) => ({
  start: () =>
    request<PrimeStarted>('POST', `/api/pumps/${pumpId}/prime`, {
      body: { direction, max_s: LONGEST_PRIME_S },
      key: newOrderKey(),
    }),
  renew: (dose_id: string) => request('POST', `/api/pumps/${pumpId}/prime/renew`, { body: { dose_id } }),
  release: (doseId: string) => request('POST', `/api/doses/${doseId}/cancel`, { keepalive: true }),
  after: (delayMs: number, fn: () => void) => {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
});

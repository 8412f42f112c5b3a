import type { Pump } from '@perista/protocol/api';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { invalidate } from '../api/queries.ts';
import { LiveClient } from './live-client.ts';
import type { LiveNews, LiveState } from './live-state.ts';

/** The one connection of this page. */
export const live = new LiveClient({ onNews: refresh, onMissed: refreshAll });

const CALIBRATION_EVENTS = /^(pump_calibrated|calibration_)/;

/** What is read page by page is read again when it has grown. */
function refresh(news: LiveNews): void {
  if (news.kind === 'event') void invalidate('events');
  if (news.kind === 'event' && news.event.kind.startsWith('dose_')) {
    void invalidate('doses');
    void invalidate('dosing');
    void invalidate('schedules');
    void invalidate('queue');
  }
  if (news.kind === 'event' && news.event.kind.startsWith('schedule_')) void invalidate('schedules');
  if (news.kind === 'dose:settled') {
    void invalidate('doses');
    void invalidate('history');
    void invalidate('dosing');
    void invalidate('calibrations');
  }
  if (news.kind === 'event' && news.event.kind === 'separations_changed') {
    void invalidate('separations');
    void invalidate('queue');
  }
  if (news.kind === 'event' && news.event.kind === 'settings_changed') void invalidate('settings');
  if (news.kind === 'event' && CALIBRATION_EVENTS.test(news.event.kind)) void invalidate('calibrations');
}

/** What a unit that was away may tell otherwise now: it may have been started again with other settings. */
const GROWN = [
  ...(['events', 'doses', 'dosing', 'schedules', 'separations', 'queue', 'history', 'calibrations'] as const),
  ...(['settings', 'mqtt', 'about'] as const),
];

function refreshAll(): void {
  for (const grown of GROWN) void invalidate(grown);
}

export const useLive = (): LiveState => useSyncExternalStore(live.watch, live.state);

export const usePump = (pumpId: string): Pump | undefined => useLive().pumps.find(({ id }) => id === pumpId);

/** The wall clock, told once a second while somebody looks; null when nothing needs it. */
export function useNowMs(isNeeded: boolean): number | null {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isNeeded) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return isNeeded ? nowMs : null;
}

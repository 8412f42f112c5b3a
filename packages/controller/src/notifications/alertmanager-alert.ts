import type { Notice, NoticeSeverity } from '@perista/protocol/api';
import { timestamp } from '../ledger/timestamp.ts';

/** What goes on is told again each minute; Alertmanager takes it for over when nothing was said for so long, ms. */
export const SILENCE_MS = 5 * 60_000;
/** What is told once stands for so long, ms. */
const ONCE_MS = 15 * 60_000;

/** As rules of Prometheus name them. */
const SEVERITIES: Readonly<Record<NoticeSeverity, string>> = { info: 'info', warning: 'warning', alarm: 'critical' };

/**
 * A notice as Alertmanager's API v2 takes it. Equal labels are one alert, so what varies stands in the annotations.
 * `overAtMs` is when it was over, wall time in ms.
 */
export function alertOf(notice: Notice, nowMs: number, overAtMs: number | null = null): object {
  const { alert, severity, subject, doser, pump_id, container_id, device_id, status, at, title, text, dose_id } =
    notice;
  return {
    labels: {
      ...{ alertname: alert, severity: SEVERITIES[severity], subject, doser },
      ...(pump_id !== null && { pump: pump_id }),
      ...(container_id !== null && { container: container_id }),
      // Older notices have none.
      ...(device_id && { device: device_id }),
    },
    annotations: { summary: title, description: text, ...(dose_id !== null && { dose: dose_id }) },
    startsAt: at,
    endsAt: timestamp(endMs(status, { atMs: Date.parse(at), nowMs, overAtMs })),
  };
}

function endMs(
  status: Notice['status'],
  { atMs, nowMs, overAtMs }: { atMs: number; nowMs: number; overAtMs: number | null },
): number {
  if (status === 'over' || overAtMs !== null) return Math.max(atMs, overAtMs ?? nowMs);
  return status === 'begun' ? nowMs + SILENCE_MS : atMs + ONCE_MS;
}

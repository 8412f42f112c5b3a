import type { AlarmPriority } from '@perista/protocol/api';
import type { MessageOf } from '@perista/protocol/fleet';
import type { AlarmService } from './alarm-service.ts';
import type { FleetBook } from './fleet-book.ts';

/** Words of devices for how bad it is. What nobody knows is as bad as can be. */
const PRIORITIES: Readonly<Record<string, AlarmPriority>> = {
  critical: 'high',
  fatal: 'high',
  high: 'high',
  error: 'high',
  alarm: 'high',
  warning: 'medium',
  warn: 'medium',
  medium: 'medium',
  notice: 'low',
  info: 'low',
  low: 'low',
};

const priorityOf = (severity: unknown): AlarmPriority =>
  (typeof severity === 'string' ? PRIORITIES[severity.toLowerCase()] : undefined) ?? 'high';

/** An alarm of a device as it stands in its status. */
interface Listed {
  readonly code: string;
  readonly priority: AlarmPriority;
  readonly message: string;
}

/** Errors that devices tell, as alarms: from `start` to `end`; without a phase it happened and is over. */
export class DeviceErrors {
  readonly #ports: { readonly book: FleetBook; readonly alarms: AlarmService };

  constructor(ports: { readonly book: FleetBook; readonly alarms: AlarmService }) {
    this.#ports = ports;
  }

  /** @throws PeristaError E301 */
  hear(deviceId: string, { body }: MessageOf<'error'>): void {
    const { alarms } = this.#ports;
    const code = String(body.code ?? body.type ?? body.alarmId ?? 'unnamed');
    if (body.phase === 'end') {
      alarms.clear(deviceId, (alarm) => alarm.kind === 'device-error' && alarm.code === code);
      return;
    }
    const message = body.message ?? body.type ?? `The device tells ${code}`;
    const isOver = body.phase !== 'start';
    alarms.raise({ deviceId, kind: 'device-error', code, priority: priorityOf(body.severity), message, isOver });
  }

  /** A status that lists alarms lists all of them: what began or ended unheard is noted now. @throws PeristaError E301 */
  compare(deviceId: string, { body, header }: MessageOf<'status'>): void {
    if (header === null || body.alarms === undefined) return;
    const { alarms, book } = this.#ports;
    const listed = body.alarms.map(listedOf).filter((alarm) => alarm !== undefined);
    const codes = new Set(listed.map(({ code }) => code));
    const isHeld = new Set(
      book
        .livingAlarms(deviceId)
        .filter(({ kind, state }) => kind === 'device-error' && state !== 'latched')
        .map(({ code }) => code),
    );
    if (codes.size === isHeld.size && [...codes].every((code) => isHeld.has(code))) return;
    book.change(() => {
      alarms.clear(deviceId, ({ kind, code }) => kind === 'device-error' && code !== null && !codes.has(code));
      for (const alarm of listed) alarms.raise({ deviceId, kind: 'device-error', ...alarm });
    });
  }
}

function listedOf(alarm: unknown): Listed | undefined {
  if (typeof alarm === 'string' && alarm !== '')
    return { code: alarm, priority: 'high', message: `The device tells ${alarm}` };
  if (typeof alarm !== 'object' || alarm === null) return undefined;
  const { alarmId, code, type, severity, message } = alarm as Record<string, unknown>;
  const name = [code, type, alarmId].find((each) => typeof each === 'string' || typeof each === 'number');
  if (name === undefined) return undefined;
  const words = typeof message === 'string' ? message : `The device tells ${name}`;
  return { code: String(name).slice(0, 128), priority: priorityOf(severity), message: words };
}

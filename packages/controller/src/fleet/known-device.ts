import type { DeviceObject, Presence } from '@perista/protocol/api';
import type { Dialect, MessageOf } from '@perista/protocol/fleet';
import { timestamp } from '../ledger/timestamp.ts';
import type { DeviceRecord } from './device-store.ts';
import type { DeviceNews } from './fleet-ports.ts';
import { type MessageNumber, MessageOrder } from './message-order.ts';
import { PeriodMeter } from './period-meter.ts';
import { judgePresence } from './presence.ts';

export type StatusBody = MessageOf<'status'>['body'];

/** A device that ever told something, with what it told last. */
export class KnownDevice {
  readonly deviceId: string;
  readonly firstSeenAtMs: number;
  readonly order: MessageOrder;
  presence: Presence = 'unknown';
  presenceReason: string | null = 'not heard since the server started';
  readonly #period = new PeriodMeter();
  #lastSeenAtMs: number | null;
  #dialect: Dialect | null;
  #firmwareVersion: string | null;
  #status: DeviceObject | null;
  #progress: DeviceObject | null;
  #isOfflineTold: boolean;
  #heardMs: number | null = null;
  /** Its latest connection since its start, as it counts them; null where it does not. */
  #session: number | null = null;

  constructor(record: DeviceRecord) {
    this.deviceId = record.deviceId;
    this.firstSeenAtMs = record.firstSeenAtMs;
    this.order = new MessageOrder(record.last);
    this.#lastSeenAtMs = record.lastSeenAtMs;
    this.#dialect = record.dialect;
    this.#firmwareVersion = record.firmwareVersion;
    this.#status = record.status;
    this.#progress = record.progress;
    this.#isOfflineTold = record.isOfflineTold;
    const session = record.status?.session;
    if (typeof session === 'number' && record.status?.boot === record.last?.boot) this.#session = session;
    this.judge(null, 0);
  }

  get record(): DeviceRecord {
    return {
      ...{ deviceId: this.deviceId, firstSeenAtMs: this.firstSeenAtMs, lastSeenAtMs: this.#lastSeenAtMs },
      ...{ dialect: this.#dialect, last: this.order.last, firmwareVersion: this.#firmwareVersion },
      ...{ status: this.#status, progress: this.#progress, isOfflineTold: this.#isOfflineTold },
    };
  }

  get dialect(): Dialect | null {
    return this.#dialect;
  }

  get lastSeenAtMs(): number | null {
    return this.#lastSeenAtMs;
  }

  get periodMs(): number | null {
    return this.#period.periodMs;
  }

  get firmwareVersion(): string | null {
    return this.#firmwareVersion;
  }

  get status(): DeviceObject | null {
    return this.#status;
  }

  get progress(): DeviceObject | null {
    return this.#progress;
  }

  /** Whether a last will belongs to a start or a connection that another one has replaced. */
  isOld({ boot }: MessageNumber, { session }: StatusBody): boolean {
    const last = this.order.last;
    if (last === null || boot !== last.boot) return last !== null && boot < last.boot;
    return session !== undefined && this.#session !== null && session < this.#session;
  }

  /** It counts its connections anew, too. */
  reboot(): void {
    this.#session = null;
  }

  /** It is alive: it told something just now. */
  hear({ message: { header }, receivedMs, receivedAtMs }: DeviceNews): void {
    this.#heardMs = receivedMs;
    this.#lastSeenAtMs = receivedAtMs;
    this.#dialect = header === null ? 'v0' : 'v1';
    this.#period.hear(receivedMs);
    this.#isOfflineTold = false;
  }

  /** A good-bye, its own or the broker's for it. */
  leave(body: StatusBody, receivedAtMs: number): void {
    this.#isOfflineTold = true;
    this.#noteStatus(body, receivedAtMs);
  }

  noteStatus(body: StatusBody, receivedAtMs: number): void {
    this.#noteStatus(body, receivedAtMs);
    this.#period.enter(body.status);
    this.#period.tell(body.periodS);
  }

  noteProgress(body: MessageOf<'progress'>['body'], receivedAtMs: number): void {
    this.#progress = { ...body, receivedAt: timestamp(receivedAtMs) };
  }

  /** Looks again how far it can be believed. When time alone changes that next, on the monotonic clock; null: never. */
  judge(lineUpMs: number | null, nowMs: number): { readonly nextMs: number | null; readonly isNews: boolean } {
    const signs = { heardMs: this.#heardMs, isOfflineTold: this.#isOfflineTold, periodMs: this.periodMs, lineUpMs };
    const { presence, reason, nextMs } = judgePresence(signs, nowMs);
    const isNews = presence !== this.presence || reason !== this.presenceReason;
    this.presence = presence;
    this.presenceReason = reason;
    return { nextMs, isNews };
  }

  #noteStatus(body: StatusBody, receivedAtMs: number): void {
    this.#status = { ...body, receivedAt: timestamp(receivedAtMs) };
    this.#session = body.session ?? this.#session;
    this.#firmwareVersion = body.firmwareVersion ?? this.#firmwareVersion;
  }
}

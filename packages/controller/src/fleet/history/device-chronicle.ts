import type { DeviceNews } from '../fleet-ports.ts';
import type { KnownDevice } from '../known-device.ts';
import type { SeqGap } from '../message-order.ts';
import type { GapWatch, Span } from './gap-watch.ts';
import type { HistoryRecorder } from './history-recorder.ts';

/** What devices told over time, and where nobody knows. */
export class DeviceChronicle {
  readonly #recorder: HistoryRecorder;
  readonly #gaps: GapWatch;

  constructor(recorder: HistoryRecorder, gaps: GapWatch) {
    this.#recorder = recorder;
    this.#gaps = gaps;
  }

  /** Also what others overtook. */
  told(device: KnownDevice, { message, ...news }: DeviceNews): void {
    if (message.name === 'progress') this.#recorder.progress({ ...news, message });
    if (message.name !== 'backfill') return;
    this.#recorder.backfill({ ...news, message });
    this.#gaps.told(device, message);
  }

  missing(device: KnownDevice, gap: SeqGap, span: Span): void {
    this.#gaps.missing(device, gap, span);
  }

  /** Nobody can tell what was between. */
  silent(deviceId: string, span: Span, reason: string): void {
    if (span.fromMs < span.toMs) this.#gaps.silent(deviceId, span, reason);
  }
}

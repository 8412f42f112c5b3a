import type { Clock } from '@perista/core';
import type { DeviceHistory, HistoryRange } from '@perista/protocol/api';
import { timestamp } from '../../ledger/timestamp.ts';
import { WrongFields } from '../../wrong-fields.ts';
import type { DeviceRightsService } from '../device-rights.ts';
import type { DeviceRecords } from '../fleet-ports.ts';
import type { DeviceHistoryStore, Sample, SampleSpan, Spread, Stretch } from './device-history-store.ts';
import type { HistoryRecorder } from './history-recorder.ts';

const HOUR_MS = 3_600_000;
const USUAL_POINTS = 500;
/** Others have their turn after so much of the trend, some thousand samples, a few milliseconds of work. */
const READ_AT_ONCE_MS = HOUR_MS;
const MOST_MS = 400 * 24 * HOUR_MS;

export interface TrendServicePorts {
  readonly clock: Clock;
  readonly history: DeviceHistoryStore;
  readonly recorder: HistoryRecorder;
  readonly records: Pick<DeviceRecords, 'between'>;
  readonly rights: DeviceRightsService;
}

/** What a device told over time, and what was ordered of it meanwhile. */
export class TrendService {
  readonly #ports: TrendServicePorts;

  constructor(ports: TrendServicePorts) {
    this.#ports = ports;
  }

  /** @throws E402 for a range that is none, E403, E301 */
  async trend(username: string, deviceId: string, range: HistoryRange): Promise<DeviceHistory> {
    const { rights, recorder, records, history } = this.#ports;
    rights.assertMayWatch(username, deviceId);
    recorder.write();
    const { fromMs, toMs } = this.#bounds(range);
    const stretch = { deviceId, fromMs, toMs };
    const most = range.points ?? USUAL_POINTS;
    const single = history.samples(stretch, most + 1);
    const spanMs = single.length > most ? Math.ceil((toMs - fromMs) / most) : 0;
    const spans = spanMs === 0 ? single.map(alone) : await this.#joined(stretch, spanMs);
    return {
      ...{ deviceId, from: timestamp(fromMs), to: timestamp(toMs), spanS: spanMs / 1000 },
      samples: spans.map(({ fromMs: atMs, ...span }) => ({ at: timestamp(atMs), ...span })),
      gaps: history.gaps(stretch).map((gap) => ({
        ...{ from: timestamp(gap.fromMs), to: timestamp(gap.toMs), reason: gap.reason },
      })),
      ...records.between(deviceId, fromMs, toMs),
    };
  }

  /** Pages of samples, oldest first, for a table. @throws what `trend` does */
  pages(
    username: string,
    deviceId: string,
    range: HistoryRange,
  ): (after: Sample | undefined, most: number) => Sample[] {
    this.#ports.rights.assertMayWatch(username, deviceId);
    this.#ports.recorder.write();
    const stretch = { deviceId, ...this.#bounds(range) };
    return (after, most) => this.#ports.history.samples(stretch, most, after);
  }

  /** Reads part by part, so that a year of samples holds nobody up. */
  async #joined({ deviceId, fromMs, toMs }: Stretch, spanMs: number): Promise<SampleSpan[]> {
    const { clock, history } = this.#ports;
    const stepMs = spanMs * Math.max(1, Math.floor(READ_AT_ONCE_MS / spanMs));
    const spans: SampleSpan[] = [];
    for (let partMs = fromMs; partMs < toMs; partMs += stepMs) {
      const part = { deviceId, fromMs: partMs, toMs: Math.min(toMs, partMs + stepMs) };
      spans.push(...history.spans(part, fromMs, spanMs));
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
    return spans;
  }

  /** The last hour unless said otherwise. */
  #bounds({ from, to }: HistoryRange): { readonly fromMs: number; readonly toMs: number } {
    const toMs = to === undefined ? Math.ceil(this.#ports.clock.wallMs()) : Date.parse(to);
    const fromMs = from === undefined ? toMs - HOUR_MS : Date.parse(from);
    if (fromMs >= toMs) throw new WrongFields([{ path: 'from', message: `must be before to, is ${from}` }]);
    if (toMs - fromMs > MOST_MS)
      throw new WrongFields([{ path: 'from', message: 'must be at most 400 days before to' }]);
    return { fromMs, toMs };
  }
}

const same = (value: number | null): Spread | null => (value === null ? null : { min: value, mean: value, max: value });

const alone = ({ atMs, flowRateMlMin, deliveredVolumeMl, batteryLevel }: Sample): SampleSpan => ({
  fromMs: atMs,
  count: 1,
  flowRateMlMin: same(flowRateMlMin),
  deliveredVolumeMl: same(deliveredVolumeMl),
  batteryLevel: same(batteryLevel),
});

import { type Copy, type FoundFram, type FoundRecord, hex } from '@perista/drivers';

/** `esp32`: first copies only, shown also where their checksum does not fit. */
export const LAYOUTS = ['perista', 'esp32'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Fields under the names of the map. */
export type Fields = Readonly<Record<string, number | boolean | readonly number[]>>;

export interface ReportedRecord {
  readonly name: string;
  readonly address: number;
  /** `unproven`: shown, but its checksum or a field does not fit. */
  readonly state: 'kept' | 'empty' | 'damaged' | 'unproven';
  readonly sequence: number | null;
  /** `good`, `blank`, or why the copy cannot be believed. */
  readonly copies: readonly string[];
  readonly fields: Fields | null;
}

export interface FramReport {
  readonly layout: Layout;
  readonly magic: string;
  readonly version: number;
  readonly credentials_present: boolean;
  readonly records: readonly ReportedRecord[];
}

export function framReport(found: FoundFram, layout: Layout): FramReport {
  const record = layout === 'perista' ? believed : asItLies;
  return {
    layout,
    magic: hex(found.magic),
    version: found.version,
    credentials_present: found.hasCredentials,
    records: [
      record(found.system, ({ channelCount, systemEnabled, version }) => ({
        channel_count: channelCount,
        system_enabled: systemEnabled,
        version,
      })),
      ...found.channels.map((channel) =>
        record(channel, (value) => ({
          enabled: value.enabled,
          weekly_schedule: value.weeklySchedule,
          daily_schedule: value.dailySchedule,
          weekly_dosing_value: value.weeklyDosingValueMl,
          dosing_rate: value.dosingRateMlPerS,
          last_dose_timestamp: value.lastDoseTimestamps,
          doses_completed_today: value.dosesCompletedToday,
          current_utc_day: value.currentUtcDay,
        })),
      ),
      ...found.dailyVolumes.map((volume) =>
        record(volume, ({ volumeMl, lastResetUtcDay }) => ({
          volume_ml: volumeMl,
          last_reset_utc_day: lastResetUtcDay,
        })),
      ),
      ...(layout === 'perista'
        ? [record(found.mark, ({ highWaterMarkS, epoch }) => ({ high_water_mark: highWaterMarkS, epoch }))]
        : []),
    ],
  };
}

type Report = <T>(found: FoundRecord<T>, fieldsOf: (value: T) => Fields) => ReportedRecord;

const believed: Report = ({ name, address, first, second, content }, fieldsOf) => ({
  name,
  address,
  state: content.kind,
  sequence: content.kind === 'kept' ? content.sequence : null,
  copies: [words(first), words(second)],
  fields: content.kind === 'kept' ? fieldsOf(content.value) : null,
});

const STATE_AS_IT_LIES = { good: 'kept', bad: 'unproven', blank: 'empty' } as const;

const asItLies: Report = ({ name, address, first }, fieldsOf) => ({
  name,
  address,
  state: STATE_AS_IT_LIES[first.kind],
  sequence: first.kind === 'good' ? first.sequence : null,
  copies: [words(first)],
  fields: first.kind === 'blank' ? null : fieldsOf(first.value),
});

const words = (copy: Copy<unknown>) => (copy.kind === 'bad' ? copy.reason : copy.kind);

import type { Fields, FramReport, ReportedRecord } from './fram-report.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const S_A_DAY = 86_400;

/** The report for a person. */
export function framText({ magic, version, credentials_present, records }: FramReport): string {
  return [
    `magic ${magic}, version ${version}; credentials of another system: ${credentials_present ? 'present' : 'none'}, never shown`,
    ...records.map(recordText),
    '',
  ].join('\n');
}

function recordText({ name, address, state, sequence, copies, fields }: ReportedRecord): string {
  const place = `0x${address.toString(16).toUpperCase().padStart(4, '0')}`;
  const counted = sequence === null ? '' : `, sequence ${sequence}`;
  return [
    `\n${place} ${name}: ${state}${counted}`,
    ...(isPlain(copies) ? [] : copies.map((copy, index) => `  copy ${index + 1}: ${copy}`)),
    ...Object.entries(fields ?? {}).map(([key, value]) => `  ${key.padEnd(21)} ${fieldText(key, value)}`),
  ].join('\n');
}

/** Nothing to tell beside the state. */
const isPlain = (copies: readonly string[]) => ['good', 'blank'].some((kind) => copies.every((copy) => copy === kind));

const day = (utcDay: number) => `${utcDay} (${new Date(utcDay * S_A_DAY * 1000).toISOString().slice(0, 10)})`;
const moment = (utcS: number) => (utcS === 0 ? 'never' : new Date(utcS * 1000).toISOString().replace('.000', ''));

/** How a number is told where it is more than a number. */
const MEANINGS: Readonly<Record<string, (value: number) => string>> = {
  weekly_schedule: (mask) => `${mask} (${DAYS.filter((_, bit) => mask & (1 << bit)).join(' ') || 'no day'})`,
  weekly_dosing_value: (ml) => `${ml} ml`,
  dosing_rate: (rate) => `${rate} ml/s`,
  volume_ml: (ml) => `${ml} ml`,
  last_dose_timestamp: moment,
  high_water_mark: moment,
  current_utc_day: day,
  last_reset_utc_day: day,
};

function fieldText(key: string, value: Fields[string]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return [value]
    .flat()
    .map(MEANINGS[key] ?? String)
    .join(', ');
}

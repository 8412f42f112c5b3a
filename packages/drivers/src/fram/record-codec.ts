/** Bytes of one kind of record, little-endian; its last four bytes are CRC-32 over all before them. */
export interface RecordCodec<T> {
  /** With the CRC. */
  readonly bytes: number;
  /** Offset of the u32 that counts writings. */
  readonly sequenceAt: number;
  /** Fills the fields of a zeroed record; the frame adds sequence and CRC. */
  encode(value: T, view: DataView): void;
  decode(view: DataView): T;
  /** The first field that the record cannot hold, with rule and value; null if all fit. */
  misfit(value: T): string | null;
}

/** Number of a field, its rule in words, and whether it holds. */
export type FieldRule = readonly [key: string, value: number, rule: string, holds: boolean];

/** Key, rule and value of the first rule that does not hold. */
export function firstMisfit(rules: readonly FieldRule[]): string | null {
  const broken = rules.find(([, , , holds]) => !holds);
  if (broken === undefined) return null;
  const [key, value, rule] = broken;
  return `${key} must be ${rule}, not ${value}`;
}

const whole = (key: string, value: number, least: number, most: number): FieldRule => [
  key,
  value,
  `a whole number from ${least} to ${most}`,
  Number.isInteger(value) && !Object.is(value, -0) && value >= least && value <= most,
];

export const u8 = (key: string, value: number, most = 0xff, least = 0) => whole(key, value, least, most);
export const u16 = (key: string, value: number) => whole(key, value, 0, 0xffff);
export const u32 = (key: string, value: number) => whole(key, value, 0, 0xffff_ffff);

/** A measure that is kept as f32. */
export const measure = (key: string, value: number): FieldRule => [
  key,
  value,
  'a finite number from 0',
  value >= 0 && !Object.is(value, -0) && Number.isFinite(Math.fround(value)),
];

/** The shortest decimal whose f32 is `stored`: 0.33 comes back as 0.33. */
export function shortestDecimal(stored: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const decimal = Number(stored.toPrecision(digits));
    if (Math.fround(decimal) === stored) return decimal;
  }
  return stored;
}

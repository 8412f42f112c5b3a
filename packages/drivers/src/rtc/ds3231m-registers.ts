import { assert } from '@perista/core';

/** Registers 0 to 6: seconds, minutes, hours, weekday, date, month with century, year; all in BCD (19-5312, table 1). */
export const TIME_BYTES = 7;

const TWELVE_HOURS = 0x40;
const AFTERNOON = 0x20;
/** Toggled by the chip when year 99 ends. */
const CENTURY = 0x80;
const EARLIEST_S = Date.UTC(2000, 0, 1) / 1000;
const END_S = Date.UTC(2100, 0, 1) / 1000;

/** Epoch seconds of the time registers, or null if they hold no date of 2000 to 2199. */
export function decodeTime(registers: Uint8Array): number | null {
  const register = new DataView(registers.buffer, registers.byteOffset, registers.byteLength);
  const month = register.getUint8(5);
  const parts = {
    second: bcd(register.getUint8(0)),
    minute: bcd(register.getUint8(1)),
    hour: decodeHour(register.getUint8(2)),
    date: bcd(register.getUint8(4)),
    month: bcd(month & ~CENTURY),
    year: bcd(register.getUint8(6)) + (month & CENTURY ? 2100 : 2000),
  };
  const utcMs = Date.UTC(parts.year, parts.month - 1, parts.date, parts.hour, parts.minute, parts.second);
  if (Number.isNaN(utcMs)) return null;
  const back = new Date(utcMs);
  const isDate =
    back.getUTCSeconds() === parts.second &&
    back.getUTCMinutes() === parts.minute &&
    back.getUTCHours() === parts.hour &&
    back.getUTCDate() === parts.date &&
    back.getUTCMonth() === parts.month - 1;
  return isDate ? utcMs / 1000 : null;
}

/** Time registers for whole epoch seconds from 2000 to 2099, in 24 hours, Monday = 1. Others are our bug: assertion. */
export function encodeTime(utcS: number): Uint8Array {
  assert(Number.isInteger(utcS) && utcS >= EARLIEST_S && utcS < END_S, 'the clock is set to a second of 2000 to 2099');
  const time = new Date(utcS * 1000);
  return Uint8Array.from(
    [
      time.getUTCSeconds(),
      time.getUTCMinutes(),
      time.getUTCHours(),
      time.getUTCDay() || 7,
      time.getUTCDate(),
      time.getUTCMonth() + 1,
      time.getUTCFullYear() - 2000,
    ],
    (value) => ((value / 10) << 4) | (value % 10),
  );
}

/** NaN unless both digits are decimal. */
function bcd(byte: number): number {
  const [tens, ones] = [byte >> 4, byte & 0x0f];
  return tens > 9 || ones > 9 ? Number.NaN : tens * 10 + ones;
}

function decodeHour(byte: number): number {
  if (!(byte & TWELVE_HOURS)) return bcd(byte);
  const hour = bcd(byte & 0x1f);
  if (!(hour >= 1 && hour <= 12)) return Number.NaN;
  return (hour % 12) + (byte & AFTERNOON ? 12 : 0);
}

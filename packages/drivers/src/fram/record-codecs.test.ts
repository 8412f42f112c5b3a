// Proves that each record has its fields at the offsets of the map, to the byte, and that what does not fit is named.
import { crc32 } from '@perista/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChannelConfig, channelConfigCodec } from './channel-config.ts';
import { dailyVolumeCodec } from './daily-volume.ts';
import { seal, unseal } from './sealed-record.ts';
import { systemConfigCodec } from './system-config.ts';
import { unitMarkCodec } from './unit-mark.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const CHANNEL: ChannelConfig = {
  enabled: true,
  weeklySchedule: 127,
  dailySchedule: 2,
  weeklyDosingValueMl: 217.5,
  dosingRateMlPerS: 0.33,
  lastDoseTimestamps: [0x01020304, 0x11121314],
  dosesCompletedToday: 1,
  currentUtcDay: 20782,
};

describe('records', () => {
  it('SystemConfig lies as the map says', () => {
    const bytes = seal(systemConfigCodec, { channelCount: 6, systemEnabled: true, version: 0x0102 }, 0x0a0b0c0d);
    expect(hexOf(bytes.subarray(0, 60))).toBe(`06010201${'0d0c0b0a'}${'00'.repeat(52)}`);
    expect(hexOf(bytes.subarray(60))).toBe('8aa55e45');
  });

  it('ChannelConfig lies as the map says', () => {
    const bytes = seal(channelConfigCodec, CHANNEL, 7);
    expect(hexOf(bytes.subarray(0, 44))).toBe(
      `7f02d900c3f5a83e010000000403020114131211010000002e5100000500000007000000${'00'.repeat(8)}`,
    );
    expect(bytes).toHaveLength(48);
  });

  it('DailyVolume lies as the map says', () => {
    const bytes = seal(dailyVolumeCodec, { volumeMl: 15.5, lastResetUtcDay: 20782 }, 3);
    expect(hexOf(bytes.subarray(0, 12))).toBe('000078412e51000003000000');
    expect(bytes).toHaveLength(16);
  });

  it('UnitMark lies as the map says', () => {
    const bytes = seal(unitMarkCodec, { highWaterMarkS: 0x69256000, epoch: 9 }, 2);
    expect(hexOf(bytes.subarray(0, 28))).toBe(`0060256909000000${'00'.repeat(16)}02000000`);
  });

  it('end in CRC-32/ISO-HDLC of all bytes before it', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    for (const bytes of [
      seal(systemConfigCodec, { channelCount: 1, systemEnabled: false, version: 1 }, 1),
      seal(channelConfigCodec, CHANNEL, 1),
      seal(dailyVolumeCodec, { volumeMl: 0, lastResetUtcDay: 0 }, 1),
      seal(unitMarkCodec, { highWaterMarkS: 1, epoch: 1 }, 1),
    ]) {
      expect(new DataView(bytes.buffer).getUint32(bytes.length - 4, true)).toBe(crc32(bytes.subarray(0, -4)));
    }
  });

  it('come back as they were given, rates of six digits and tenths of a millilitre exactly', () => {
    const channel = fc.record({
      enabled: fc.boolean(),
      weeklySchedule: fc.nat(127),
      dailySchedule: fc.integer({ min: 1, max: 2 }),
      weeklyDosingValueMl: fc.nat(655_359).map((tenths) => tenths / 10),
      dosingRateMlPerS: fc.nat(999_999).map((micro) => micro / 1e5),
      lastDoseTimestamps: fc.tuple(fc.nat(), fc.nat(0xffffffff)),
      dosesCompletedToday: fc.nat(255),
      currentUtcDay: fc.nat(0xffffffff),
    });
    fc.assert(
      fc.property(channel, fc.nat(0xffffffff), (value, sequence) => {
        expect(unseal(channelConfigCodec, seal(channelConfigCodec, value, sequence))).toEqual({
          kind: 'good',
          value,
          sequence,
        });
      }),
    );
  });

  it('with any single flipped bit are bad', () => {
    const whole = seal(channelConfigCodec, CHANNEL, 7);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = whole.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(unseal(channelConfigCodec, flipped)).toMatchObject({
        kind: 'bad',
        reason: expect.stringMatching(/^CRC is 0x[0-9A-F]{8}, its bytes give 0x[0-9A-F]{8}$/),
      });
    }
  });

  it.each([
    [0, 128, 'weekly_schedule must be a whole number from 0 to 127, not 128'],
    [1, 3, 'daily_schedule must be a whole number from 1 to 2, not 3'],
    [8, 7, 'byte 8 is 7, which has no meaning'],
    [40, 1, 'byte 40 is 1, which has no meaning'],
    [28, 12, 'byte 2 is 217, which has no meaning'],
  ])('with byte %i = %i and a right CRC are bad by name', (at, value, reason) => {
    const bytes = seal(channelConfigCodec, CHANNEL, 7);
    bytes[at] = value;
    new DataView(bytes.buffer).setUint32(44, crc32(bytes.subarray(0, 44)), true);
    expect(unseal(channelConfigCodec, bytes)).toMatchObject({ kind: 'bad', reason });
  });

  it.each([
    [{ weeklyDosingValueMl: 15.25 }, 'weekly_dosing_value must be a number with one decimal at most, not 15.25'],
    [{ weeklyDosingValueMl: 65_536 }, 'weekly_dosing_value must be a whole number from 0 to 65535, not 65536'],
    [{ dosingRateMlPerS: Number.NaN }, 'dosing_rate must be a finite number from 0, not NaN'],
    [{ dosingRateMlPerS: 1e39 }, 'dosing_rate must be a finite number from 0, not 1e+39'],
    [{ dosesCompletedToday: -1 }, 'doses_completed_today must be a whole number from 0 to 255, not -1'],
    [{ lastDoseTimestamps: [0, 2 ** 32] as const }, 'last_dose_timestamp[1] must be a whole number'],
  ])('do not take %o', (change, words) => {
    const strange = { ...CHANNEL, ...change };
    expect(channelConfigCodec.misfit(strange)).toContain(words);
    expect(() => seal(channelConfigCodec, strange, 1)).toThrow(words);
  });

  it('never written are blank', () => {
    expect(unseal(dailyVolumeCodec, new Uint8Array(16)).kind).toBe('blank');
    expect(unseal(dailyVolumeCodec, new Uint8Array(16).fill(0xff)).kind).toBe('blank');
  });
});

// Proves that the clock's registers are read and written as its data sheet has them, and that a time is trusted only when set.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeI2cBus } from '../i2c/fake-i2c-bus.ts';
import { Ds3231m } from './ds3231m.ts';
import { decodeTime, encodeTime } from './ds3231m-registers.ts';
import { FakeDs3231m } from './fake-ds3231m.ts';

const seconds = (iso: string) => Date.parse(iso) / 1000;

function clock() {
  const chip = new FakeDs3231m();
  return { chip, rtc: new Ds3231m(fakeI2cBus({ 104: chip })) };
}

describe('time registers', () => {
  it.each([
    ['2026-11-25T13:59:08Z', [0x08, 0x59, 0x13, 3, 0x25, 0x11, 0x26]],
    ['2000-02-29T00:00:00Z', [0x00, 0x00, 0x00, 2, 0x29, 0x02, 0x00]],
    ['2099-12-31T23:59:59Z', [0x59, 0x59, 0x23, 4, 0x31, 0x12, 0x99]],
    ['2026-11-29T12:00:00Z', [0x00, 0x00, 0x12, 7, 0x29, 0x11, 0x26]],
  ])('%s', (iso, registers) => {
    expect([...encodeTime(seconds(iso))]).toEqual(registers);
    expect(decodeTime(Uint8Array.from(registers))).toBe(seconds(iso));
  });

  it.each([
    ['12 at night', [0, 0, 0x52, 1, 0x01, 0x01, 0x26], '2026-01-01T00:00:00Z'],
    ['11 in the morning', [0, 0, 0x51, 1, 0x01, 0x01, 0x26], '2026-01-01T11:00:00Z'],
    ['noon', [0, 0, 0x72, 1, 0x01, 0x01, 0x26], '2026-01-01T12:00:00Z'],
    ['1 in the afternoon', [0, 0, 0x61, 1, 0x01, 0x01, 0x26], '2026-01-01T13:00:00Z'],
    ['the next century', [0, 0, 0, 5, 0x01, 0x81, 0x00], '2100-01-01T00:00:00Z'],
  ])('as another program left them: %s', (_, registers, iso) => {
    expect(decodeTime(Uint8Array.from(registers))).toBe(seconds(iso));
  });

  it.each([
    ['a digit above 9', [0x0a, 0, 0, 1, 0x01, 0x01, 0x26]],
    ['60 seconds', [0x60, 0, 0, 1, 0x01, 0x01, 0x26]],
    ['24 o’clock', [0, 0, 0x24, 1, 0x01, 0x01, 0x26]],
    ['13 of 12 hours', [0, 0, 0x53, 1, 0x01, 0x01, 0x26]],
    ['30 February', [0, 0, 0, 1, 0x30, 0x02, 0x26]],
    ['month 0', [0, 0, 0, 1, 0x01, 0x00, 0x26]],
    ['a bus held low or high', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('hold no date: %s', (_, registers) => {
    expect(decodeTime(Uint8Array.from(registers))).toBeNull();
  });

  it('come back for every second of the century', () => {
    const range = { min: seconds('2000-01-01T00:00:00Z'), max: seconds('2099-12-31T23:59:59Z') };
    fc.assert(
      fc.property(fc.integer(range), (utcS) => {
        expect(decodeTime(encodeTime(utcS))).toBe(utcS);
      }),
    );
    expect(() => encodeTime(range.min - 1)).toThrow('2000 to 2099');
    expect(() => encodeTime(range.max + 1)).toThrow('2000 to 2099');
  });
});

describe('Ds3231m', () => {
  it('says that a clock without supply since it was set has stopped, until it is set', async () => {
    const { chip, rtc } = clock();
    expect(await rtc.read()).toEqual({ utcS: seconds('2000-01-01T00:00:00Z'), stopped: true });
    const now = seconds('2026-11-25T14:00:00Z');
    await rtc.set(now);
    expect(await rtc.read()).toEqual({ utcS: now, stopped: false });
    expect(chip.registers[0x0f]).toBe(0x08);
  });

  it('lets the clock run on its battery', async () => {
    const { chip, rtc } = clock();
    chip.registers[0x0e] = 0x9c;
    await rtc.set(seconds('2026-11-25T14:00:00Z'));
    expect(chip.registers[0x0e]).toBe(0x1c);
  });

  it('does not believe a clock that does not keep what it is told', async () => {
    const { chip, rtc } = clock();
    const take = chip.take.bind(chip);
    chip.take = (byte) => {
      take(byte);
      chip.registers[6] = 0x25;
      return true;
    };
    await expect(rtc.set(seconds('2026-11-25T14:00:00Z'))).rejects.toMatchObject({ code: 'E307' });
  });

  it('is absent with E307', async () => {
    await expect(new Ds3231m(fakeI2cBus({})).read()).rejects.toMatchObject({ code: 'E307' });
  });
});

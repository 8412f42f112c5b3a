// Proves that the chips of an emulated relay unit are as real ones to our drivers: they keep what they are told without
// their process, byte by byte until their supply fails, and a clock that was without battery says so.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@perista/core';
import { Ds3231m, encodeTransfer, type FramStorage, mb85rc256v, pipedI2cBus, type SerialPort } from '@perista/drivers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeChips } from '../window/chip-desk.ts';
import { busOf, chipsOfRelayUnit, type RelayUnitChips } from './relay-unit-chips.ts';

const NOW_S = Date.UTC(2026, 5, 1, 12) / 1000;
const RECORD = Uint8Array.from({ length: 48 }, (_, index) => index + 1);

let folder: string;
let clock: VirtualClock;
let chips: RelayUnitChips;
let fram: FramStorage;
let rtc: Ds3231m;

/** A process of the emulated hardware, and the drivers of an agent. */
function begin(): void {
  chips = chipsOfRelayUnit({ clock, framFile: join(folder, 'fram.bin'), onRtcChange: () => {} });
  const port = busOf(chips);
  const pipe: SerialPort = {
    write: async (bytes) => {
      for (const byte of bytes) port.write(Uint8Array.of(byte));
    },
    onData: (listener) => port.onData(listener),
    onClose: () => {},
    close: async () => {},
  };
  const bus = pipedI2cBus(async () => pipe, clock);
  fram = mb85rc256v(bus, 0x50);
  rtc = new Ds3231m(bus);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perista-chips-'));
  clock = new VirtualClock({ wallMs: NOW_S * 1000 });
  begin();
});
afterEach(() => {
  chips.fram.close();
  rmSync(folder, { recursive: true });
});

describe('the FRAM', () => {
  it('is blank, and keeps what it is told when its process ends at once', async () => {
    expect((await fram.read(0, 0x8000)).every((byte) => byte === 0)).toBe(true);
    await fram.write(0x0540, RECORD);
    begin();
    expect(await fram.read(0x053f, 50)).toEqual(Uint8Array.from([0, ...RECORD, 0]));
  });

  it.each([0, 1, 17, 47])('keeps the first %i bytes of a record where its supply fails then', async (bytes) => {
    expect(changeChips(chips, { fram: { supply_bytes: bytes } })).toEqual([]);
    await expect(fram.write(0x0540, RECORD)).rejects.toMatchObject({ code: 'E307' });
    begin();
    expect(await fram.read(0x0540, 48)).toEqual(RECORD.map((byte, index) => (index < bytes ? byte : 0)));
  });

  it('is absent on demand, and comes back', async () => {
    changeChips(chips, { fram: { answers: false } });
    await expect(fram.read(0, 1)).rejects.toMatchObject({ code: 'E307' });
    changeChips(chips, { fram: { answers: true } });
    expect(await fram.read(0, 1)).toEqual(Uint8Array.of(0));
  });
});

describe('the clock', () => {
  it('shows the time of this machine, and goes on', async () => {
    expect(await rtc.read()).toEqual({ utcS: NOW_S, stopped: false });
    await clock.advance(90_000);
    expect(await rtc.read()).toEqual({ utcS: NOW_S + 90, stopped: false });
  });

  it('begins anew in 2000 where its battery was out, and says so until it is set', async () => {
    changeChips(chips, { rtc: { stopped: true } });
    await clock.advance(5_000);
    expect(await rtc.read()).toEqual({ utcS: Date.UTC(2000, 0, 1) / 1000 + 5, stopped: true });
    await rtc.set(NOW_S + 1_000);
    await clock.advance(5_000);
    expect(await rtc.read()).toEqual({ utcS: NOW_S + 1_005, stopped: false });
  });

  it('is wrong by as much as one likes, or absent', async () => {
    changeChips(chips, { rtc: { offset_s: -3_600 } });
    expect(await rtc.read()).toEqual({ utcS: NOW_S - 3_600, stopped: false });
    changeChips(chips, { rtc: { answers: false } });
    await expect(rtc.read()).rejects.toMatchObject({ code: 'E307' });
  });

  it('keeps its time through the state of its process', async () => {
    changeChips(chips, { rtc: { offset_s: 42.5 } });
    const { state } = chips.rtc;
    begin();
    chips.rtc.resume(state);
    await clock.advance(1_000);
    expect((await rtc.read()).utcS).toBe(NOW_S + 43);
  });
});

it('forgets half a transaction of somebody who is gone', () => {
  const port = busOf(chips);
  const heard: number[] = [];
  port.onData((bytes) => heard.push(...bytes));
  port.write(Uint8Array.of(0x50, 1));
  port.startOver();
  port.write(encodeTransfer({ address: 0x50, bytes: Uint8Array.of(0, 0), readLength: 2 }));
  expect(heard).toEqual([0, 0, 0]);
});

it.each([
  [{ rtc: { stopt: true } }, 'rtc.stopt'],
  [{ rtc: { stopped: 1 } }, 'rtc.stopped'],
  [{ rtc: { offset_s: 1e12 } }, 'rtc.offset_s'],
  [{ fram: { supply_bytes: -1 } }, 'fram.supply_bytes'],
  [{ fram: { supply_bytes: 1.5 } }, 'fram.supply_bytes'],
  [{ eeprom: {} }, 'eeprom'],
  [7, '(body)'],
])('a change that makes no sense changes nothing and names its key: %j', (body, path) => {
  const before = chips.rtc.state;
  expect(changeChips(chips, body).map((mistake) => mistake.path)).toEqual([path]);
  expect(chips.rtc.state).toBe(before);
});

import { PeristaError } from '@perista/core';
import type { I2cBus } from '../i2c/i2c-bus.ts';
import { decodeTime, encodeTime, TIME_BYTES } from './ds3231m-registers.ts';

/** What the clock says. `stopped`: it lost its supply since it was last set, so its time means nothing. */
export interface RtcReading {
  /** Epoch seconds; null if the registers hold no date. */
  readonly utcS: number | null;
  readonly stopped: boolean;
}

const RTC_ADDRESS = 0x68;
const CONTROL = 0x0e;
const STATUS = 0x0f;
/** Control, "not EOSC": set, the clock stands still on the battery. */
const STOP_ON_BATTERY = 0x80;
/** Status, OSF. */
const OSCILLATOR_STOPPED = 0x80;

/** The real-time clock DS3231M on a bus; methods reject with PeristaError E307 if it does not answer. */
export class Ds3231m {
  readonly #bus: I2cBus;

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  /** Time and status in one transaction: the chip latches the time at its start. */
  async read(): Promise<RtcReading> {
    const registers = await this.#bus.transfer(RTC_ADDRESS, Uint8Array.of(0), STATUS + 1);
    return {
      utcS: decodeTime(registers.subarray(0, TIME_BYTES)),
      stopped: ((registers[STATUS] as number) & OSCILLATOR_STOPPED) !== 0,
    };
  }

  /** Sets the time, and only then says that it can be trusted. `utcS` from 2000 to 2099. @throws PeristaError E307 */
  async set(utcS: number): Promise<void> {
    await this.#write(0, encodeTime(utcS));
    const [control, status] = await this.#bus.transfer(RTC_ADDRESS, Uint8Array.of(CONTROL), 2);
    await this.#write(CONTROL, [
      (control as number) & ~STOP_ON_BATTERY & 0xff,
      (status as number) & ~OSCILLATOR_STOPPED & 0xff,
    ]);
    const now = await this.read();
    const isSet = now.utcS !== null && !now.stopped && now.utcS >= utcS && now.utcS - utcS <= 1;
    if (!isSet) throw new PeristaError('E307', 'The real-time clock does not read back as it was set');
  }

  async #write(register: number, bytes: Iterable<number>): Promise<void> {
    await this.#bus.transfer(RTC_ADDRESS, Uint8Array.from([register, ...bytes]), 0);
  }
}

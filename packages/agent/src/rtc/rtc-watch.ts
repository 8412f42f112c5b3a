import { type Cancel, type Clock, isPeristaError, type Log, PeristaError } from '@perista/core';

/** A clock with a battery of its own. Methods reject with PeristaError E307 if it does not answer. */
export interface Rtc {
  /** Epoch seconds, null where its registers hold no date. `stopped`: it lost its supply since it was set. */
  read(): Promise<{ readonly utcS: number | null; readonly stopped: boolean }>;
  set(utcS: number): Promise<void>;
}

export interface RtcSource {
  readonly rtc: Rtc;
  /** Whether a time server keeps the clock of the machine: then that one sets the other. */
  isSynchronised(): boolean;
}

/** As the controller is told. */
export interface RtcState {
  readonly present: boolean;
  readonly rtcUtcMs?: number;
  readonly osf?: boolean;
}

const EVERY_MS = 10_000;
/** It tells whole seconds. */
const RESOLUTION_MS = 1_500;
const ABSENT: RtcState = { present: false };

/** Reads the real-time clock now and then, and sets it while the time is known better. */
export class RtcWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #source: RtcSource | undefined;
  #seen: { readonly utcMs: number; readonly osf: boolean; readonly atMs: number } | null = null;
  #cancel: Cancel = () => {};
  #isStopped = false;

  constructor(ports: { clock: Clock; log: Log }, source: RtcSource | undefined) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#source = source;
  }

  /** What it says by now. */
  get state(): RtcState {
    if (this.#seen === null) return ABSENT;
    const { utcMs, osf, atMs } = this.#seen;
    return { present: true, rtcUtcMs: utcMs + this.#clock.monotonicMs() - atMs, osf };
  }

  async start(): Promise<void> {
    const source = this.#source;
    if (source === undefined) return;
    await this.#look(source);
    if (!this.#isStopped) this.#cancel = this.#clock.after(EVERY_MS, () => void this.start());
  }

  /** Somebody vouches for `utcMs`. @throws PeristaError E307 where there is no clock, or it does not take the time */
  async set(utcMs: number): Promise<void> {
    const source = this.#source;
    if (source === undefined) throw new PeristaError('E307', 'This unit has no real-time clock');
    await source.rtc.set(Math.round(utcMs / 1000));
    this.#seen = await this.#read(source.rtc);
    this.#log.info({ utcMs }, 'the real-time clock was set to a time that a person vouches for');
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #look({ rtc, isSynchronised }: RtcSource): Promise<void> {
    try {
      this.#seen = await this.#read(rtc);
      if (!isSynchronised()) return;
      const wallMs = this.#clock.wallMs();
      if (!this.#seen.osf && Math.abs(this.#seen.utcMs - wallMs) <= RESOLUTION_MS) return;
      await rtc.set(Math.round(wallMs / 1000));
      this.#seen = await this.#read(rtc);
      this.#log.info({}, 'the real-time clock was set');
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      if (this.#seen !== null)
        this.#log.warn({ code: error.code, reason: error.message }, 'the real-time clock is gone');
      this.#seen = null;
    }
  }

  async #read(rtc: Rtc) {
    const { utcS, stopped } = await rtc.read();
    const atMs = this.#clock.monotonicMs();
    return { utcMs: (utcS ?? 0) * 1000, osf: stopped || utcS === null, atMs };
  }
}

import type { Log } from '@perista/core';
import type { AgentState } from '@perista/protocol/link';
import type { CalendarClock } from './calendar-clock.ts';
import type { TimeSource } from './time-keeper.ts';

export interface RealTimeClockPorts {
  readonly clock: CalendarClock;
  readonly log: Log;
  readonly timeSource: TimeSource;
  /** Clocks are not set while a dose is open (P19). */
  readonly isDoseOpen: () => boolean;
}

/** It tells whole seconds, and is told over a link. */
const TOLERANCE_MS = 3_000;

/**
 * Time of the unit: that of a machine which a time server keeps, else that of the real-time clock that the agent reports,
 * if it has not stopped.
 */
export class RealTimeClock implements TimeSource {
  readonly #ports: RealTimeClockPorts;
  #vouches = false;
  #isPresent = false;

  constructor(ports: RealTimeClockPorts) {
    this.#ports = ports;
  }

  /** Whether the agent has one, as it last told. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  get bootId(): string {
    return this.#ports.timeSource.bootId;
  }

  isSynchronised(): boolean {
    return this.#vouches || this.#ports.timeSource.isSynchronised();
  }

  onReport({ rtc }: Pick<AgentState, 'rtc'>): void {
    const { timeSource, clock, isDoseOpen } = this.#ports;
    this.#isPresent = rtc?.present === true;
    if (timeSource.isSynchronised()) {
      this.#vouches = false;
      if (clock.isCorrected && !isDoseOpen()) clock.follow();
      return;
    }
    this.#vouches = false;
    if (!rtc?.present || rtc.osf) return;
    if (!this.#agrees(rtc.rtcUtcMs) && !isDoseOpen()) this.#takeOver(rtc.rtcUtcMs);
    this.#vouches = this.#agrees(rtc.rtcUtcMs);
  }

  #agrees(rtcUtcMs: number): boolean {
    return Math.abs(rtcUtcMs - this.#ports.clock.wallMs()) <= TOLERANCE_MS;
  }

  #takeOver(rtcUtcMs: number): void {
    const { clock, log } = this.#ports;
    log.info({ byMs: Math.round(rtcUtcMs - clock.wallMs()) }, 'the time is taken from the real-time clock');
    clock.show(rtcUtcMs);
  }
}

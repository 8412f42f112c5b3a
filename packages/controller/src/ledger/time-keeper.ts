import { type Cancel, type Clock, isPeristaError, isPlausible, type Log, PeristaError } from '@perista/core';
import { failureFields } from '../log-fields.ts';
import type { Facts } from './facts.ts';
import { whyUntrusted } from './time-trust.ts';

const EVERY_MS = 60_000;

/** What the machine knows of its clock. */
export interface TimeSource {
  /** Another one each time the machine starts: its clock may have stood still in between. */
  readonly bootId: string;
  /** Whether a time server, or a clock with a battery, has set it since then. */
  isSynchronised(): boolean;
}

export interface TimeKeeperPorts {
  readonly clock: Clock;
  readonly facts: Facts;
  readonly log: Log;
  readonly timeSource: TimeSource;
}

/** Keeps the high-water mark of wall time, written each minute, and says whether the calendar can be trusted (P20). */
export class TimeKeeper {
  readonly #ports: TimeKeeperPorts;
  #cancel: Cancel = () => {};
  #isFailing = false;

  constructor(ports: TimeKeeperPorts) {
    this.#ports = ports;
  }

  /** Whether the database could not be written when it was last tried. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Never decreases. */
  highWaterMs(): number {
    return this.#ports.facts.read('high_water_ms') ?? 0;
  }

  /** Why nothing may be dosed by the calendar, in words, or null. */
  get untrusted(): string | null {
    const { clock, timeSource } = this.#ports;
    const isAccepted = this.#ports.facts.read('time_accepted')?.boot_id === timeSource.bootId;
    const isVouchedFor = isAccepted || timeSource.isSynchronised();
    return whyUntrusted({ wallMs: clock.wallMs(), markMs: this.#markMs(), isVouchedFor });
  }

  /** The latest that it can be by now, whatever the clock shows; ms since 1970. */
  latestMs(): number {
    const wallMs = Math.floor(this.#ports.clock.wallMs());
    return isPlausible(wallMs) ? Math.max(wallMs, this.#markMs()) : this.#markMs();
  }

  /**
   * Somebody says that the clock is right: trust is measured from here until the machine starts again.
   * @throws PeristaError E413 for a year in which nobody can mean it
   */
  accept(): void {
    const { clock, facts, timeSource } = this.#ports;
    const nowMs = Math.floor(clock.wallMs());
    if (!isPlausible(nowMs)) throw new PeristaError('E413', 'The clock shows a year before 2024 or after 2099; set it');
    facts.write('time_accepted', { mark_ms: nowMs, boot_id: timeSource.bootId });
  }

  /** It was `wallMs` once, as somebody remembers who outlived the database. */
  raiseTo(wallMs: number): void {
    if (isPlausible(wallMs) && wallMs > this.highWaterMs()) this.#ports.facts.write('high_water_ms', wallMs);
  }

  start(): void {
    this.#raise();
    this.#cancel = this.#ports.clock.after(EVERY_MS, () => this.start());
  }

  stop(): void {
    this.#cancel();
    this.#raise();
  }

  #markMs(): number {
    return this.#ports.facts.read('time_accepted')?.mark_ms ?? this.highWaterMs();
  }

  #raise(): void {
    const { clock, facts, log } = this.#ports;
    try {
      const nowMs = Math.floor(clock.wallMs());
      if (isPlausible(nowMs)) {
        this.raiseTo(nowMs);
        const accepted = facts.read('time_accepted');
        if (accepted !== undefined && nowMs > accepted.mark_ms)
          facts.write('time_accepted', { ...accepted, mark_ms: nowMs });
      }
      this.#isFailing = false;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#isFailing = true;
      log.error(failureFields(error), 'high-water mark of time not written');
    }
  }
}

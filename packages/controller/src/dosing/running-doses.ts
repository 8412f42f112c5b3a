import type { Clock } from '@perista/core';
import type { Dose } from '@perista/protocol/api';
import type { DoseProgress } from '@perista/protocol/link';
import type { EventBus } from '../events/event-bus.ts';
import { type DoseRow, isMeasured, isPrime } from '../ledger/dose-row.ts';
import { Heartbeat } from './heartbeat.ts';

type Progress = NonNullable<Dose['progress']>;

/** Doses that the agent may be carrying out, as far as memory serves: their beats, their news, and who waits for them. */
export class RunningDoses {
  readonly #clock: Clock;
  readonly #bus: EventBus;
  readonly #heartbeat: Heartbeat;
  /** Whether the turns of each tell its volume. */
  readonly #sent = new Map<string, boolean>();
  readonly #lapsing = new Set<string>();
  readonly #progress = new Map<string, Progress>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(ports: { clock: Clock; bus: EventBus; beat: (doseIds: readonly string[]) => void }) {
    this.#clock = ports.clock;
    this.#bus = ports.bus;
    this.#heartbeat = new Heartbeat(ports.clock, ports.beat);
  }

  get progress(): ReadonlyMap<string, Progress> {
    return this.#progress;
  }

  /** START is sent, or the agent was found to be at it. A prime is kept alive by its button alone. */
  add(dose: DoseRow): void {
    this.#sent.set(dose.dose_id, isMeasured(dose));
    if (!isPrime(dose)) this.#heartbeat.add(dose.dose_id);
  }

  /** Whether somebody waits for news of it. */
  has(doseId: string): boolean {
    return this.#sent.has(doseId);
  }

  beatNow(): void {
    this.#heartbeat.beatNow();
  }

  /** It was told to stop: should the message be lost, its lease ends it. */
  letLapse(doseId: string): void {
    this.#heartbeat.remove(doseId);
    if (this.#sent.has(doseId)) this.#lapsing.add(doseId);
  }

  letAllLapse(): void {
    this.#heartbeat.stop();
    for (const doseId of this.#sent.keys()) this.#lapsing.add(doseId);
  }

  /** It was told to stop: nothing keeps it alive any more, not even a button that is still held. */
  isLapsing(doseId: string): boolean {
    return this.#lapsing.has(doseId);
  }

  tell({ doseId, pumpId, deliveredMl, remainingS, elapsedS }: DoseProgress): void {
    const measured = this.#sent.get(doseId);
    if (measured === undefined) return;
    const progress = { delivered_ml: measured ? deliveredMl : 0, remaining_s: remainingS, elapsed_s: elapsedS };
    this.#progress.set(doseId, progress);
    this.#bus.publish('dose-progress', { doseId, pumpId, progress });
  }

  /** The agent is lost: what it last said of its doses is no news any more. */
  forgetNews(): void {
    this.#progress.clear();
  }

  /** It is over, or it is certain that it never began. */
  drop(doseId: string): void {
    this.#heartbeat.remove(doseId);
    this.#lapsing.delete(doseId);
    this.#sent.delete(doseId);
    this.#progress.delete(doseId);
    for (const wake of this.#waiting.get(doseId) ?? []) wake();
    this.#waiting.delete(doseId);
  }

  /** Resolves when the dose is over, or after `limitMs`. */
  waitUntilOver(doseId: string, limitMs: number): Promise<void> {
    if (!this.#sent.has(doseId)) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(limitMs, resolve);
      const wake = () => {
        cancel();
        resolve();
      };
      this.#waiting.set(doseId, (this.#waiting.get(doseId) ?? new Set()).add(wake));
    });
  }

  async waitUntilAllOver(limitMs: number): Promise<void> {
    await Promise.all([...this.#sent.keys()].map((doseId) => this.waitUntilOver(doseId, limitMs)));
  }

  stop(): void {
    this.letAllLapse();
  }
}

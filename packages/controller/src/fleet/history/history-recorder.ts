import type { Cancel, Clock, Log } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';
import { tolerant } from '../../background.ts';
import type { DeviceNews } from '../fleet-ports.ts';
import type { DeviceHistoryStore, Sample } from './device-history-store.ts';

/** Samples are written together, so many at a time that nobody waits long for it. */
const WRITE_EVERY_MS = 5_000;
const WRITE_AT = 500;
/** While the file cannot be written, so many wait; the oldest are lost first. */
const MOST_WAITING = 20_000;
const PRUNE_EVERY_MS = 3_600_000;
/** A few milliseconds of work at a time. */
const PRUNED_AT_ONCE = 5_000;
const PRUNE_PAUSE_MS = 1_000;
const DAY_MS = 86_400_000;

export interface HistoryRecorderPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: DeviceHistoryStore;
  /** Older samples are removed. */
  readonly days: number;
}

type Progress = DeviceNews & { readonly message: MessageOf<'progress'> };
type Backfill = DeviceNews & { readonly message: MessageOf<'backfill'> };

/** Keeps the numbers that devices tell, and forgets them when they are old. */
export class HistoryRecorder {
  readonly #ports: HistoryRecorderPorts;
  #waiting: Sample[] = [];
  #lost = 0;
  #cancelWrite: Cancel | null = null;
  #cancelPrune: Cancel = () => {};

  constructor(ports: HistoryRecorderPorts) {
    this.#ports = ports;
  }

  /** Samples that were lost because they could not be written. */
  get lost(): number {
    return this.#lost;
  }

  start(): void {
    this.#pruneIn(PRUNE_PAUSE_MS);
  }

  stop(): void {
    this.#cancelPrune();
    this.write();
    this.#cancelWrite?.();
  }

  progress({ deviceId, message: { header, body }, receivedAtMs }: Progress): void {
    const sample = sampleOf(deviceId, receivedAtMs, header, body);
    if (sample !== null) this.#keep(sample);
  }

  /** What the device told again, at the instants that it says. */
  backfill({ deviceId, message: { body }, receivedAtMs }: Backfill): void {
    this.write();
    const samples = body.samples.flatMap(
      ({ boot, seq, ageMs, ...told }) => sampleOf(deviceId, receivedAtMs - (ageMs ?? 0), { boot, seq }, told) ?? [],
    );
    tolerant(this.#ports.log, 'keep samples that a device told again', () => this.#ports.history.addMissing(samples));
  }

  /** Writes what waits, so that whoever reads sees it. */
  write(): void {
    if (this.#waiting.length === 0) return;
    tolerant(this.#ports.log, 'write samples of devices', () => {
      this.#ports.history.add(this.#waiting);
      this.#waiting = [];
    });
  }

  #keep(sample: Sample): void {
    this.#waiting.push(sample);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#lost++;
    } else if (this.#waiting.length % WRITE_AT === 0) this.write();
    this.#cancelWrite ??= this.#ports.clock.after(WRITE_EVERY_MS, () => {
      this.#cancelWrite = null;
      this.write();
    });
  }

  #pruneIn(waitMs: number): void {
    const { clock, log, history, days } = this.#ports;
    this.#cancelPrune = clock.after(waitMs, () => {
      let pruned = 0;
      tolerant(log, 'remove old samples of devices', () => {
        pruned = history.prune(clock.wallMs() - days * DAY_MS, PRUNED_AT_ONCE);
      });
      this.#pruneIn(pruned < PRUNED_AT_ONCE ? PRUNE_EVERY_MS : PRUNE_PAUSE_MS);
    });
  }
}

type Numbers = Pick<MessageOf<'progress'>['body'], 'flowRateMlMin' | 'deliveredVolumeMl' | 'batteryLevel'>;

/** Null: nothing of it can be drawn. */
function sampleOf(
  deviceId: string,
  atMs: number,
  number: Sample['number'],
  { flowRateMlMin, deliveredVolumeMl, batteryLevel }: Numbers,
): Sample | null {
  if (flowRateMlMin === undefined && deliveredVolumeMl === undefined && batteryLevel === undefined) return null;
  return {
    ...{ deviceId, atMs, number },
    flowRateMlMin: flowRateMlMin ?? null,
    deliveredVolumeMl: deliveredVolumeMl ?? null,
    batteryLevel: batteryLevel ?? null,
  };
}

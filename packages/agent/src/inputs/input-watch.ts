import {
  type Cancel,
  type Clock,
  type DoseFailure,
  type InputName,
  type InputReadings,
  inputBlock,
  isPeristaError,
  type Log,
} from '@perista/core';
import type { InputSource } from '@perista/drivers';

/** How often inputs are looked at, ms: a leak stops its pump within two looks. */
const LOOK_MS = 100;
/** Inputs that could not be read for so long are lost, ms. */
const LOST_MS = 500;
/** A blocked pump is free again when its inputs have been well for so long, ms. */
const CLEAR_MS = 1_000;

interface Watched {
  readonly names: readonly InputName[];
  /** Never yet; the first look that finds it well needs no second one. */
  isUnread: boolean;
  block: DoseFailure | null;
  wellSinceMs: number | null;
}

const NOTHING_READ: InputReadings = {};

/** Level switches, leak sensors and interlocks of the pumps. Until they were read they block. */
export class InputWatch {
  readonly #ports: { readonly clock: Clock; readonly log: Log };
  readonly #source: InputSource | undefined;
  readonly #watched: ReadonlyMap<string, Watched>;
  #onChange: (pumpId: string) => void = () => {};
  #readAtMs: number;
  #cancel: Cancel = () => {};
  #isStopped = false;

  constructor(ports: { readonly clock: Clock; readonly log: Log }, source: InputSource | undefined) {
    this.#ports = ports;
    this.#source = source;
    this.#readAtMs = ports.clock.monotonicMs();
    this.#watched = new Map(
      [...(source?.wired ?? [])].map(([pumpId, names]) => [
        pumpId,
        { names, isUnread: true, block: inputBlock(names, NOTHING_READ), wellSinceMs: null },
      ]),
    );
  }

  /** Why the inputs of a pump keep it from moving, or null. */
  blockOf(pumpId: string): DoseFailure | null {
    return this.#watched.get(pumpId)?.block ?? null;
  }

  /** Looks once, then on and on; `onChange` hears of each pump whose block is another one. */
  async start(onChange: (pumpId: string) => void): Promise<void> {
    this.#onChange = onChange;
    await this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#source?.close();
  }

  async #look(): Promise<void> {
    const source = this.#source;
    if (source === undefined || source.wired.size === 0 || this.#isStopped) return;
    const { clock } = this.#ports;
    const readings = await this.#read(source);
    if (this.#isStopped) return;
    if (readings !== null) this.#readAtMs = clock.monotonicMs();
    const isLost = clock.monotonicMs() - this.#readAtMs >= LOST_MS;
    if (readings !== null || isLost) {
      for (const [pumpId, watched] of this.#watched)
        this.#judge(pumpId, watched, readings?.get(pumpId) ?? NOTHING_READ);
    }
    this.#cancel = clock.after(LOOK_MS, () => void this.#look());
  }

  async #read(source: InputSource): Promise<ReadonlyMap<string, InputReadings> | null> {
    try {
      return await source.read();
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.debug({ reason: error.message }, 'the inputs of the pumps cannot be read');
      return null;
    }
  }

  #judge(pumpId: string, watched: Watched, readings: InputReadings): void {
    const { clock, log } = this.#ports;
    const now = inputBlock(watched.names, readings);
    const nowMs = clock.monotonicMs();
    watched.wellSinceMs = now === null ? (watched.wellSinceMs ?? nowMs) : null;
    const isFirst = watched.isUnread && now === null;
    if (readings !== NOTHING_READ) watched.isUnread = false;
    const isClear = watched.wellSinceMs !== null && (isFirst || nowMs - watched.wellSinceMs >= CLEAR_MS);
    const block = isClear ? null : (now ?? watched.block);
    if (block?.code === watched.block?.code) return;
    watched.block = block;
    log.warn({ pumpId, code: block?.code ?? null, reason: block?.message ?? null }, 'inputs of a pump changed');
    this.#onChange(pumpId);
  }
}

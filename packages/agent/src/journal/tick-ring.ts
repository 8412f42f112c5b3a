import type { JournalledTick } from './dose-record.ts';
import type { JournalStorage } from './journal-storage.ts';
import { decodeRecord, encodeRecord } from './record-frame.ts';

const SLOTS = 2;

/** The last ticks of one pump, each over the one before the last: a torn write leaves the tick before it whole. */
export class TickRing {
  readonly #storage: JournalStorage;
  readonly #pumpId: string;
  /** Of the newest tick; null until the ring was read. */
  #sequence: number | null = null;
  /** Whether a tick stood there that cannot be read: rotten, or torn while it was written. */
  hasDamage = false;

  constructor(storage: JournalStorage, pumpId: string) {
    this.#storage = storage;
    this.#pumpId = pumpId;
  }

  /** The newest whole tick of a dose, or null if it has none. */
  async newestOf(doseId: string): Promise<JournalledTick | null> {
    const ticks = (await this.#load()).filter(({ tick }) => tick.doseId === doseId);
    return ticks.sort((one, other) => other.sequence - one.sequence)[0]?.tick ?? null;
  }

  /** Resolves once the tick is durable; the chunk that it announces may then begin. @throws PeristaError E303 */
  async append(tick: JournalledTick): Promise<void> {
    if (this.#sequence === null) await this.#load();
    const sequence = (this.#sequence ?? 0) + 1;
    this.#sequence = sequence;
    await this.#storage.write(this.#slotName(sequence % SLOTS), encodeRecord({ sequence, payload: tick }));
  }

  async #load(): Promise<{ sequence: number; tick: JournalledTick }[]> {
    const slots = await Promise.all(
      Array.from({ length: SLOTS }, (_, slot) => this.#storage.read(this.#slotName(slot))),
    );
    const written = slots.filter((bytes) => bytes !== null);
    const records = written.map(decodeRecord).filter((one) => one !== null);
    this.hasDamage = records.length < written.length;
    this.#sequence = Math.max(0, ...records.map((record) => record.sequence));
    return records.map(({ sequence, payload }) => ({ sequence, tick: payload as JournalledTick }));
  }

  readonly #slotName = (slot: number) => `tick.${this.#pumpId}.${slot}`;
}

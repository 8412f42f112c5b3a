import { assert, type Clock, isPeristaError } from '@perista/core';
import type { Health, Pump } from '@perista/protocol/api';
import type { PumpsSnapshot, UnitState } from '@perista/protocol/live';
import { timestamp } from '../ledger/timestamp.ts';
import type { ControllerServices } from '../services.ts';
import { latest, type Parcel } from './delta.ts';

export interface LiveStatePorts {
  readonly clock: Clock;
  readonly services: Pick<ControllerServices, 'pumps' | 'stops' | 'health'>;
  readonly isAgentPresent: () => boolean;
}

interface Told {
  readonly pump: Pump;
  /** What viewers are to see at once, and what may wait for the next look at everything. */
  readonly prompt: string;
  readonly slow: string;
}

/**
 * Pumps and unit as the viewers were told of them. Reading a pump costs some queries, so only what was marked is read
 * again, and only what then differs is news. The progress of a dose has a message of its own and is no difference.
 */
export class LiveState {
  readonly #ports: LiveStatePorts;
  readonly #told = new Map<string, Told>();
  #unit: UnitState | null = null;
  readonly #marked = new Set<string>();
  #isUnitMarked = false;
  #isAllMarked = false;
  #isSlowDue = false;

  constructor(ports: LiveStatePorts) {
    this.#ports = ports;
  }

  /** Something about the pump may have changed. */
  mark(pumpId: string): void {
    this.#marked.add(pumpId);
  }

  /** Something about the unit beside its pumps may have changed. */
  markUnit(): void {
    this.#isUnitMarked = true;
  }

  markAll(): void {
    this.#isAllMarked = true;
  }

  /** Time alone changes things, and readings of sensors come without end: looks at everything, readings included. */
  markAllAndSlow(): void {
    this.#isAllMarked = true;
    this.#isSlowDue = true;
  }

  /** Nobody was told anything. */
  reset(): void {
    this.#told.clear();
    this.#unit = null;
    this.#marked.clear();
    this.markAllAndSlow();
  }

  /**
   * Reads again what was marked: first what the unit knows without its database, since a latched stop must show also
   * when the disk is gone. @throws PeristaError E301 from the pumps; their marks then stay
   */
  *readNews(): Generator<Parcel> {
    if (!this.#isUnitMarked && !this.#isAllMarked && this.#marked.size === 0) return;
    yield* this.#unitNews(this.#readUnit());
    this.#isUnitMarked = false;
    yield* this.#readPumpNews();
  }

  #readPumpNews(): Parcel[] {
    const pumps = this.#isAllMarked ? this.#ports.services.pumps.list() : this.#readMarked();
    const there = new Set(pumps.map(({ id }) => id));
    const asked = this.#isAllMarked ? [...this.#told.keys()] : [...this.#marked];
    const gone = asked.filter((pumpId) => !there.has(pumpId));
    const news = [
      ...gone.flatMap((pumpId) => this.#goneNews(pumpId)),
      ...pumps.flatMap((pump) => this.#pumpNews(pump)),
    ];
    this.#marked.clear();
    this.#isAllMarked = false;
    this.#isSlowDue = false;
    return news;
  }

  /** As of the last {@link readNews}. */
  snapshot(): Omit<PumpsSnapshot, 'seq'> {
    assert(this.#unit !== null, 'a snapshot is taken of what was read');
    const pumps = [...this.#told.values()].map(({ pump }) => pump);
    return { at: timestamp(this.#ports.clock.wallMs()), ...this.#unit, pumps };
  }

  #readUnit(): UnitState {
    const { stops } = this.#ports.services;
    return { emergency_stop: stops.state(), health: this.#readHealth(), agent: this.#ports.isAgentPresent() };
  }

  #readHealth(): Health {
    try {
      return this.#ports.services.health.read();
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return { status: 'degraded', reasons: [error.message], version: this.#unit?.health.version ?? '' };
    }
  }

  #readMarked(): Pump[] {
    return [...this.#marked].flatMap((pumpId) => {
      try {
        return this.#ports.services.pumps.get(pumpId);
      } catch (error) {
        if (isPeristaError(error, 'E404')) return [];
        throw error;
      }
    });
  }

  #unitNews(unit: UnitState): Parcel[] {
    if (JSON.stringify(unit) === JSON.stringify(this.#unit)) return [];
    this.#unit = unit;
    return [latest('unit', { name: 'unit:state', news: unit })];
  }

  #goneNews(pumpId: string): Parcel[] {
    if (!this.#told.delete(pumpId)) return [];
    return [latest(pumpKey(pumpId), { name: 'pump:removed', news: { pump_id: pumpId } })];
  }

  #pumpNews(pump: Pump): Parcel[] {
    const told = this.#told.get(pump.id);
    const now = { pump, ...fingerprints(pump) };
    if (told !== undefined && told.prompt === now.prompt && (!this.#isSlowDue || told.slow === now.slow)) {
      this.#told.set(pump.id, { ...told, pump });
      return [];
    }
    this.#told.set(pump.id, now);
    return [latest(pumpKey(pump.id), { name: 'pump:state', news: { pump } })];
  }
}

const pumpKey = (pumpId: string): string => `pump ${pumpId}`;

function fingerprints({ sensors, current_dose, ...rest }: Pump): Omit<Told, 'pump'> {
  const dose = current_dose && { ...current_dose, progress: null };
  const alarming = sensors && { enabled: sensors.enabled, stalled: sensors.stalled };
  return { prompt: JSON.stringify({ ...rest, dose, alarming }), slow: JSON.stringify(sensors) };
}

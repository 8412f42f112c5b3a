import type { EmergencyStop } from '@perista/protocol/api';
import type { Facts } from '../ledger/facts.ts';

const RELEASED: EmergencyStop = { latched: false, since: null, actor: null, reason: null, outcome: null };

/** The emergency stop as the controller knows it. While latched no order is accepted; it survives restarts. */
export class EmergencyLatch {
  readonly #facts: Facts;
  #state: EmergencyStop;

  constructor(facts: Facts) {
    this.#facts = facts;
    this.#state = facts.read('emergency_stop') ?? RELEASED;
  }

  get isLatched(): boolean {
    return this.#state.latched;
  }

  get state(): EmergencyStop {
    return this.#state;
  }

  /** Takes effect at once, whether or not it can be written afterwards. */
  raise(state: EmergencyStop): void {
    this.#state = state;
  }

  save(): void {
    this.#facts.write('emergency_stop', this.#state);
  }

  /** Is written before it takes effect. */
  release(): void {
    this.#facts.write('emergency_stop', RELEASED);
    this.#state = RELEASED;
  }
}

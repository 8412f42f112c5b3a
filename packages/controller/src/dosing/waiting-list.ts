import type { Clock } from '@perista/core';
import type { Queue } from '@perista/protocol/api';
import type { DoseStore } from '../ledger/dose-store.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { WaitingDoses } from '../services.ts';
import type { DoseDispatcher } from './dose-dispatcher.ts';

/** What waits, in its order, and why. */
export class WaitingList implements WaitingDoses {
  readonly #ports: {
    readonly clock: Clock;
    readonly doses: DoseStore;
    readonly dispatcher: Pick<DoseDispatcher, 'obstacles'>;
  };

  constructor(ports: {
    readonly clock: Clock;
    readonly doses: DoseStore;
    readonly dispatcher: Pick<DoseDispatcher, 'obstacles'>;
  }) {
    this.#ports = ports;
  }

  read(): Queue {
    const { clock, doses, dispatcher } = this.#ports;
    return {
      items: dispatcher.obstacles(doses.open()).map(({ dose, obstacle }) => ({
        dose_id: dose.dose_id,
        pump_id: dose.pump_id,
        cause: dose.cause,
        volume_ml: dose.requested_ml,
        accepted_at: timestamp(dose.accepted_at_ms),
        start_before: timestamp(dose.start_before_ms ?? dose.accepted_at_ms),
        code: obstacle?.code ?? null,
        reason: obstacle?.sentence ?? null,
        waits_for: obstacle?.wait?.held.waitsFor ?? null,
        earliest_at: obstacle?.wait === undefined ? null : timestamp(clock.wallMs() + obstacle.wait.leftMs),
      })),
    };
  }
}

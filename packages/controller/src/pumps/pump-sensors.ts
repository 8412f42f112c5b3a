import type { Clock } from '@perista/core';
import type { Pump } from '@perista/protocol/api';
import type { SensorState } from '@perista/protocol/link';
import { timestamp } from '../ledger/timestamp.ts';

type Sensors = NonNullable<Pump['sensors']>;

/** What the agent last told of encoders, enable and stall states and lines. News only: a restart begins without any. */
export class PumpSensors {
  readonly #clock: Clock;
  readonly #latest = new Map<string, Sensors>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(news: SensorState): void {
    this.#latest.set(news.pumpId, {
      at: timestamp(this.#clock.wallMs()),
      encoder_counts: news.positionCounts ?? null,
      enabled: news.enabled ?? null,
      stalled: news.stalled ?? null,
      line: {
        answered: news.lineAnswered,
        lost: news.lineLost,
        discarded_bytes: news.lineDiscardedBytes,
      },
    });
  }

  of(pumpId: string): Sensors | null {
    return this.#latest.get(pumpId) ?? null;
  }
}

import type { Clock } from '@perista/core';
import type { About } from '@perista/protocol/api';
import { timestamp } from '../ledger/timestamp.ts';
import type { UnitIdentity } from '../services.ts';

export interface AboutPorts {
  readonly clock: Clock;
  readonly version: string;
  readonly emulated: boolean;
  readonly site: { readonly timezone: string; readonly doserId: string };
}

/** Which unit this is; its start is when this was made. */
export class AboutService implements UnitIdentity {
  readonly #ports: AboutPorts;
  readonly #startedAt: string;

  constructor(ports: AboutPorts) {
    this.#ports = ports;
    this.#startedAt = timestamp(ports.clock.wallMs());
  }

  read(): About {
    const { clock, version, emulated, site } = this.#ports;
    return {
      version,
      doser_id: site.doserId,
      timezone: site.timezone,
      emulated,
      started_at: this.#startedAt,
      now: timestamp(clock.wallMs()),
    };
  }
}

import type { Clock } from '@perista/core';
import type { TimeAccepted } from '@perista/protocol/api';
import type { Actor, EventLog, Times } from '../services.ts';
import type { Store } from '../store/store.ts';
import { localTime } from './site-time.ts';
import type { TimeKeeper } from './time-keeper.ts';
import { timestamp } from './timestamp.ts';

export interface TimeServicePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
  readonly timeKeeper: TimeKeeper;
  /** IANA zone of the site. */
  readonly timezone: string;
  /** What has to look at the calendar anew. Joins the transaction. */
  readonly reopen: (nowMs: number) => void;
  /** Hands the time on to the clock with a battery, so that it need not be accepted after each start of the machine. */
  readonly setRtc: (utcMs: number) => void;
}

/** What a person says of the time. */
export class TimeService implements Times {
  readonly #ports: TimeServicePorts;

  constructor(ports: TimeServicePorts) {
    this.#ports = ports;
  }

  accept(actor: Actor): TimeAccepted {
    const { store, clock, events, timeKeeper, timezone, reopen, setRtc } = this.#ports;
    const nowMs = Math.floor(clock.wallMs());
    const { untrusted } = timeKeeper;
    if (untrusted !== null) {
      store.transaction(() => {
        timeKeeper.accept();
        reopen(nowMs);
        const data = { utc_time: timestamp(nowMs), reason: untrusted };
        events.append({ kind: 'time_accepted', severity: 'warning', actor: actor.name, data });
      });
      setRtc(clock.wallMs());
    }
    return { utc_time: timestamp(nowMs), local_time: localTime(nowMs, timezone), timezone };
  }
}

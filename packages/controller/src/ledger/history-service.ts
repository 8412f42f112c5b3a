import type { Clock } from '@perista/core';
import type { HistoryDay, PumpHistory } from '@perista/protocol/api';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Histories } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type SiteDay, siteDays } from './site-days.ts';

export interface HistoryPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly pumps: Pick<PumpStore, 'get'>;
  /** IANA zone of the site. */
  readonly timezone: string;
}

type DayTotals = Pick<HistoryDay, 'lo_ml' | 'hi_ml' | 'doses' | 'not_given'>;

/** What a pump gave, day by day: a dose belongs to the day on which it started, or was asked for if it never did. What a calibration ran is measured and thrown away. */
export class HistoryService implements Histories {
  readonly #ports: HistoryPorts;
  /** The days that were asked for last, by how many: to count calendar days costs more than to add up a day. */
  #calendar: readonly SiteDay[] = [];

  constructor(ports: HistoryPorts) {
    this.#ports = ports;
  }

  ofPump(pumpId: string, days: number): PumpHistory {
    const { clock, pumps, timezone } = this.#ports;
    pumps.get(pumpId);
    const calendar = this.#daysUpTo(clock.wallMs(), days);
    const totals = this.#totals(pumpId, calendar);
    const rows = calendar.map(({ day }, index) => ({ day, planned_ml: null, ...(totals[index] ?? NOTHING) }));
    return { pump_id: pumpId, timezone, days: rows };
  }

  #daysUpTo(nowMs: number, count: number): readonly SiteDay[] {
    const today = this.#calendar.at(-1);
    const isOld = today === undefined || nowMs < today.fromMs || nowMs >= today.toMs;
    if (isOld || this.#calendar.length !== count) this.#calendar = siteDays(this.#ports.timezone, nowMs, count);
    return this.#calendar;
  }

  /** One row for each day, in their order. What waits and has not begun counts on no day yet. */
  #totals(pumpId: string, days: readonly { fromMs: number; toMs: number }[]): DayTotals[] {
    return this.#ports.store.all<DayTotals>(
      `SELECT total(lo_ml) AS lo_ml, total(hi_ml) AS hi_ml,
         count(*) FILTER (WHERE hi_ml > 0) AS doses, count(*) FILTER (WHERE hi_ml = 0) AS not_given
       FROM json_each(?) AS day LEFT JOIN doses ON pump_id = ? AND cause <> 'calibration'
         AND coalesce(started_at_ms, accepted_at_ms) >= day.value ->> 0
         AND coalesce(started_at_ms, accepted_at_ms) < day.value ->> 1
         AND (started_at_ms IS NOT NULL OR ended_at_ms IS NOT NULL)
       GROUP BY day.key ORDER BY day.key`,
      JSON.stringify(days.map(({ fromMs, toMs }) => [fromMs, toMs])),
      pumpId,
    );
  }
}

const NOTHING: DayTotals = { lo_ml: 0, hi_ml: 0, doses: 0, not_given: 0 };

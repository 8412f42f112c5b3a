import { Temporal } from 'temporal-polyfill';

/** A calendar day of the site, as instants. A day has 23 or 25 h where clocks are changed. */
export interface SiteDay {
  /** Such as 2026-03-29. */
  readonly day: string;
  /** First instant, ms since 1970. */
  readonly fromMs: number;
  /** First instant of the next day. */
  readonly toMs: number;
}

/** The last `count` days up to the one of `nowMs` in the IANA zone `timezone`, oldest first. */
export function siteDays(timezone: string, nowMs: number, count: number): SiteDay[] {
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(nowMs)).toZonedDateTimeISO(timezone).toPlainDate();
  const startMs = (daysAgo: number) => today.subtract({ days: daysAgo }).toZonedDateTime(timezone).epochMilliseconds;
  let fromMs = startMs(count - 1);
  return Array.from({ length: count }, (_, index) => {
    const daysAgo = count - 1 - index;
    const toMs = startMs(daysAgo - 1);
    const day = { day: today.subtract({ days: daysAgo }).toString(), fromMs, toMs };
    fromMs = toMs;
    return day;
  });
}

import { Temporal } from 'temporal-polyfill';

/** RFC 3339 with the offset of the site's zone. */
export const localTime = (wallMs: number, timezone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO(timezone).toString({ timeZoneName: 'never' });

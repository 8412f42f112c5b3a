/** RFC 3339 in UTC, of ms since 1970. */
export const timestamp = (wallMs: number): string => new Date(wallMs).toISOString();

export const timestampOrNull = (wallMs: number | null): string | null => (wallMs === null ? null : timestamp(wallMs));

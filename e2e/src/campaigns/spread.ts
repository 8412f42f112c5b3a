/** The value that a `share` of all values does not exceed; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Durations for a report: `p50 12, p99 40, max 51 ms`. */
export function spread(durationsMs: readonly number[]): string {
  const at = (share: number) => percentile(durationsMs, share).toFixed(0);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms`;
}

/** Most that a dose may give and take. */
export interface CapLimits {
  readonly volumeMl: number;
  readonly durationMs: number;
}

const VOLUME_MARGIN = 1.05;
const DURATION_MARGIN = 1.25;
const DURATION_SLACK_MS = 10_000;

/**
 * The cap that an order of `planned` carries, and equally the largest cap that an agent accepts where `planned` are its
 * own limits: room for rounding to pulses and for a board that turns slower than commanded, and no more.
 */
export const capFor = (planned: CapLimits): CapLimits => ({
  volumeMl: planned.volumeMl * VOLUME_MARGIN,
  durationMs: planned.durationMs * DURATION_MARGIN + DURATION_SLACK_MS,
});

import type { DoseStart } from '@perista/agent';

/**
 * Whether a dose that turned by `turns` came near the encoder's first turn after its board got power: a reading there may
 * be that of a board that restarted.
 */
export function isInFirstTurn({ e0, encoder }: DoseStart, turns: number): boolean {
  const span = 2 ** encoder.bits;
  const fromZero = Math.min(e0, span - e0);
  return fromZero <= (1 + turns) * encoder.countsPerRev;
}

/** Signed counts from one reading of a counter that wraps at 2^bits to another, by the shorter way around. */
export function positionDelta(from: number, to: number, bits: number): number {
  const span = 2 ** bits;
  const forward = (((to - from) % span) + span) % span;
  return forward >= span / 2 ? forward - span : forward;
}

/** Encoder counts, not rounded, that `pulses` step pulses turn the shaft by. */
export function pulsesToCounts(pulses: number, pulsesPerRev: number, countsPerRev: number): number {
  return (pulses * countsPerRev) / pulsesPerRev;
}

/** Step pulses, not rounded, that turn the shaft by `counts`. */
export function countsToPulses(counts: number, pulsesPerRev: number, countsPerRev: number): number {
  return (counts * pulsesPerRev) / countsPerRev;
}

export function countsToRevolutions(counts: number, countsPerRev: number): number {
  return counts / countsPerRev;
}

import type { CalibrationSession, ProposedRun } from '@perista/protocol/api';

/** A board's speed this close to the proposed one is that one. */
const SAME_SPEED = 0.02;

export interface Proposal {
  /** The run to do next; the first again when all were done. */
  readonly next: ProposedRun | undefined;
  readonly measured: number;
  readonly wanted: number;
}

/** How far a session has come with what it proposes. */
export function proposalOf({ proposed, repeats, runs }: CalibrationSession): Proposal {
  const counts = proposed.map(({ rpm }) => {
    const done = runs.filter(
      (run) => run.kind === 'speed' && run.state === 'measured' && !run.outlier && isSpeed(run.rpm, rpm),
    );
    return Math.min(repeats, done.length);
  });
  const open = counts.findIndex((count) => count < repeats);
  return {
    next: proposed[Math.max(0, open)],
    measured: counts.reduce((sum, count) => sum + count, 0),
    wanted: proposed.length * repeats,
  };
}

/** A relay has one speed, and it is not told. */
const isSpeed = (rpm: number, proposed: number | null): boolean =>
  proposed === null || Math.abs(rpm / proposed - 1) <= SAME_SPEED;

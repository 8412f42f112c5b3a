/** How full a container is, in words that a person acts on. */
export const CONTAINER_CONDITIONS = ['ok', 'low', 'empty'] as const;
export type ContainerCondition = (typeof CONTAINER_CONDITIONS)[number];

/** What a container can hold and where it counts as low and as empty, ml. */
export interface ContainerMarks {
  readonly capacityMl: number;
  readonly lowMl: number;
  /** What has to stay in it, so that no pump draws air. */
  readonly emptyMl: number;
}

/** Part of the capacity that a level has to rise above a mark before the warning goes away. */
const HYSTERESIS_PART = 0.05;

/** Part of the capacity that counts as low unless somebody has said otherwise. */
const LOW_PART = 0.1;

export const defaultMarks = (capacityMl: number): ContainerMarks => ({
  capacityMl,
  lowMl: capacityMl * LOW_PART,
  emptyMl: 0,
});

/** What pumps may still draw, ml. */
export const usableMl = (levelMl: number, { emptyMl }: Pick<ContainerMarks, 'emptyMl'>): number =>
  Math.max(0, levelMl - emptyMl);

/**
 * What a container is at `levelMl` after it was `was`. It is empty when it cannot give `leastDoseMl` above its empty mark.
 * A level that moves about a mark does not warn again and again: going back takes a twentieth of the capacity more, or a
 * full container.
 */
export function nextCondition(
  was: ContainerCondition,
  levelMl: number,
  marks: ContainerMarks,
  leastDoseMl: number,
): ContainerCondition {
  const emptyBelowMl = Math.min(marks.emptyMl + leastDoseMl, marks.capacityMl);
  const needsRefill = levelMl < emptyBelowMl || levelMl <= marks.emptyMl;
  if (needsRefill || (was === 'empty' && !isWellAbove(levelMl, emptyBelowMl, marks))) return 'empty';
  if (levelMl < marks.lowMl || (was !== 'ok' && !isWellAbove(levelMl, marks.lowMl, marks))) return 'low';
  return 'ok';
}

const isWellAbove = (levelMl: number, markMl: number, { capacityMl }: ContainerMarks): boolean =>
  levelMl >= Math.min(capacityMl, markMl + capacityMl * HYSTERESIS_PART);

import type { LifeResult } from './live.ts';

/** A life without its trace, and with what must be known to live it again. */
export type LifeLine = Omit<LifeResult, 'trace'>;

/** What many lives were together. */
export interface Summary {
  readonly lives: number;
  readonly deviceYears: number;
  readonly doses: Readonly<Record<string, number>>;
  readonly strikes: Readonly<Record<string, number>>;
  readonly violations: readonly LifeLine[];
  /** Simulated days for each second of one core. */
  readonly daysPerSecond: number;
}

export function summarise(lives: readonly LifeLine[]): Summary {
  const days = total(lives.map((life) => life.days));
  const cpuMs = total(lives.map((life) => life.cpuMs));
  return {
    lives: lives.length,
    deviceYears: days / 365,
    doses: addUp(lives.map((life) => life.doses)),
    strikes: addUp(lives.map((life) => life.strikes)),
    violations: lives.filter(({ violation }) => violation !== null),
    daysPerSecond: cpuMs === 0 ? 0 : (days * 1000) / cpuMs,
  };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function addUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const count of counts) {
    for (const [name, value] of Object.entries(count)) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

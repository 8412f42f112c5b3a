import { parseDecimal } from '@perista/core';
import type { Pump, PumpPatch } from '@perista/protocol/api';
import { useFormat } from '../../format/format.ts';

export const LIMITS = ['single_ml', 'duration_s', 'hour_ml', 'day_ml', 'week_ml', 'max_rate_ml_min'] as const;
export type LimitName = (typeof LIMITS)[number];

export const UNITS: Readonly<Record<LimitName, string>> = {
  single_ml: 'ml',
  duration_s: 's',
  hour_ml: 'ml',
  day_ml: 'ml',
  week_ml: 'ml',
  max_rate_ml_min: 'ml/min',
};

/** What was typed, of what was touched. */
export type LimitsDraft = Readonly<Partial<Record<LimitName, string>>>;
export type LimitProblem = 'empty' | 'not-a-number' | 'ambiguous' | 'zero';

const TENFOLD = 10;

export const limitsOf = ({ limits, max_rate_ml_min }: Pump): readonly (readonly [LimitName, number])[] =>
  Object.entries({ ...limits, max_rate_ml_min }) as [LimitName, number][];

export function readLimit(text: string): number | LimitProblem {
  const parsed = parseDecimal(text);
  if (parsed.kind !== 'number') return parsed.kind;
  return parsed.value > 0 ? parsed.value : 'zero';
}

/** How many times as much as now, where somebody may have slipped; null else. */
export function slipOf(now: number, typed: number | LimitProblem): number | null {
  return typeof typed === 'number' && typed / now >= TENFOLD ? typed / now : null;
}

/** What saves a draft; null while it cannot be, or there is nothing to save. */
export function patchOf(pump: Pump, draft: LimitsDraft): PumpPatch | null {
  const read = limitsOf(pump).flatMap(([name, now]) => {
    const text = draft[name];
    const value = text === undefined ? now : readLimit(text);
    return value === now ? [] : [[name, value] as const];
  });
  if (read.length === 0 || read.some(([, value]) => typeof value === 'string')) return null;
  const { max_rate_ml_min, ...limits } = Object.fromEntries(read) as Partial<Record<LimitName, number>>;
  return {
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(max_rate_ml_min !== undefined && { max_rate_ml_min }),
  };
}

/** A limit with its unit. */
export function useLimitText(): (name: LimitName, value: number) => string {
  const format = useFormat();
  return (name, value) => {
    if (name === 'duration_s') return format.duration(value);
    return name === 'max_rate_ml_min' ? format.rate(value) : format.ml(value);
  };
}

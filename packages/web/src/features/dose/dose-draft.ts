import { checkCaps, estimateDose, parseDecimal, type Refusal, refusals, usableMl } from '@perista/core';
import type { DoseRequest, Pump } from '@perista/protocol/api';

/** What stands in the form, as typed. */
export interface DoseDraft {
  readonly volume: string;
  readonly duration: string;
  readonly direction: NonNullable<DoseRequest['direction']>;
}

export const EMPTY_DRAFT: DoseDraft = { volume: '', duration: '', direction: 'forward' };

export type FieldProblem = 'empty' | 'not-a-number' | 'ambiguous' | 'zero';

/** What a draft amounts to, before anything is sent. */
export type DraftOutlook =
  | { readonly kind: 'unreadable'; readonly field: 'volume' | 'duration'; readonly problem: FieldProblem }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'ready';
      readonly request: DoseRequest;
      readonly durationS: number;
      readonly rateMlPerMin: number;
      /** Stated error of the calibration, ± ml. */
      readonly errorMl: number;
    };

/**
 * Reads a draft and tells what the pump would say to it, by the rules that decide on the server too. The server has the
 * last word: it knows what changed meanwhile.
 */
export function lookAhead(draft: DoseDraft, pump: Pump): DraftOutlook {
  const volume = readField(draft.volume);
  if (typeof volume === 'string') return { kind: 'unreadable', field: 'volume', problem: volume };
  const duration = draft.duration.trim() === '' ? undefined : readField(draft.duration);
  if (typeof duration === 'string') return { kind: 'unreadable', field: 'duration', problem: duration };

  if (pump.hardware.kind === 'relay' && draft.direction === 'reverse') {
    return { kind: 'refused', refusal: refusals.oneWay() };
  }
  const { rate_range_ml_min: range, calibration, limits } = pump;
  if (range === null || calibration === null) return { kind: 'refused', refusal: refusals.notCalibrated() };
  const estimate = estimateDose(
    { volumeMl: volume, ...(duration !== undefined && { durationS: duration }) },
    {
      range: {
        slowestMlPerMin: range.slowest,
        comfortableMlPerMin: range.comfortable,
        fastestMlPerMin: range.fastest,
      },
      limits: { singleMl: limits.single_ml, durationS: limits.duration_s },
      minDoseMl: pump.min_dose_ml,
    },
  );
  if (estimate.kind === 'refused') return { kind: 'refused', refusal: estimate };
  const refusal = refuseByWhatIsLeft(volume, draft.direction, pump);
  if (refusal !== null) return { kind: 'refused', refusal };
  return {
    kind: 'ready',
    request: {
      volume_ml: volume,
      ...(duration !== undefined && { duration_s: duration }),
      ...(draft.direction === 'reverse' && { direction: 'reverse' as const }),
    },
    durationS: estimate.durationS,
    rateMlPerMin: estimate.rateMlPerMin,
    errorMl: (volume * calibration.error_pct) / 100,
  };
}

/** A positive number as typed, or why it is none. */
export function readField(text: string): number | FieldProblem {
  const parsed = parseDecimal(text);
  if (parsed.kind !== 'number') return parsed.kind;
  return parsed.value > 0 ? parsed.value : 'zero';
}

function refuseByWhatIsLeft(volumeMl: number, direction: DoseDraft['direction'], pump: Pump): Refusal | null {
  const { limits, remaining_ml: left, container } = pump;
  const overCap = checkCaps(
    volumeMl,
    {
      hourMl: Math.max(0, limits.hour_ml - left.hour),
      dayMl: Math.max(0, limits.day_ml - left.day),
      weekMl: Math.max(0, limits.week_ml - left.week),
    },
    {
      singleMl: limits.single_ml,
      durationS: limits.duration_s,
      hourMl: limits.hour_ml,
      dayMl: limits.day_ml,
      weekMl: limits.week_ml,
    },
  );
  if (overCap !== null) return overCap;
  const leftMl = usableMl(container.level_ml, { emptyMl: container.empty_ml });
  const isTooMuch = direction === 'forward' && volumeMl > leftMl;
  return isTooMuch ? refusals.container(volumeMl, leftMl, container.empty_ml) : null;
}

const TENFOLD = 9.5;

/** How many times larger (or smaller, below 1) than the last dose, if that looks like a slipped decimal; else null. */
export function suspiciousFactor(volumeMl: number, lastMl: number | undefined): number | null {
  if (lastMl === undefined || lastMl <= 0) return null;
  const factor = volumeMl / lastMl;
  return factor >= TENFOLD || factor <= 1 / TENFOLD ? factor : null;
}

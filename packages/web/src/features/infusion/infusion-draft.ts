import {
  checkParameters,
  completeParameters,
  DEFAULT_INFUSION_LIMITS,
  type GivenParameters,
  type InfusionParameters,
  isLeap,
  type ParameterMistake,
  type ParameterName,
  parseDecimal,
} from '@perista/core';
import type { InfusionRequest } from '@perista/protocol/api';

/** What stands in the form, as typed. */
export interface InfusionDraft {
  readonly subject: string;
  readonly flowRateMlMin: string;
  readonly plannedTimeMin: string;
  readonly plannedVolumeMl: string;
  readonly hasBolus: boolean;
  readonly bolusVolumeMl: string;
}

export const EMPTY_INFUSION: InfusionDraft = {
  subject: '',
  flowRateMlMin: '',
  plannedTimeMin: '',
  plannedVolumeMl: '',
  hasBolus: false,
  bolusVolumeMl: '',
};

export const PARAMETERS = ['flowRateMlMin', 'plannedTimeMin', 'plannedVolumeMl'] as const satisfies ParameterName[];
export type DraftField = ParameterName | 'bolusVolumeMl';

export type FieldFault =
  | { readonly kind: 'empty' | 'not-a-number' | 'ambiguous' | 'zero' | 'bolus' }
  | Extract<ParameterMistake, { rule: 'range' | 'contradiction' }>;

/** What a draft amounts to. Typed values are never changed; the third of rate, time and volume follows from two. */
export interface DraftReading {
  /** What is wrong, by field. */
  readonly faults: Readonly<Partial<Record<DraftField, FieldFault>>>;
  /** What follows from what was typed; null until two are there. */
  readonly parameters: InfusionParameters | null;
  /** Whether it may be sent. */
  readonly isReady: boolean;
  /** The field that was left empty and follows. */
  readonly follows: ParameterName | null;
}

export function readDraft(draft: InfusionDraft): DraftReading {
  const faults: Partial<Record<DraftField, FieldFault>> = {};
  const read = (field: DraftField): number | undefined => {
    const parsed = parseDecimal(draft[field]);
    if (parsed.kind === 'empty') return undefined;
    if (parsed.kind === 'number' && parsed.value > 0) return parsed.value;
    faults[field] = { kind: parsed.kind === 'number' ? 'zero' : parsed.kind };
    return undefined;
  };
  const given: GivenParameters = Object.fromEntries(PARAMETERS.map((name) => [name, read(name)]));
  const bolusVolumeMl = draft.hasBolus ? read('bolusVolumeMl') : 0;
  if (bolusVolumeMl === undefined && faults.bolusVolumeMl === undefined) faults.bolusVolumeMl = { kind: 'bolus' };
  const whole = isWhole(given) ? given : completeParameters(given);
  if (whole === undefined) return { faults, parameters: null, isReady: false, follows: null };
  const parameters = { ...whole, bolus: { enabled: draft.hasBolus, volumeMl: bolusVolumeMl ?? 0 } };
  for (const mistake of checkParameters(parameters, DEFAULT_INFUSION_LIMITS)) {
    if (mistake.rule !== 'two-of-three') faults[mistake.key] ??= mistake;
  }
  const follows = PARAMETERS.find((name) => given[name] === undefined) ?? null;
  return { faults, parameters, isReady: Object.keys(faults).length === 0, follows };
}

type Whole = Required<{ [Name in ParameterName]: number }>;

const isWhole = (given: GivenParameters): given is Whole => PARAMETERS.every((name) => given[name] !== undefined);

/** The request as it was read: what the server gets is what was shown. */
export function requestOf(draft: InfusionDraft, parameters: InfusionParameters): InfusionRequest {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = parameters;
  const subject = draft.subject.trim();
  return {
    ...{ flowRateMlMin, plannedTimeMin, plannedVolumeMl },
    ...(bolus.enabled && { bolus }),
    ...(subject !== '' && { subject }),
  };
}

export interface Leap {
  readonly field: ParameterName;
  readonly before: number;
  readonly now: number;
}

/** The first value that is ten times what it was in the last infusion, or a tenth of it. */
export function leapOf(parameters: InfusionParameters, before: Omit<InfusionParameters, 'bolus'> | null): Leap | null {
  if (before === null) return null;
  const field = PARAMETERS.find((name) => isLeap(before[name], parameters[name]));
  return field === undefined ? null : { field, before: before[field], now: parameters[field] };
}

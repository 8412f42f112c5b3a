/** Given at once, before the infusion proper runs at its rate. */
export interface Bolus {
  readonly enabled: boolean;
  readonly volumeMl: number;
}

/** What a remote device is asked to infuse. Rate in ml/min, time in min, volume in ml without the bolus. */
export interface InfusionParameters {
  readonly flowRateMlMin: number;
  readonly plannedTimeMin: number;
  readonly plannedVolumeMl: number;
  readonly bolus: Bolus;
}

/** Any two of the three; the third follows. */
export interface GivenParameters {
  readonly flowRateMlMin?: number | undefined;
  readonly plannedTimeMin?: number | undefined;
  readonly plannedVolumeMl?: number | undefined;
}

export type ParameterName = keyof GivenParameters;

/** What a device may be asked for at most; least and most of each. */
export interface InfusionLimits {
  readonly flowRateMlMin: readonly [least: number, most: number];
  readonly plannedTimeMin: readonly [least: number, most: number];
  readonly plannedVolumeMl: readonly [least: number, most: number];
  readonly bolusVolumeMl: readonly [least: number, most: number];
}

/** For devices that nobody has told us more of. */
export const DEFAULT_INFUSION_LIMITS: InfusionLimits = {
  flowRateMlMin: [0.001, 100],
  plannedTimeMin: [0.1, 10_080],
  plannedVolumeMl: [0.01, 5_000],
  bolusVolumeMl: [0.01, 100],
};

/** Two values mean the same if they differ by less than the digits that a device keeps. */
const RELATIVE_TOLERANCE = 0.005;
/** Rounded so that what people read, what is sent and what comes back are one number. */
const DIGITS = 4;
/** A value so many times the one before it is asked about: a decimal point was missed. */
const LEAP = 10;

export type ParameterMistake =
  | { readonly rule: 'two-of-three'; readonly given: number }
  | {
      readonly rule: 'contradiction';
      readonly key: 'plannedVolumeMl';
      readonly value: number;
      readonly follows: number;
    }
  | {
      readonly rule: 'range';
      readonly key: keyof InfusionLimits;
      readonly value: number;
      readonly least: number;
      readonly most: number;
    };

const rounded = (value: number): number => Number(value.toPrecision(DIGITS + 2));

/** Whether two numbers are the same amount for a device that keeps fewer digits. */
export const isSameAmount = (one: number, other: number): boolean =>
  Math.abs(one - other) <= RELATIVE_TOLERANCE * Math.max(Math.abs(one), Math.abs(other));

/** The third of rate, time and volume; undefined unless exactly two are given. What was given is never changed. */
export function completeParameters(given: GivenParameters): Omit<InfusionParameters, 'bolus'> | undefined {
  const { flowRateMlMin: rate, plannedTimeMin: time, plannedVolumeMl: volume } = given;
  if (rate !== undefined && time !== undefined && volume === undefined) {
    return { flowRateMlMin: rate, plannedTimeMin: time, plannedVolumeMl: rounded(rate * time) };
  }
  if (rate !== undefined && volume !== undefined && time === undefined) {
    return { flowRateMlMin: rate, plannedTimeMin: rounded(volume / rate), plannedVolumeMl: volume };
  }
  if (time !== undefined && volume !== undefined && rate === undefined) {
    return { flowRateMlMin: rounded(volume / time), plannedTimeMin: time, plannedVolumeMl: volume };
  }
  return undefined;
}

/** All that is wrong with parameters; empty if nothing is. */
export function checkParameters(parameters: InfusionParameters, limits: InfusionLimits): ParameterMistake[] {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = parameters;
  const values: [keyof InfusionLimits, number][] = [
    ['flowRateMlMin', flowRateMlMin],
    ['plannedTimeMin', plannedTimeMin],
    ['plannedVolumeMl', plannedVolumeMl],
  ];
  if (bolus.enabled) values.push(['bolusVolumeMl', bolus.volumeMl]);
  const mistakes: ParameterMistake[] = [];
  for (const [key, value] of values) {
    const [least, most] = limits[key];
    // Not "outside": NaN is inside of nothing.
    if (!(value >= least && value <= most)) mistakes.push({ rule: 'range', key, value, least, most });
  }
  const contradiction = contradictionIn(parameters);
  if (contradiction !== null) mistakes.push(contradiction);
  return mistakes;
}

/** The planned volume, where rate and time give another one; null where they agree. */
export function contradictionIn(parameters: InfusionParameters): ParameterMistake | null {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl: value } = parameters;
  const follows = rounded(flowRateMlMin * plannedTimeMin);
  return isSameAmount(follows, value) ? null : { rule: 'contradiction', key: 'plannedVolumeMl', value, follows };
}

/** For whoever asked, with its key and its value. */
export function mistakeInWords(mistake: ParameterMistake): string {
  switch (mistake.rule) {
    case 'range':
      return `${mistake.key} must be from ${mistake.least} to ${mistake.most}, not ${mistake.value}`;
    case 'contradiction':
      return `${mistake.key} is ${mistake.value}, but rate and time give ${mistake.follows}`;
    case 'two-of-three':
      return `two of rate, time and volume must be given, not ${mistake.given}`;
  }
}

/** Parameters as a device repeats them, as many as it does. */
export type EchoedParameters = { readonly [Key in keyof InfusionParameters]?: InfusionParameters[Key] | undefined };

/** Whether a device echoes what it was asked for; what it leaves out is not compared. */
export function isSameRequest(asked: InfusionParameters, echoed: EchoedParameters): boolean {
  const keys = ['flowRateMlMin', 'plannedTimeMin', 'plannedVolumeMl'] as const;
  const isSame = keys.every((key) => {
    const value = echoed[key];
    return value === undefined || isSameAmount(asked[key], value);
  });
  const { bolus } = echoed;
  if (!isSame || bolus === undefined) return isSame;
  const volume = ({ enabled, volumeMl }: Bolus) => (enabled ? volumeMl : 0);
  return isSameAmount(volume(asked.bolus), volume(bolus));
}

/** Whether a value is so far from the last one that somebody should be asked whether it is meant. */
export const isLeap = (before: number, now: number): boolean =>
  before > 0 && (now >= LEAP * before || now <= before / LEAP);

import type { ErrorCode } from '../errors/catalogue.ts';
import { formatApart, formatNumber } from '../units/quantity.ts';

/** Each rule that may say no, with its code in the error catalogue. */
export const REFUSAL_CODES = {
  'rate-too-high': 'E420',
  'rate-too-low': 'E421',
  'single-dose-limit': 'E422',
  'duration-limit': 'E423',
  'hour-cap': 'E424',
  'day-cap': 'E425',
  'week-cap': 'E426',
  'too-small': 'E427',
  'not-calibrated': 'E428',
  container: 'E429',
  'emergency-stop': 'E430',
  disabled: 'E431',
  held: 'E432',
  fault: 'E433',
  'window-over': 'E434',
  'queue-full': 'E435',
  busy: 'E436',
  'no-speed': 'E437',
  'one-way': 'E438',
  unconfirmed: 'E439',
  'clock-untrusted': 'E440',
  'late-skipped': 'E441',
  superseded: 'E442',
  'kept-apart': 'E443',
} as const satisfies Record<string, ErrorCode>;

export type RefusalReason = keyof typeof REFUSAL_CODES;

/** A rule said no and nothing moves. It is a value: callers decide by `reason`, persons read `sentence`. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly code: ErrorCode;
  /** Rule, limit, value and what to do, in one or two plain sentences. */
  readonly sentence: string;
  readonly limit?: number;
  readonly value?: number;
  readonly unit?: 'ml' | 's' | 'ml/min';
  /** Shortest duration in which the ordered volume is feasible, s, if there is one; accepted when sent back. */
  readonly fastestDurationS?: number;
}

type Figures = Pick<Refusal, 'limit' | 'value' | 'unit' | 'fastestDurationS'>;

function refuse(reason: RefusalReason, sentence: string, figures: Figures = {}): Refusal {
  const finite = Object.entries(figures).filter(([, figure]) => typeof figure === 'string' || Number.isFinite(figure));
  return { kind: 'refused', reason, code: REFUSAL_CODES[reason], sentence, ...Object.fromEntries(finite) };
}

/** The only makers of refusals: one for each rule. Volumes in ml, durations in s, rates in ml/min. */
export const refusals = {
  /** Without `fastestDurationS` no duration is feasible: the volume breaks another limit of the pump too. */
  rateTooHigh(order: {
    volumeMl: number;
    durationS: number;
    rate: number;
    fastest: number;
    fastestDurationS?: number;
  }) {
    const { fastestDurationS } = order;
    const [rate, fastest] = formatApart(order.rate, order.fastest);
    const volume = formatNumber(order.volumeMl);
    const advice =
      fastestDurationS === undefined
        ? 'The volume is also more than its other limits allow; order less.'
        : `Allow at least ${formatNumber(fastestDurationS)} s for ${volume} ml.`;
    return refuse(
      'rate-too-high',
      `${volume} ml in ${formatNumber(order.durationS)} s is ${rate} ml/min, but this pump gives at most ${fastest} ml/min. ${advice}`,
      {
        limit: order.fastest,
        value: order.rate,
        unit: 'ml/min',
        ...(fastestDurationS !== undefined && { fastestDurationS }),
      },
    );
  },

  rateTooLow(order: { volumeMl: number; durationS: number; rate: number; slowest: number; slowestDurationS: number }) {
    const [rate, slowest] = formatApart(order.rate, order.slowest);
    const volume = formatNumber(order.volumeMl);
    return refuse(
      'rate-too-low',
      `${volume} ml in ${formatNumber(order.durationS)} s is ${rate} ml/min, but this pump gives at least ${slowest} ml/min. Allow at most ${formatNumber(order.slowestDurationS)} s for ${volume} ml.`,
      { limit: order.slowest, value: order.rate, unit: 'ml/min' },
    );
  },

  /** Of a pump that knows one rate. */
  otherRate(order: { volumeMl: number; durationS: number; rate: number; onlyRate: number; takesS: number }) {
    const [rate, onlyRate] = formatApart(order.rate, order.onlyRate);
    const volume = formatNumber(order.volumeMl);
    const takes = formatNumber(order.takesS, 1);
    return refuse(
      order.rate > order.onlyRate ? 'rate-too-high' : 'rate-too-low',
      `${volume} ml in ${formatNumber(order.durationS)} s is ${rate} ml/min, but this pump gives ${onlyRate} ml/min and no other rate. Order ${volume} ml without a duration; they take ${takes} s.`,
      { limit: order.onlyRate, value: order.rate, unit: 'ml/min', fastestDurationS: Number(takes) },
    );
  },

  singleDoseLimit(volumeMl: number, limitMl: number) {
    const [volume, limit] = formatApart(volumeMl, limitMl);
    return refuse(
      'single-dose-limit',
      `${volume} ml is more than the ${limit} ml that a single dose of this pump may have. Order less, or have the limit changed.`,
      { limit: limitMl, value: volumeMl, unit: 'ml' },
    );
  },

  durationLimit(durationS: number, limitS: number) {
    const [duration, limit] = formatApart(durationS, limitS);
    return refuse(
      'duration-limit',
      `${duration} s is longer than the ${limit} s that a dose of this pump may take. Order less or faster, or have the limit changed.`,
      { limit: limitS, value: durationS, unit: 's' },
    );
  },

  /** `totalMl` is what the window would hold with this dose in it. */
  cap(window: 'hour' | 'day' | 'week', dose: { plannedMl: number; totalMl: number; limitMl: number; leftMl: number }) {
    const [total, limit] = formatApart(dose.totalMl, dose.limitMl);
    const span = { hour: '1 h', day: '24 h', week: '168 h' }[window];
    return refuse(
      `${window}-cap`,
      `With ${formatNumber(dose.plannedMl)} ml more this pump would give ${total} ml within ${span}; its cap is ${limit} ml and ${formatNumber(dose.leftMl)} ml are left now. Order less, or wait.`,
      { limit: dose.limitMl, value: dose.totalMl, unit: 'ml' },
    );
  },

  /** What a plan asks for by itself. */
  planCap(window: 'hour' | 'day' | 'week', plan: { totalMl: number; limitMl: number }) {
    const [total, limit] = formatApart(plan.totalMl, plan.limitMl);
    const span = { hour: '1 h', day: '24 h', week: '168 h' }[window];
    return refuse(
      `${window}-cap`,
      `This plan would give ${total} ml within ${span}; the cap of its pump is ${limit} ml. Plan less, or have the limit changed.`,
      { limit: plan.limitMl, value: plan.totalMl, unit: 'ml' },
    );
  },

  tooSmall(volumeMl: number, leastMl: number) {
    const [volume, least] = formatApart(volumeMl, leastMl);
    return refuse(
      'too-small',
      `${volume} ml is less than the ${least} ml that this pump can dose reliably. Order at least ${least} ml.`,
      { limit: leastMl, value: volumeMl, unit: 'ml' },
    );
  },

  notCalibrated(why = 'it has no calibration') {
    return refuse('not-calibrated', `This pump cannot dose a volume: ${why}. Calibrate it first.`);
  },

  /** `levelMl` is what is left for the dose: without what others may still draw, and above `keepMl` that stay in. */
  container(neededMl: number, levelMl: number, keepMl = 0) {
    const [needed, level] = formatApart(neededMl, levelMl);
    const kept = keepMl > 0 ? ` above the ${formatNumber(keepMl)} ml that stay in it` : '';
    return refuse(
      'container',
      `The dose may need ${needed} ml, but the container is booked to hold ${level} ml${kept}. Refill it and enter the refill.`,
      { limit: levelMl, value: neededMl, unit: 'ml' },
    );
  },

  emergencyStop() {
    return refuse(
      'emergency-stop',
      'The emergency stop is latched. Find out why, make the unit safe, then release it with a reason.',
    );
  },

  disabled() {
    return refuse('disabled', 'This pump is disabled. Enable it in its settings first.');
  },

  held(doseId: string) {
    return refuse(
      'held',
      `This pump is held because the outcome of dose ${doseId} is not known. Look at the pump and release it with a reason.`,
    );
  },

  fault(code: ErrorCode, message: string) {
    return refuse('fault', `This pump has a fault (${code}: ${message}). Mend it and release the pump with a reason.`);
  },

  windowOver(waitedS: number, windowS: number) {
    const [waited, limit] = formatApart(waitedS, windowS);
    return refuse(
      'window-over',
      `The dose waited ${waited} s, longer than the ${limit} s in which it might start. It was not given; order it again if it is still wanted.`,
      { limit: windowS, value: waitedS, unit: 's' },
    );
  },

  queueFull(limit: number) {
    return refuse(
      'queue-full',
      `${limit} doses already wait for this pump or its group, which is the most. Try again when some are done.`,
      {
        limit,
      },
    );
  },

  busy() {
    return refuse(
      'busy',
      'Another dose of this pump or its group is not over. Priming does not wait in line; try again when the pump is idle.',
    );
  },

  noSpeed(maxRpm: number) {
    return refuse(
      'no-speed',
      `The motor board of this pump has no speed of at most ${formatNumber(maxRpm)} rpm, the fastest that its head may turn. Correct that limit or the microsteps.`,
    );
  },

  unconfirmed() {
    return refuse(
      'unconfirmed',
      'The weekly plan was read back from the memory of the unit, and nobody has confirmed it yet. Until then nothing is dosed by plan. Look at the plan of each channel, then confirm it.',
    );
  },

  /** `waitS` is how long it must still wait at least, s. */
  keptApart(other: string, minutes: number, waitS: number) {
    return refuse(
      'kept-apart',
      `This pump is kept ${minutes} min apart from pump "${other}", which dosed lately, doses now or is before it. It may start in ${Math.ceil(waitS)} s at the earliest.`,
      { value: Math.ceil(waitS), unit: 's' },
    );
  },

  oneWay() {
    return refuse('one-way', 'A relay turns this pump on and off and cannot turn it round. Order forward.');
  },

  clockUntrusted(why: string) {
    return refuse('clock-untrusted', `The clock could not be trusted when this dose was due. ${why}`);
  },

  lateSkipped(lateS: number) {
    return refuse(
      'late-skipped',
      `The dose could only have begun ${formatNumber(lateS)} s late, and its schedule skips doses that are late. It was not given.`,
      { value: lateS, unit: 's' },
    );
  },

  superseded(lateS: number) {
    return refuse(
      'superseded',
      `The dose is ${formatNumber(lateS)} s late, and a later one of this pump is late too. Only the newest is given, so that what was missed does not come all at once.`,
      { value: lateS, unit: 's' },
    );
  },
};

import { z } from 'zod';
import type { RelayUnitChips } from '../chips/relay-unit-chips.ts';
import { type Mistake, mistakesOf } from './mistake.ts';

const answers = z.boolean({ error: 'must be true or false' }).optional();
const LONGEST_OFFSET_S = 20 * 365 * 86_400;

const OFFSET_RULE = `must be from -${LONGEST_OFFSET_S} to ${LONGEST_OFFSET_S} s`;

const RtcChange = z.strictObject({
  answers,
  stopped: z
    .boolean({ error: 'must be true (its battery was out) or false (it shows the time of this machine)' })
    .optional(),
  offset_s: z
    .number({ error: OFFSET_RULE })
    .min(-LONGEST_OFFSET_S, OFFSET_RULE)
    .max(LONGEST_OFFSET_S, OFFSET_RULE)
    .optional(),
});

const SUPPLY_RULE = 'must be a whole number of bytes from 0 on, or null';
const FramChange = z.strictObject({
  answers,
  supply_bytes: z.int({ error: SUPPLY_RULE }).nonnegative(SUPPLY_RULE).nullable().optional(),
});

const ChipsChange = z.strictObject({ rtc: RtcChange.optional(), fram: FramChange.optional() });

/** What the window shows of the chips. */
export const chipsBody = ({ fram, rtc }: RelayUnitChips) => ({
  rtc: {
    answers: rtc.answers,
    utc: new Date(rtc.utcS * 1000).toISOString(),
    stopped: rtc.state.stopped,
    offset_s: rtc.state.offsetS,
  },
  fram: { answers: fram.answers, supply_bytes: fram.supplyBytes },
});

/** Carries out the body of `PATCH /chips`, or answers every mistake in it; then nothing was changed. */
export function changeChips({ fram, rtc }: RelayUnitChips, body: unknown): readonly Mistake[] {
  const parsed = ChipsChange.safeParse(body);
  if (!parsed.success) return parsed.error.issues.flatMap(mistakesOf);
  const { data } = parsed;
  if (data.rtc?.answers !== undefined) rtc.setAnswers(data.rtc.answers);
  if (data.rtc?.stopped === true) rtc.loseBattery();
  else if (data.rtc?.stopped === false || data.rtc?.offset_s !== undefined) rtc.set(data.rtc.offset_s ?? 0);
  if (data.fram?.answers !== undefined) fram.answers = data.fram.answers;
  if (data.fram?.supply_bytes !== undefined) fram.supplyBytes = data.fram.supply_bytes;
  return [];
}

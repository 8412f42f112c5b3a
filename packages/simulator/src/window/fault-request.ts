import { z } from 'zod';
import type { FaultOrder } from './fault-desk.ts';
import { FAULT_NAMES, FAULTS } from './faults.ts';
import { type Mistake, mistakesOf } from './mistake.ts';

const LONGEST_S = 86_400;

const number = () => z.number({ error: 'must be a finite number' });

const FaultRequest = z.strictObject({
  pump: z.string({ error: 'must be the id of a pump' }),
  fault: z.enum(FAULT_NAMES, { error: `must be one of ${FAULT_NAMES.join(', ')}` }),
  value: number().optional(),
  for_s: number().positive('must be greater than 0').max(LONGEST_S, `must be at most ${LONGEST_S}`).optional(),
});

/** Reads the body of `POST /faults`: an order, or every mistake in it. */
export function parseFaultRequest(body: unknown, pumps: readonly string[]): FaultOrder | readonly Mistake[] {
  const parsed = FaultRequest.safeParse(body);
  const mistakes = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(mistakesOf)),
    ...unknownPump(body, pumps),
    ...wrongValue(body),
  ];
  if (!parsed.success || mistakes.length > 0) return mistakes;
  const { pump, fault, value, for_s } = parsed.data;
  return { pump, fault, value: value ?? FAULTS[fault].value?.usual ?? null, forS: for_s ?? null };
}

function unknownPump(body: unknown, pumps: readonly string[]): Mistake[] {
  const { data: pump } = z.string().safeParse(member(body, 'pump'));
  if (pump === undefined || pumps.includes(pump)) return [];
  return [
    { path: 'pump', message: `no emulated pump is called ${JSON.stringify(pump)}; there are ${pumps.join(', ')}` },
  ];
}

/** Rules that depend on the fault. */
function wrongValue(body: unknown): Mistake[] {
  const { data: name } = z.enum(FAULT_NAMES).safeParse(member(body, 'fault'));
  if (name === undefined) return [];
  const { value: rule, momentary } = FAULTS[name];
  const value = member(body, 'value');
  const mistakes: Mistake[] = [];
  if (momentary && member(body, 'for_s') !== undefined) {
    mistakes.push({ path: 'for_s', message: `has no meaning for ${name}` });
  }
  if (rule === null && value !== undefined) mistakes.push({ path: 'value', message: `has no meaning for ${name}` });
  if (rule !== null && typeof value === 'number' && !(value >= rule.min && value <= rule.max)) {
    mistakes.push({ path: 'value', message: `(${rule.meaning}) must be ${rule.min} to ${rule.max}, is ${value}` });
  }
  return mistakes;
}

function member(body: unknown, key: string): unknown {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([name]) => name === key)?.[1]
    : undefined;
}

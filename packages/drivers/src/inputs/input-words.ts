import { INPUT_NAMES, type InputReadings } from '@perista/core';

/**
 * Inputs as a line of text, in place of GPIO: `read` is answered by `ph-down leak:ok interlock:tripped level:lost` for each
 * pump, separated by `;`.
 */
export const READ_INPUTS = 'read';

const WORDS = { ok: true, tripped: false, lost: null } as const;
type Word = keyof typeof WORDS;

const wordOf = (reading: boolean | null | undefined): Word =>
  reading === true ? 'ok' : reading === false ? 'tripped' : 'lost';

export const encodeInputs = (inputs: ReadonlyMap<string, InputReadings>): string =>
  [...inputs]
    .map(([pumpId, readings]) =>
      [
        pumpId,
        ...INPUT_NAMES.filter((name) => name in readings).map((name) => `${name}:${wordOf(readings[name])}`),
      ].join(' '),
    )
    .join(';');

/** What a line says; null if it is none. */
export function decodeInputs(line: string): ReadonlyMap<string, InputReadings> | null {
  const inputs = new Map<string, InputReadings>();
  for (const part of line === '' ? [] : line.split(';')) {
    const [pumpId = '', ...words] = part.split(' ');
    const readings: Record<string, boolean | null> = {};
    for (const word of words) {
      const [, name, value] = /^([a-z]+):([a-z]+)$/.exec(word) ?? [];
      if (!INPUT_NAMES.some((known) => known === name) || value === undefined || !(value in WORDS)) return null;
      readings[name as string] = WORDS[value as Word];
    }
    inputs.set(pumpId, readings);
  }
  return inputs;
}

/**
 * Why a dose ended as it did where that is no error and so has no code: in words, with a name by which other languages know
 * them. `{{…}}` stands for what differs.
 */
export const PLAIN_REASONS = {
  stopped: 'The agent ended it because it was told to stop.',
  'stopped-before': 'It was stopped by {{who}} before it began.',
  'stopped-by': 'It was stopped by {{who}}.',
  'cancelled-by': 'It was cancelled by {{who}}.',
  cap: 'It reached the hard limit of the agent, which stopped the pump.',
  recovered: 'The agent was cut off during the dose and measured afterwards what was given.',
  range: 'Between {{lo}} and {{hi}} ml were given; more cannot be known.',
  'full-time': 'It turned for as long as it was allowed to.',
  'let-go-early': 'It was let go before it moved.',
  'not-held': 'It was not held any more: its button, its page or the connection was gone.',
  uncalibrated: 'The pump is not calibrated: up to {{hi}} ml were given.',
} as const;

export type PlainReasonName = keyof typeof PLAIN_REASONS;

/** A sentence with its values. */
export interface PlainReason {
  readonly name: PlainReasonName;
  readonly values: Readonly<Record<string, string>>;
}

const NAMES = Object.keys(PLAIN_REASONS) as PlainReasonName[];

/** Names of people and tokens have no spaces, nor have numbers. */
const patternOf = (sentence: string): RegExp => {
  const parts = sentence.split(/(\{\{\w+\}\})/).map((part) => {
    const [, name] = /^\{\{(\w+)\}\}$/.exec(part) ?? [];
    return name === undefined ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `(?<${name}>\\S+?)`;
  });
  return new RegExp(`^${parts.join('')}(?: |$)`);
};

const PATTERNS = NAMES.map((name) => ({ name, pattern: patternOf(PLAIN_REASONS[name]) }));

/** The sentence itself. */
export const plainReason = (name: PlainReasonName, values: PlainReason['values'] = {}): string =>
  PLAIN_REASONS[name].replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '');

/** The sentences of which `text` consists, or null if one of them is none of these. */
export function readPlainReasons(text: string): PlainReason[] | null {
  const found: PlainReason[] = [];
  let rest = text;
  while (rest !== '') {
    const next = readFirst(rest);
    if (next === null) return null;
    found.push(next.reason);
    rest = rest.slice(next.length);
  }
  return found;
}

function readFirst(text: string): { reason: PlainReason; length: number } | null {
  for (const { name, pattern } of PATTERNS) {
    const match = pattern.exec(text);
    if (match !== null) return { reason: { name, values: { ...match.groups } }, length: match[0].length };
  }
  return null;
}

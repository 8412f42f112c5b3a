import type { z } from 'zod';
import type { FieldError } from '../wrong-fields.ts';

/** Keys whose values are never repeated, neither to the caller nor to a log. */
const SECRET_KEYS = new Set(['password', 'current_password', 'new_password', 'token']);
const LONGEST_VALUE_SHOWN = 60;

/** One entry per mistake: the path as a caller would write it, the rule, and the value that broke it. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => describe(issue, issue.path));
}

/** `limits.single_ml`, `points[2].rpm`; empty for the whole document. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** A value as JSON would write it, cut short. */
export function valueText(value: unknown): string {
  const text = Object.is(value, -0) ? '-0' : (JSON.stringify(value) ?? String(value));
  return text.length <= LONGEST_VALUE_SHOWN ? text : `${text.slice(0, LONGEST_VALUE_SHOWN)}…`;
}

function describe(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'is not a known key' }));
  }
  const rule = ruleOf(issue);
  const missing = issue.input === undefined;
  const secret = path.some((key) => SECRET_KEYS.has(String(key)));
  const value = missing || secret ? '' : `, is ${valueText(issue.input)}`;
  return [{ path: pathText(path), message: missing ? `is missing; it ${rule}` : `${rule}${value}` }];
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a string',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

/** The rule as "must …". A schema's own words win; zod's stock phrases are put into ours. */
function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  if (issue.code === 'invalid_type') return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(valueText).join(' or ')}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') return `must ${sizeRule(issue)}`;
  return `must fit the rule "${issue.message}"`;
}

function sizeRule(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [bound, word] = issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  return unit === '' ? `be ${word} ${bound}` : `have ${word} ${bound}${unit}`;
}

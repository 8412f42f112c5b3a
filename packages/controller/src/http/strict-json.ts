import { type MemberNode, type NumberNode, parse, tokenize, type ValueNode } from '@humanwhocodes/momoa';
import { ERRORS, PeristaError } from '@perista/core';
import { type FieldError, WrongFields } from '../wrong-fields.ts';
import { pathText } from './field-errors.ts';

/** Containers in containers; no request of ours needs more than four. */
const MAX_DEPTH = 32;
const CONTROL_CHARACTER = /[^\x20-\uffff]/;
/** No JSON text has it outside a string. */
const END_MARK = '#';

/**
 * Parses JSON that means one thing only. Undefined for an empty text.
 * @throws E400 with line and column for what is not JSON; E402 naming every key that stands twice, is `__proto__`, or
 * holds a number that JavaScript cannot keep as written: -0, beyond ±(2⁵³ − 1), or too small to differ from 0.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text === '') return undefined;
  const errors: FieldError[] = [];
  inspect(parseTree(text), [], (error) => errors.push(error), text);
  if (errors.length > 0) throw new WrongFields(errors);
  return JSON.parse(text);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PeristaError('E400', `${ERRORS.E400.title}: it is not UTF-8`, { cause });
  }
}

function parseTree(text: string): ValueNode {
  try {
    assertPlainTokens(text);
    return parse(text, { mode: 'json', ranges: true }).body;
  } catch (cause) {
    if (cause instanceof PeristaError) throw cause;
    throw notJson(text, syntaxErrorOffset(text), cause);
  }
}

/** What must be seen before the recursive parser runs (a deep document would exhaust its stack), or that it lets pass. */
function assertPlainTokens(text: string): void {
  let depth = 0;
  for (const { type, loc } of tokenize(text, { mode: 'json' })) {
    if (type === 'LBrace' || type === 'LBracket') depth++;
    if (type === 'RBrace' || type === 'RBracket') depth--;
    if (depth > MAX_DEPTH) {
      const where = `at line ${loc.start.line}, column ${loc.start.column}`;
      throw new PeristaError('E400', `Body is nested more than ${MAX_DEPTH} levels deep ${where}`);
    }
    const control = type === 'String' ? text.slice(loc.start.offset, loc.end.offset).search(CONTROL_CHARACTER) : -1;
    if (control !== -1) throw notJson(text, loc.start.offset + control);
  }
}

/** The parser blames the last token when a text ends early; a mark behind the end tells that case apart. */
function syntaxErrorOffset(text: string): number {
  try {
    parse(`${text}${END_MARK}`, { mode: 'json' });
  } catch (error) {
    if (error instanceof Error && 'offset' in error && typeof error.offset === 'number') return error.offset;
  }
  return text.length;
}

function notJson(text: string, offset: number, cause?: unknown): PeristaError {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const found = offset >= text.length ? 'it ends too early' : `${JSON.stringify(text[offset])} must not stand`;
  return new PeristaError('E400', `${ERRORS.E400.title}: ${found} at line ${line}, column ${column}`, {
    details: { line, column },
    cause,
  });
}

type Path = readonly (string | number)[];

function inspect(node: ValueNode, path: Path, report: (error: FieldError) => void, text: string): void {
  if (node.type === 'Number') inspectNumber(node, path, report, text);
  if (node.type === 'Array') {
    for (const [index, { value }] of node.elements.entries()) inspect(value, [...path, index], report, text);
  }
  if (node.type !== 'Object') return;
  const seen = new Set<string>();
  for (const member of node.members) {
    const key = keyOf(member);
    const here = [...path, key];
    if (key === '__proto__') report({ path: pathText(here), message: 'is not a known key' });
    if (seen.has(key)) report({ path: pathText(here), message: `stands twice, again at ${position(member)}` });
    seen.add(key);
    inspect(member.value, here, report, text);
  }
}

function inspectNumber(node: NumberNode, path: Path, report: (error: FieldError) => void, text: string): void {
  const written = text.slice(...(node.range ?? [0, 0]));
  const tell = (message: string) => report({ path: pathText(path), message: `${message}, is ${written.slice(0, 60)}` });
  if (Object.is(node.value, -0)) tell('must not be -0');
  else if (Math.abs(node.value) > Number.MAX_SAFE_INTEGER) tell(`must be within ±${Number.MAX_SAFE_INTEGER}`);
  else if (node.value === 0 && /^[0.]*[1-9]/.test(written)) tell('must not be so small that it reads as 0');
}

function keyOf(member: MemberNode): string {
  return member.name.type === 'String' ? member.name.value : member.name.name;
}

function position({ loc }: MemberNode): string {
  return `line ${loc.start.line}, column ${loc.start.column}`;
}

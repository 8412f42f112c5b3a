/** Largest message of a device, bytes; samples for a gap need more than the rest. */
export const MAX_MESSAGE_BYTES = 16_384;
export const MAX_BACKFILL_BYTES = 262_144;
/** Containers in containers. */
const MAX_DEPTH = 8;

export type BoundedJson =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): BoundedJson => ({ ok: false, reason });

/** An object of JSON from somebody who may mean harm: bounded in size and depth before it is parsed. */
export function parseBoundedJson(bytes: Uint8Array, maxBytes = MAX_MESSAGE_BYTES): BoundedJson {
  if (bytes.length > maxBytes) return refused(`it has ${bytes.length} bytes, more than ${maxBytes}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('it is not UTF-8');
  }
  if (isTooDeep(text)) return refused(`it is nested more than ${MAX_DEPTH} levels deep`);
  let value: unknown;
  try {
    value = JSON.parse(text, (key, inner: unknown) => {
      if (key === '__proto__') throw new SyntaxError('a key is __proto__');
      return inner;
    });
  } catch (error) {
    return refused(error instanceof Error ? `it is not JSON: ${error.message}` : 'it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused('it is not an object of JSON');
  return { ok: true, value: value as Record<string, unknown> };
}

/** Counts brackets outside strings: a parser would have to descend first to find out. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth++;
      if (depth > MAX_DEPTH) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

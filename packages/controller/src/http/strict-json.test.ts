// Proves that JSON which could mean two things is refused by key or position, and all else reads as JSON.parse does.
import { isPeristaError } from '@perista/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WrongFields } from '../wrong-fields.ts';
import { parseStrictJson } from './strict-json.ts';

const parseText = (text: string) => parseStrictJson(new TextEncoder().encode(text));

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

const fieldErrorsOf = (text: string) => {
  const thrown = thrownBy(() => parseText(text));
  return thrown instanceof WrongFields ? thrown.errors : thrown;
};

describe('a strict JSON text', () => {
  it('reads every document that JSON.stringify writes exactly as JSON.parse does', () => {
    const plain = fc.jsonValue({ maxDepth: 5 }).filter((value) => {
      const text = JSON.stringify(value);
      return !text.includes('__proto__') && !/\d{16}|e\+/.test(text) && !/-0[,\]}]|-0$/.test(text);
    });
    fc.assert(
      fc.property(plain, fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseText(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('takes no text that JSON.parse refuses, and refuses none without a code', () => {
    const alphabet = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-0',
      '1e9',
      'tru',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '"',
      '\u0001',
      '.5',
      '01',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const isJson = canParse(text);
        try {
          parseText(text);
          expect(isJson).toBe(true);
        } catch (thrown) {
          expect(isPeristaError(thrown, 'E400', 'E402'), `${text}: ${String(thrown)}`).toBe(true);
          if (isJson) expect(thrown).toBeInstanceOf(WrongFields);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{"a": 1,}', 1, 9],
    ['{\n  "volume_ml": 5 0\n}', 2, 18],
    ['{\r\n"a":tru}', 2, 5],
    ['{"a":1', 1, 7],
    ['{', 1, 2],
    ['{"a":"\n"}', 1, 7],
    ['{"a":1} {', 1, 9],
    ["{'a':1}", 1, 2],
    ['NaN', 1, 1],
    ['\ufeff{}', 1, 1],
  ])('says where %j is broken', (text, line, column) => {
    const thrown = thrownBy(() => parseText(text));
    expect(isPeristaError(thrown, 'E400') && thrown.details).toEqual({ line, column });
    expect(String(thrown)).toContain(`line ${line}, column ${column}`);
  });

  it('refuses bytes that are not UTF-8', () => {
    const thrown = thrownBy(() => parseStrictJson(Uint8Array.from([0x22, 0xc3, 0x28, 0x22])));
    expect(isPeristaError(thrown, 'E400') && thrown.message).toContain('not UTF-8');
  });

  it('refuses depth before it exhausts a stack', () => {
    expect(parseText('['.repeat(32) + ']'.repeat(32))).toBeDefined();
    expect(String(thrownBy(() => parseText('['.repeat(60_000))))).toContain('nested more than 32 levels');
    expect(String(thrownBy(() => parseText('{"a":'.repeat(33))))).toContain('nested more than 32 levels');
  });

  it('names a key that stands twice, at any depth', () => {
    expect(fieldErrorsOf('{"volume_ml": 1, "volume_ml": 100}')).toEqual([
      { path: 'volume_ml', message: 'stands twice, again at line 1, column 18' },
    ]);
    expect(fieldErrorsOf('{"points":[{},{"rpm":1,"\\u0072pm":2}]}')).toEqual([
      { path: 'points[1].rpm', message: 'stands twice, again at line 1, column 24' },
    ]);
  });

  it.each([
    ['-0', 'must not be -0, is -0'],
    ['-0.0', 'must not be -0, is -0.0'],
    ['-1e-400', 'must not be -0, is -1e-400'],
    ['1e999', 'must be within ±9007199254740991, is 1e999'],
    ['-1e999', 'must be within ±9007199254740991, is -1e999'],
    ['9007199254740993', 'must be within ±9007199254740991, is 9007199254740993'],
    ['1e-400', 'must not be so small that it reads as 0, is 1e-400'],
  ])('names the key of the number %s', (number, message) => {
    expect(fieldErrorsOf(`{"limits": {"day_ml": ${number}}}`)).toEqual([{ path: 'limits.day_ml', message }]);
  });

  it('keeps zeros, fractions and the largest exact whole number', () => {
    expect(parseText('[0, 0.0, 0e9, 0.30, 9007199254740991, -9007199254740991]')).toEqual([
      0, 0, 0, 0.3, 9007199254740991, -9007199254740991,
    ]);
  });

  it('tells all mistakes at once, a __proto__ among them', () => {
    expect(fieldErrorsOf('{"__proto__": {"admin": true}, "a": -0, "a": 1}')).toEqual([
      { path: '__proto__', message: 'is not a known key' },
      { path: 'a', message: 'must not be -0, is -0' },
      { path: 'a', message: 'stands twice, again at line 1, column 41' },
    ]);
  });

  it('reads no bytes as no document', () => {
    expect(parseText('')).toBeUndefined();
  });
});

function canParse(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

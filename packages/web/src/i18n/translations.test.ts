// Proves that no language lacks a word, says one too many, or drops a value that the words are about.
import { ERRORS, PLAIN_REASONS, REFUSAL_CODES } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { english as allEnglish } from './english.ts';
import { pl } from './pl.ts';

type Words = { readonly [key: string]: string | Words };

function flat(words: Words, path = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[`${path}${key}`, value]] : [...flat(value, `${path}${key}.`)],
    ),
  );
}

/** English problems are told in the server's own sentences. */
const SERVERS_OWN = ['problem.reason.', 'problem.code.', 'problem.plain.'];
const isServersOwn = (key: string) => SERVERS_OWN.some((start) => key.startsWith(start));
const withoutPlural = (key: string) => key.replace(/_(one|few|many|other)$/, '');
const keysOf = (words: Map<string, string>) =>
  [...new Set([...words.keys()].filter((key) => !isServersOwn(key)).map(withoutPlural))].sort();
const valuesIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

const english = flat(allEnglish);
const polish = flat(pl);

describe('Polish', () => {
  it('has every word and no other', () => {
    expect(keysOf(polish)).toEqual(keysOf(english));
  });

  it('has each plural form of Polish', () => {
    const plurals = [...english.keys()].filter((key) => key.endsWith('_other')).map(withoutPlural);
    expect(plurals.length).toBeGreaterThan(2);
    const forms = new Intl.PluralRules('pl').resolvedOptions().pluralCategories;
    const missing = plurals.flatMap((key) => forms.map((form) => `${key}_${form}`)).filter((key) => !polish.has(key));
    expect(missing).toEqual([]);
  });

  it('speaks of the same values', () => {
    for (const [key, text] of polish) {
      const original = english.get(key) ?? english.get(`${withoutPlural(key)}_other`);
      if (original !== undefined) expect([key, valuesIn(text)]).toEqual([key, valuesIn(original)]);
    }
  });

  it('says each plain reason, of the same values', () => {
    const said = new Map(Object.entries(pl.problem.plain));
    for (const [name, sentence] of Object.entries(PLAIN_REASONS)) {
      expect([name, valuesIn(said.get(name) ?? '')]).toEqual([name, valuesIn(sentence)]);
    }
    expect(said.size).toBe(Object.keys(PLAIN_REASONS).length);
  });

  it('knows each refusal and each code that a screen can show', () => {
    const reasons = Object.entries(REFUSAL_CODES);
    const unknown = reasons.filter(
      ([reason, code]) => !polish.has(`problem.reason.${reason}`) && !polish.has(`problem.code.${code}`),
    );
    expect(unknown).toEqual([]);
    const codes = [...polish.keys()].filter((key) => key.startsWith('problem.code.')).map((key) => key.slice(13));
    expect(codes.filter((code) => !(code in ERRORS))).toEqual([]);
  });
});

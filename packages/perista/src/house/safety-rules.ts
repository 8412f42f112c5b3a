import { dirname, join } from 'node:path';
import type { SourceFile } from './source-tree.ts';

/** A row of the hazard table. */
export interface Hazard {
  readonly id: string;
  readonly rules: readonly string[];
  /** Test files, from the repository's root. */
  readonly tests: readonly string[];
}

/** Tests, and what they are made of. */
const TEST_CODE = /\.test\.tsx?$|\/contract\/|\/ledger\/model\/|^packages\/simulator\/src\/checker\//;
const RULE = /\b[PI]\d{1,2}\b/g;

/** All rules and invariants that the dose protocol states. */
export function statedRules(protocol: string): string[] {
  return [...protocol.matchAll(/^(?:- \*\*|\| )([PI]\d{1,2})\b/gm)].map(([, rule]) => rule ?? '');
}

/** Rules by the tests that name them. */
export function namedRules(files: readonly SourceFile[]): Map<string, ReadonlySet<string>> {
  const tests = files.filter(({ path }) => TEST_CODE.test(path));
  return new Map(tests.map(({ path, text }) => [path, new Set(text.match(RULE))]));
}

/** Rows whose first cell is `H1`, `H2` …, with the rules of the last cell but one and the files linked in the last. */
export function hazards(path: string, text: string): Hazard[] {
  return rows(text, /^H\d+$/).map(([id = '', ...cells]) => ({
    id,
    rules: cells.at(-2)?.match(RULE) ?? [],
    tests: [...(cells.at(-1) ?? '').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => join(dirname(path), link ?? '')),
  }));
}

/** Rules in the first cell of the table of those that have no subject yet. */
export const waitingRules = (text: string): string[] => rows(text, /^[PI]\d{1,2}$/).map(([rule = '']) => rule);

/** What is wrong with a hazard's row: a rule that none of its tests names, or a test that names none of its rules. */
export function gapsOf({ id, rules, tests }: Hazard, named: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = (test: string, rule: string) => named.get(test)?.has(rule) === true;
  return [
    ...rules.filter((rule) => !tests.some((test) => names(test, rule))).map((rule) => `${id}: no test names ${rule}`),
    ...tests.filter((test) => !rules.some((rule) => names(test, rule))).map((test) => `${id}: ${test} names no rule`),
  ];
}

function rows(text: string, firstCell: RegExp): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([first = '']) => firstCell.test(first));
}

// Proves that docs/safety-case.md is true of the tests: each hazard, rule and invariant has one that names it.
import { describe, expect, it } from 'vitest';
import { gapsOf, hazards, namedRules, statedRules, waitingRules } from './house/safety-rules.ts';
import { readText, sourceFile, sourceFiles } from './house/source-tree.ts';

const PAGE = 'docs/safety-case.md';
const page = readText(PAGE);
/** Without this file, which names rules as examples. */
const named = namedRules(sourceFiles().filter(({ path }) => path !== 'packages/perista/src/safety-case.test.ts'));
const allNamed = new Set([...named.values()].flatMap((rules) => [...rules]));
const stated = statedRules(readText('docs/dose-protocol.md'));

describe('the safety case', () => {
  it('finds what a test names, and the gaps of a row', () => {
    const test = sourceFile('packages/core/src/x.test.ts', '// Proves that x (P3, I12).');
    const found = namedRules([test, sourceFile('packages/core/src/x.ts', '// P4')]);
    expect(found).toEqual(new Map([[test.path, new Set(['P3', 'I12'])]]));
    const row = '| H1 | a | b | c | P3, I4 | [x](../packages/core/src/x.test.ts), [y](y.test.ts) |';
    expect(hazards(PAGE, row).flatMap((hazard) => gapsOf(hazard, found))).toEqual([
      'H1: no test names I4',
      'H1: docs/y.test.ts names no rule',
    ]);
  });

  it('has for each hazard tests that name its rules', () => {
    const all = hazards(PAGE, page);
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(({ rules, tests }) => rules.length === 0 || tests.length === 0)).toEqual([]);
    expect(all.flatMap((hazard) => gapsOf(hazard, named))).toEqual([]);
  });

  it('has for each rule of the dose protocol a test that names it, or says what the rule waits for', () => {
    expect(statedRules('- **P1** An id\n| I2 ° | holds |\nP9 in words')).toEqual(['P1', 'I2']);
    expect(stated.length).toBeGreaterThan(40);
    const waiting = waitingRules(page);
    expect(stated.filter((rule) => !allNamed.has(rule)).sort(), 'rules without a test').toEqual(waiting.toSorted());
  });

  it('names only rules that the dose protocol states', () => {
    const inHazards = hazards(PAGE, page).flatMap(({ rules }) => rules);
    expect([...inHazards, ...allNamed].filter((rule) => !stated.includes(rule))).toEqual([]);
  });
});

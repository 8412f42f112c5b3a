// Proves that what a dose is said to have ended by can be read again, so that other languages can say it too.
import { describe, expect, it } from 'vitest';
import { PLAIN_REASONS, type PlainReasonName, plainReason, readPlainReasons } from './plain-reason.ts';

const VALUES = { who: 'token:nas.2', lo: '0.847', hi: '0.916' };
const names = Object.keys(PLAIN_REASONS) as PlainReasonName[];

describe('a plain reason', () => {
  it.each(names)('%s is read as it was written, alone and before another', (name) => {
    const text = plainReason(name, VALUES);
    expect(text).not.toMatch(/\{\{/);
    const [read, ...more] = readPlainReasons(text) ?? [];
    expect([read?.name, more]).toEqual([name, []]);
    expect(VALUES).toMatchObject(read?.values ?? { none: '' });
    const both = readPlainReasons(`${text} ${plainReason('range', VALUES)}`)?.map((one) => one.name);
    expect(both).toEqual([name, 'range']);
  });

  it('is not guessed', () => {
    for (const text of ['The motor stalled.', 'It was stopped by', 'It was cancelled by ola. Then it rained.']) {
      expect(readPlainReasons(text)).toBeNull();
    }
  });
});

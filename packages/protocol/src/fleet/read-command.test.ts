import { describe, expect, it } from 'vitest';
import { readCommand, readParameters, whyExpired } from './read-command.ts';

const ISSUED_MS = Date.UTC(2026, 2, 1);
const START = {
  ...{ v: 1 as const, commandId: 'c-1', command: 'START_INFUSION' as const, payload: { infusionId: 'inf-1' } },
  ...{ issuedAt: new Date(ISSUED_MS).toISOString(), ttlMs: 30_000, actor: 'ola' },
};

const read = (value: unknown, retain = false) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return readCommand({ bytes: new TextEncoder().encode(text), retain });
};

describe('a command', () => {
  it('is read as it came', () => {
    expect(read(START)).toEqual({ kind: 'command', message: START });
  });

  it.each([
    ['was retained', START, true, /retained/],
    ['has an unknown name', { ...START, command: 'DANCE' }, false, /^command: /],
    ['has a key too many', { ...START, payload: { dose: 1 } }, false, /^payload: .*dose/],
    ['has no version', { ...START, v: undefined }, false, /^v: /],
  ])('that %s is answered under its id', (_what, value, retain, reason) => {
    expect(read(value, retain)).toEqual({ kind: 'garbled', commandId: 'c-1', reason: expect.stringMatching(reason) });
  });

  it.each([
    ['no JSON', '{"commandId":"c-1"'],
    ['no object', '["c-1"]'],
    ['without an id', { command: 'START_INFUSION' }],
    ['with an id that is none', { ...START, commandId: 7 }],
    ['too large', { ...START, actor: 'a'.repeat(20_000) }],
    ['too deep', `{"commandId":"c-1","payload":${'['.repeat(2_000)}${']'.repeat(2_000)}}`],
    ['of a hostile key', '{"commandId":"c-1","__proto__":{"command":"START_INFUSION"}}'],
  ])('%s is answered to nobody', (_what, value) => {
    expect(read(value)).toBeNull();
  });

  it.each([
    ['in time', {}, 30_000, true, null],
    ['too late', {}, 30_001, true, 'expired'],
    ['too late by a clock that is not trusted', {}, 30_001, false, null],
    ['issued at no instant', { issuedAt: 'soon' }, 0, false, 'issuedAt is no instant: soon'],
  ])('%s', (_what, more, afterMs, isClockTrusted, reason) => {
    expect(whyExpired({ ...START, ...more }, { wallMs: ISSUED_MS + afterMs, isClockTrusted })).toBe(reason);
  });
});

describe('what a START asks for', () => {
  const whole = { flowRateMlMin: 1, plannedTimeMin: 2, plannedVolumeMl: 2, bolus: { enabled: false, volumeMl: 0 } };

  it('is its parameters alone', () => {
    expect(readParameters({ ...whole, infusionId: 'inf-1' })).toEqual(whole);
  });

  it.each([
    ['missing', { plannedTimeMin: undefined }, /^payload\.plannedTimeMin: /],
    ['negative', { flowRateMlMin: -1 }, /^payload\.flowRateMlMin: must be a number from 0/],
    ['in a part', { bolus: { enabled: true, volumeMl: -1 } }, /^payload\.bolus\.volumeMl: /],
  ])('is told with its key where it is %s', (_what, more, reason) => {
    expect(readParameters({ ...whole, ...more })).toMatch(reason);
  });
});

// Proves that a pump that is primed by a held button is renewed only while it is held, and told to rest in every case.
import { VirtualClock } from '@perista/core';
import type { PrimeStarted } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { type HoldEnd, PrimeHold } from './prime-hold.ts';

const STARTED = { dose_id: 'd', hold_ms: 900 } as PrimeStarted;

function hold(answers: { start?: () => Promise<PrimeStarted>; renew?: () => Promise<unknown> } = {}) {
  const clock = new VirtualClock({ wallMs: 0 });
  const calls: string[] = [];
  const ends: HoldEnd[] = [];
  const tell = (name: string, answer: () => Promise<unknown>) => () => {
    calls.push(`${name} at ${clock.monotonicMs()}`);
    return answer();
  };
  const button = new PrimeHold({
    start: answers.start ?? (async () => STARTED),
    renew: tell('renew', answers.renew ?? (async () => {})),
    release: tell('release', async () => {}),
    after: (delayMs, fn) => clock.after(delayMs, fn),
    onEnd: (end) => ends.push(end),
  });
  return { clock, calls, ends, button };
}

describe('a held button', () => {
  it('renews three times per hold and releases as soon as it is let go', async () => {
    const { clock, calls, ends, button } = hold();
    await clock.advance(700);
    button.letGo();
    await clock.advance(5_000);
    expect(calls).toEqual(['renew at 300', 'renew at 600', 'release at 700']);
    expect(ends).toEqual([{ kind: 'let-go' }]);
  });

  it('releases what starts after it was let go', async () => {
    const answer = Promise.withResolvers<PrimeStarted>();
    const { clock, calls, button } = hold({ start: () => answer.promise });
    await clock.advance(100);
    button.letGo();
    await clock.advance(100);
    answer.resolve(STARTED);
    await clock.advance(5_000);
    expect(calls).toEqual(['release at 200']);
  });

  it('renews no more once a renewal is lost', async () => {
    const lost = new Error('lost');
    const { clock, calls, ends } = hold({ renew: () => Promise.reject(lost) });
    await clock.advance(5_000);
    expect(calls).toEqual(['renew at 300', 'release at 300']);
    expect(ends).toEqual([{ kind: 'ended', error: lost }]);
  });

  it('tells why it could not start', async () => {
    const refused = new Error('refused');
    const { clock, calls, ends } = hold({ start: () => Promise.reject(refused) });
    await clock.advance(5_000);
    expect(calls).toEqual([]);
    expect(ends).toEqual([{ kind: 'ended', error: refused }]);
  });
});

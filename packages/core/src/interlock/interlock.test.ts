// Proves that a group never has two holders, not even in the moments around a release, and that waiting ends cleanly
// (P18, I6).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPeristaError } from '../errors/perista-error.ts';
import { Interlock, type Release } from './interlock.ts';

const NEWCOMER_TURNS = 8;

describe('Interlock', () => {
  it('hands over to the first waiter, past newcomers in each of the next eight microtasks', async () => {
    for (let turn = 0; turn < NEWCOMER_TURNS; turn++) {
      const lock = new Interlock();
      const inside = new Set<string>();
      let most = 0;
      const enter = (owner: string) => {
        inside.add(owner);
        most = Math.max(most, inside.size);
      };
      const holder = lock.tryAcquire('g', 'holder');
      enter('holder');
      const waiter = lock.acquire('g', 'waiter').granted.then((release) => {
        enter('waiter');
        return release;
      });
      inside.delete('holder');
      holder?.();
      for (let passed = 0; passed < turn; passed++) await null;
      expect(lock.tryAcquire('g', 'newcomer')).toBeNull();
      expect(lock.holder('g')).toBe('waiter');
      const late = lock.acquire('g', 'late').granted.then(() => enter('late'));
      const release = await waiter;
      inside.delete('waiter');
      release();
      await late;
      expect(most).toBe(1);
    }
  });

  it('serves waiters in the order in which they came', async () => {
    const lock = new Interlock();
    const order: string[] = [];
    const release = lock.tryAcquire('g', 'first');
    const waits = ['second', 'third', 'fourth'].map(async (owner) => {
      const next = await lock.acquire('g', owner).granted;
      order.push(owner);
      next();
    });
    release?.();
    await Promise.all(waits);
    expect(order).toEqual(['second', 'third', 'fourth']);
    expect(lock.holder('g')).toBeUndefined();
  });

  it('lets a waiter leave: it is rejected, and the one behind it is served', async () => {
    const lock = new Interlock();
    const release = lock.tryAcquire('g', 'holder');
    const leaving = lock.acquire('g', 'leaving');
    const staying = lock.acquire('g', 'staying');
    leaving.abandon();
    leaving.abandon();
    const thrown: unknown = await leaving.granted.catch((error: unknown) => error);
    expect(isPeristaError(thrown, 'E406')).toBe(true);
    expect(thrown).toMatchObject({
      message: 'leaving no longer waits for g',
      details: { group: 'g', owner: 'leaving' },
    });
    release?.();
    await staying.granted;
    expect(lock.holder('g')).toBe('staying');
  });

  it('does not let go of a granted lock when its claim is abandoned, nor twice when it is released twice', async () => {
    const lock = new Interlock();
    const claim = lock.acquire('g', 'first');
    claim.abandon();
    expect(lock.holder('g')).toBe('first');
    const second = lock.acquire('g', 'second');
    const release = await claim.granted;
    release();
    await second.granted;
    release();
    expect(lock.holder('g')).toBe('second');
  });

  it('keeps groups apart', () => {
    const lock = new Interlock();
    expect(lock.tryAcquire('g', 'one')).not.toBeNull();
    expect(lock.tryAcquire('h', 'two')).not.toBeNull();
  });

  it('never has two inside, whatever comes, leaves and lets go in whatever order', async () => {
    const step = fc.record({ act: fc.constantFrom('acquire', 'try', 'release', 'abandon', 'turn'), pick: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const lock = new Interlock();
        const held: Release[] = [];
        const claims: { abandon(): void }[] = [];
        for (const { act, pick } of steps) {
          if (act === 'try') {
            const release = lock.tryAcquire('g', 'try');
            if (release !== null) held.push(release);
          }
          if (act === 'acquire') {
            const claim = lock.acquire('g', 'acquire');
            claim.granted.then(
              (release) => held.push(release),
              () => {},
            );
            claims.push(claim);
          }
          if (act === 'release') held.shift()?.();
          if (act === 'abandon') claims[pick]?.abandon();
          if (act === 'turn') for (let turn = 0; turn <= pick; turn++) await null;
          expect(held.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
  });
});

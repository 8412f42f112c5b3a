// Proves that seeded chance repeats, is even enough to test with, and that host chance comes from the host alone.
import { describe, expect, it } from 'vitest';
import { hostRandom, randomHex, seededRandom } from './random.ts';

describe('seededRandom', () => {
  it('repeats itself from its seed, and differs between seeds', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, seededRandom(seed).unit);
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
    expect([...seededRandom(9).bytes(16)]).toEqual([...seededRandom(9).bytes(16)]);
  });

  it('stays in [0, 1) and fills it evenly', () => {
    const random = seededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random.unit();
      expect(value >= 0 && value < 1).toBe(true);
      const tenth = Math.floor(value * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('hostRandom', () => {
  const host = (fill: number) => ({ getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(fill) });

  it('hands out the bytes of the host', () => {
    expect([...hostRandom(host(7)).bytes(3)]).toEqual([7, 7, 7]);
  });

  it('never reaches 1', () => {
    expect(hostRandom(host(0)).unit()).toBe(0);
    expect(hostRandom(host(255)).unit()).toBeLessThan(1);
  });
});

describe('randomHex', () => {
  it('has two lower-case digits for each byte', () => {
    expect(randomHex({ unit: () => 0, bytes: () => Uint8Array.of(0, 10, 255) }, 3)).toBe('000aff');
    expect(randomHex(seededRandom(1), 16)).toMatch(/^[0-9a-f]{32}$/);
  });
});

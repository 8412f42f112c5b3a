import { hash, verify } from '@node-rs/argon2';
import { PeristaError } from '@perista/core';
import type { Hasher } from './hasher.ts';

/** OWASP's first choice for argon2id (the library's default variant): 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A Raspberry Pi has four cores and little memory; the agent needs its share of both. */
const HASHES_AT_A_TIME = 2;
const MAX_WAITING = 32;

/** {@link Hasher} by argon2id in the thread pool. Past its queue it throws E408 rather than let work pile up. */
export function argon2Hasher(): Hasher {
  const slots = limitedSlots(HASHES_AT_A_TIME, MAX_WAITING);
  return {
    hash: (password) => slots(() => hash(password, ARGON2ID)),
    verify: (stored, password) => slots(() => verify(stored, password).catch(() => false)),
  };
}

/** At most `size` works at once, first come first served; a finished work hands its slot to the next in line. */
export function limitedSlots(size: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = size;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return async (work) => {
    if (free > 0) free--;
    else if (waiting.length >= maxWaiting)
      throw new PeristaError('E408', 'Too many log-ins at once; try again shortly');
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      release();
    }
  };
}

// Proves that passwords are kept as argon2id of the stated cost, and that at most two are worked on at once.
import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { argon2Hasher, limitedSlots } from './argon2-hasher.ts';

describe('the argon2 hasher', () => {
  it('makes argon2id hashes of 19 MiB and two passes, salted, that only the password fits', async () => {
    const hasher = argon2Hasher();
    const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'correct horse')).toBe(true);
    expect(await hasher.verify(one, 'correct horsE')).toBe(false);
    expect(await hasher.verify('not a hash', 'correct horse')).toBe(false);
  });
});

describe('limited slots', () => {
  it('runs two at a time, in the order of arrival, and hands a slot over even when work fails', async () => {
    const slots = limitedSlots(2, 10);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const works = Array.from({ length: 8 }, (_, index) =>
      slots(async () => {
        order.push(index);
        most = Math.max(most, ++running);
        await null;
        running--;
        if (index === 1) throw new Error('broken');
      }).catch(() => undefined),
    );
    await Promise.all(works);
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('never lets a newcomer in beside the one a slot was handed to', async () => {
    const slots = limitedSlots(1, 50);
    let inside = 0;
    let most = 0;
    const work = () =>
      slots(async () => {
        most = Math.max(most, ++inside);
        await null;
        inside--;
      });
    const all = [work(), work()];
    for (let turn = 0; turn < 8; turn++) {
      await null;
      all.push(work());
    }
    await Promise.all(all);
    expect(most).toBe(1);
  });

  it('refuses with E408 what would wait in too long a line', async () => {
    const slots = limitedSlots(1, 1);
    const never = new Promise<void>(() => {});
    void slots(() => never);
    void slots(() => never);
    const refused = await slots(() => never).catch((thrown: unknown) => thrown);
    expect(isPeristaError(refused, 'E408')).toBe(true);
  });
});

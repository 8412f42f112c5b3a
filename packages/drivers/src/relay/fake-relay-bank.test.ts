// Proves that a relay is on for exactly as long as it was told, one at a time, and that its on-time is told once.
import { isPeristaError, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { FakeRelayBank } from './fake-relay-bank.ts';
import { LONGEST_ON_MS } from './relay-bank.ts';

describe('FakeRelayBank', () => {
  it('lets go at the deadline, and tells how long it was on', async () => {
    const clock = new VirtualClock();
    const bank = new FakeRelayBank(clock);
    expect(await bank.set(2, 200)).toBe(0);
    await clock.advance(199);
    expect(bank.on).toBe(2);
    await clock.advance(1_000);
    expect(bank.on).toBeNull();
    expect([await bank.set(null, 0), await bank.set(null, 0), bank.onMs(2)]).toEqual([200, 0, 200]);
  });

  it('goes on without a gap when renewed, and turns off what was on for another', async () => {
    const clock = new VirtualClock();
    const bank = new FakeRelayBank(clock);
    const told: number[] = [];
    for (const channel of [1, 1, 1, 6, null]) {
      told.push(await bank.set(channel, LONGEST_ON_MS));
      await clock.advance(100);
    }
    expect(told).toEqual([0, 100, 100, 100, 100]);
    expect([bank.on, bank.onMs(1), bank.onMs(6)]).toEqual([null, 300, 100]);
  });

  it('refuses channels and times that there are not', async () => {
    const bank = new FakeRelayBank(new VirtualClock());
    await expect(bank.set(0, 100)).rejects.toThrow('must be 1 to 6, is 0');
    await expect(bank.set(7, 100)).rejects.toThrow('must be 1 to 6, is 7');
    await expect(bank.set(1, 0)).rejects.toThrow('1 to 250 ms, not 0');
    await expect(bank.set(1, 251)).rejects.toThrow('1 to 250 ms, not 251');
    expect(bank.on).toBeNull();
  });

  it('lets go at the deadline also when it cannot be reached (E110), and when it is closed', async () => {
    const clock = new VirtualClock();
    const bank = new FakeRelayBank(clock);
    await bank.set(3, 250);
    bank.break();
    const refused = await bank.set(3, 250).catch((thrown) => thrown);
    expect([isPeristaError(refused, 'E110'), bank.on]).toEqual([true, 3]);
    await clock.advance(250);
    expect(bank.on).toBeNull();
    bank.mend();
    await bank.set(4, 250);
    await bank.close();
    expect(bank.on).toBeNull();
  });
});

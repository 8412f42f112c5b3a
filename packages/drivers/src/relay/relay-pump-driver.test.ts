// Proves the contract of a pump behind relays (P9, P11, I4, I16) on a bank in memory, and on one behind the real guard.
import { PeristaError, silentLog } from '@perista/core';
import { FakeRelayBank } from './fake-relay-bank.ts';
import { GuardedRelayBank } from './guarded-relay-bank.ts';
import { MemoryRelayLines } from './memory-relay-lines.ts';
import { pipePair } from './pipe-pair.ts';
import { RelayGuard } from './relay-guard.ts';
import { relayPumpContract } from './relay-pump-contract.ts';

relayPumpContract('bank in memory', (clock) => {
  const bank = new FakeRelayBank(clock);
  return {
    bank,
    on: () => bank.on,
    onMs: (channel) => bank.onMs(channel),
    break: () => bank.break(),
    mend: () => bank.mend(),
  };
});

relayPumpContract('bank behind a guard', (clock) => {
  const lines = new MemoryRelayLines(clock);
  let isBroken = false;
  let hangUp = async () => {};
  const bank = new GuardedRelayBank({
    channels: lines.channels,
    clock,
    log: silentLog,
    async startGuard() {
      if (isBroken) throw new PeristaError('E110', 'no guard can be started');
      const [near, far] = pipePair();
      await lines.write(null);
      const run = new RelayGuard({ clock, lines, pipe: far }).run();
      void run.then(() => far.close());
      hangUp = () => near.close();
      return near;
    },
  });
  return {
    bank,
    on: () => lines.driven,
    onMs: (channel) => onTime(lines, channel, clock.monotonicMs()),
    break() {
      isBroken = true;
      void hangUp();
    },
    mend() {
      isBroken = false;
    },
  };
});

function onTime({ changes }: MemoryRelayLines, channel: number, nowMs: number): number {
  return changes.reduce((sum, { atMs, driven }, index) => {
    return driven === channel ? sum + (changes[index + 1]?.atMs ?? nowMs) - atMs : sum;
  }, 0);
}

// Stands in for an agent that doses: has a guard for the relays at the address it is given, and keeps relay 3 on.
import { hostClock, silentLog, sleep } from '@perista/core';
import { GuardedRelayBank, LONGEST_ON_MS } from '@perista/drivers';
import { guardStarter } from 'perista';

const RENEWAL_MS = 100;

const [address = ''] = process.argv.slice(2);
const clock = hostClock(globalThis);
process.title = 'perista stand-in';
const bank = new GuardedRelayBank({
  channels: 6,
  startGuard: guardStarter(() => address, clock),
  clock,
  log: silentLog,
});
for (;;) {
  const wasOnMs = await bank.set(3, LONGEST_ON_MS).catch((thrown: unknown) => String(thrown));
  process.stdout.write(`${wasOnMs}\n`);
  await sleep(clock, RENEWAL_MS);
}

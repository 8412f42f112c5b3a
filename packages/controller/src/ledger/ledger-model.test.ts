// Proves that the ledger keeps what it says, whatever people, agent, disk, crashes and time do to it, in any order: it is
// run against a model of a few lines (P2, P5, I1, I2, I3, I4, I5, I7, I8, I10, I11, I12, I19).
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COMMANDS, calm } from './model/commands.ts';
import { expectAllAccountedFor } from './model/invariants.ts';
import { newModel } from './model/ledger-model.ts';
import { RealLedger } from './model/real-ledger.ts';

const RUNS_OF: Readonly<Record<string, number>> = { short: 40, long: 400, full: 2_000 };
const RUNS = RUNS_OF[process.env.PERISTA_CAMPAIGN ?? 'short'] ?? 40;
const MAX_COMMANDS = 40;
/** The longest that an order may wait for its turn, and then be carried out. */
const REST_LIMIT_MS = 35 * 60_000;

it('stays true to its model', { timeout: RUNS * 4_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: MAX_COMMANDS, size: 'max' }), async (commands) => {
      const model = newModel();
      const real = new RealLedger();
      await real.unit.boot();
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await calm.run(model, real);
      await comeToRest(real);
      expectAllAccountedFor(model, real);
      real.unit.crash();
    }),
    { numRuns: RUNS, ...(RUNS === 40 ? { seed: 20261125 } : {}) },
  );
});

async function comeToRest(real: RealLedger): Promise<void> {
  const { clock } = real.unit;
  const limitMs = clock.monotonicMs() + REST_LIMIT_MS;
  const isOpen = () => real.doses().some(({ ended_at }) => ended_at === null);
  while (isOpen() && clock.monotonicMs() < limitMs) {
    await clock.advance(5_000);
    await real.raiseIfDead();
  }
  expect(isOpen(), 'I8: every dose ends in time').toBe(false);
}

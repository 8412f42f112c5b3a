import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { MUTANTS } from '../mutants/mutant-table.ts';
import { type LifeOrder, type LifeResult, live } from './live.ts';
import { StrayErrors } from './stray-errors.ts';
import { type SweepOrder, type SweepResult, sweep } from './sweep.ts';

/** A life to be lived in this thread, with a defect or as the product is. */
export interface WorkOrder extends LifeOrder {
  readonly mutant: string | null;
}

/** What a thread answers: what came of its order, or what went wrong with the simulator itself. */
export type WorkReport<Result = LifeResult | SweepResult> = { readonly result: Result } | { readonly failure: string };

// On Linux this thread alone: whatever else the machine does, doses by real time among it, goes first.
setPriority(constants.priority.PRIORITY_LOW);

const strays = new StrayErrors();
const report = (answer: WorkReport) => parentPort?.postMessage(answer);

async function carryOut(order: WorkOrder | SweepOrder): Promise<LifeResult | SweepResult> {
  if ('restarts' in order) return sweep(order, strays);
  const { mutant, ...life } = order;
  const composition = mutant === null ? undefined : MUTANTS[mutant]?.composition;
  return live(life, strays, composition);
}

parentPort?.on('message', (order: WorkOrder | SweepOrder) => {
  carryOut(order).then(
    (result) => report({ result }),
    (thrown: unknown) =>
      report({ failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  );
});

import { parentPort } from 'node:worker_threads';
import { MUTANTS } from '../mutants/mutant-table.ts';
import { type LifeOrder, type LifeResult, live } from './live.ts';
import { StrayErrors } from './stray-errors.ts';

/** A life to be lived in this thread, with a defect or as the product is. */
export interface WorkOrder extends LifeOrder {
  readonly mutant: string | null;
}

/** What a thread answers: the life, or what went wrong with the simulator itself. */
export type WorkReport = { readonly result: LifeResult } | { readonly failure: string };

const strays = new StrayErrors();
const report = (answer: WorkReport) => parentPort?.postMessage(answer);

parentPort?.on('message', (order: WorkOrder) => {
  const { mutant, ...life } = order;
  const composition = mutant === null ? undefined : MUTANTS[mutant]?.composition;
  live(life, strays, composition).then(
    (result) => report({ result }),
    (thrown: unknown) =>
      report({ failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  );
});

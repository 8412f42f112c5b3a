import { parentPort } from 'node:worker_threads';
import { MUTANTS } from '../mutants/mutant-table.ts';
import { type LifeOrder, live } from './live.ts';
import { StrayErrors } from './stray-errors.ts';

/** A life to be lived in this thread, with a defect or as the product is. */
export interface WorkOrder extends LifeOrder {
  readonly mutant: string | null;
}

const strays = new StrayErrors();

parentPort?.on('message', (order: WorkOrder) => {
  const { mutant, ...life } = order;
  const composition = mutant === null ? undefined : MUTANTS[mutant]?.composition;
  live(life, strays, composition).then((result) => parentPort?.postMessage(result));
});

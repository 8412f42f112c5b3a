import { Worker } from 'node:worker_threads';
import type { LifeResult } from './live.ts';
import type { SweepOrder, SweepResult } from './sweep.ts';
import type { WorkOrder, WorkReport } from './worker.ts';

/** Threads that live lives, one each at a time. */
export class Crew {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(jobs: number) {
    this.#workers = Array.from({ length: jobs }, () => new Worker(new URL('./worker.ts', import.meta.url)));
    this.#idle = [...this.#workers];
  }

  /** Lives it as soon as a thread is free. */
  live(order: WorkOrder): Promise<LifeResult> {
    return this.#give(order);
  }

  /** Restarts processes around slots of weekly plans, as soon as a thread is free. */
  sweep(order: SweepOrder): Promise<SweepResult> {
    return this.#give(order);
  }

  async #give<Result>(order: WorkOrder | SweepOrder): Promise<Result> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      return await new Promise<Result>((resolve, reject) => {
        worker.once('message', (report: WorkReport<Result>) => {
          worker.off('error', reject);
          if ('result' in report) resolve(report.result);
          else reject(new Error(report.failure));
        });
        worker.once('error', reject);
        worker.postMessage(order);
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

import type { Writable } from 'node:stream';

/** What waits for a client. */
export type Queue = Pick<Writable, 'writableLength' | 'destroyed' | 'destroy'>;

/** Sends those away for whom the most waits, until what waits for all of them is within the limit. */
export function relieveQueues(queues: readonly Queue[], mostBytes: number): void {
  const living = queues.filter(({ destroyed }) => !destroyed);
  let total = living.reduce((sum, { writableLength }) => sum + writableLength, 0);
  for (const queue of living.toSorted((one, other) => other.writableLength - one.writableLength)) {
    if (total <= mostBytes) return;
    total -= queue.writableLength;
    queue.destroy(new Error('too much waits for clients, and most of it for this one'));
  }
}

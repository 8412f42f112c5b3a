// What waits for slow clients has a bound for all of them together: those with the most go first, and no more than it takes.
import { expect, it } from 'vitest';
import { type Queue, relieveQueues } from './relieve-queues.ts';

function queueOf(writableLength: number): Queue & { gone: boolean } {
  const queue = {
    gone: false,
    writableLength,
    destroyed: false,
    destroy() {
      queue.gone = true;
      return queue as never;
    },
  };
  return queue;
}

it('sends away the fullest, and only as many as it takes', () => {
  const queues = [10, 50, 0, 30, 20].map(queueOf);
  relieveQueues(queues, 40);
  expect(queues.map(({ gone }) => gone)).toEqual([false, true, false, true, false]);
});

it('leaves everybody alone within the limit', () => {
  const queues = [10, 20].map(queueOf);
  relieveQueues(queues, 30);
  expect(queues.some(({ gone }) => gone)).toBe(false);
});

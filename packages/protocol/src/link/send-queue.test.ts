// Proves that frames go out one at a time and in order, that none is left lying, and that refused ones are dropped alone.
import { describe, expect, it } from 'vitest';
import { SendQueue } from './send-queue.ts';

/** A socket that is busy for a microtask with each frame, and refuses odd ones if told to. */
function socket(refusesOdd = false) {
  const sent: number[] = [];
  const dropped: unknown[] = [];
  let busy = false;
  const put = async (frame: number) => {
    expect(busy).toBe(false);
    busy = true;
    await null;
    busy = false;
    if (refusesOdd && frame % 2 === 1) throw new Error(`no ${frame}`);
    sent.push(frame);
  };
  return { sent, dropped, queue: new SendQueue<number>(3, put, (reason) => dropped.push(String(reason))) };
}

describe('SendQueue', () => {
  it('takes a frame pushed in any microtask after another and leaves none lying', async () => {
    for (let gap = 0; gap < 12; gap++) {
      const { sent, queue } = socket();
      queue.push(1);
      for (let turn = 0; turn < gap; turn++) await null;
      queue.push(2);
      await queue.drained();
      expect(sent, `pushed ${gap} microtasks later`).toEqual([1, 2]);
    }
  });

  it('drops what the socket refuses, and goes on', async () => {
    const { sent, dropped, queue } = socket(true);
    for (const frame of [1, 2, 3]) queue.push(frame);
    await queue.drained();
    expect(sent).toEqual([2]);
    expect(dropped).toEqual(['Error: no 1', 'Error: no 3']);
  });

  it('takes no more than its limit', () => {
    const { queue } = socket();
    expect([1, 2, 3, 4, 5].map((frame) => queue.push(frame))).toEqual([true, true, true, true, false]);
  });
});

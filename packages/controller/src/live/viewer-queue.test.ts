// What waits for a viewer is bounded, in order and without gaps, and of values only the latest is kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Delta, latest, reliable } from './delta.ts';
import { ViewerQueue } from './viewer-queue.ts';

const gone = (pumpId: string) => ({ name: 'pump:removed', news: { pump_id: pumpId } }) as const;
type Taken = ReturnType<ViewerQueue['take']>;
const idOf = ({ news }: Delta) => ('pump_id' in news ? news.pump_id : news);
const told = (taken: Taken) => taken.map(({ delta }) => idOf(delta));
const seqs = (taken: Taken) => taken.map(({ seq }) => seq);

describe('the queue of a viewer', () => {
  it('keeps all that must arrive, in order, and the latest of each value, after what led to it', () => {
    const queue = new ViewerQueue();
    queue.put(latest('x', gone('x1')));
    queue.put(reliable(gone('first')));
    queue.put(latest('y', gone('y1')));
    queue.put(latest('x', gone('x2')));
    queue.put(reliable(gone('second')));
    queue.put(latest('z', gone('z1')));
    queue.forget('z');
    expect(told(queue.take())).toEqual(['first', 'second', 'y1', 'x2']);
    expect([queue.isEmpty, queue.waitingBytes]).toEqual([true, 0]);
  });

  it('numbers what it hands out from the snapshot on, and a snapshot makes what waits needless', () => {
    const queue = new ViewerQueue();
    queue.put(reliable(gone('before')));
    expect(queue.restart()).toBe(1);
    expect(queue.take()).toEqual([]);
    for (const name of ['a', 'b']) queue.put(reliable(gone(name)));
    expect(seqs(queue.take())).toEqual([2, 3]);
    queue.put(reliable(gone('c')));
    expect(seqs(queue.take())).toEqual([4]);
  });

  it('hands out a bounded part at a time, values last', () => {
    const queue = new ViewerQueue();
    const long = 'x'.repeat(100_000);
    queue.put(latest('value', gone('value')));
    for (let count = 0; count < 5; count++) queue.put(reliable(gone(`${count}${long}`)));
    const parts: number[] = [];
    while (!queue.isEmpty) parts.push(queue.take().length);
    expect(parts).toEqual([2, 2, 2]);
    queue.put(reliable(gone('x'.repeat(500_000))));
    expect(queue.take()).toHaveLength(1);
  });

  it('never holds more than its bound: it lets go of everything and stays shut', () => {
    const queue = new ViewerQueue();
    const long = 'x'.repeat(10_000);
    for (let count = 0; count < 99; count++) queue.put(reliable(gone(`${count}${long}`)));
    expect([queue.hasRunOver, queue.waitingBytes > 900_000]).toEqual([false, true]);
    queue.put(reliable(gone(long)));
    queue.put(reliable(gone('late')));
    expect([queue.hasRunOver, queue.waitingBytes, queue.isEmpty]).toEqual([true, 0, true]);
  });

  it('counts its bytes right through any use', () => {
    const put = fc.record({ key: fc.constantFrom(null, 'x', 'y', 'z'), length: fc.nat(60_000) });
    const act = fc.oneof({ weight: 5, arbitrary: put }, fc.constantFrom('take' as const, 'forget' as const));
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const queue = new ViewerQueue();
        let seq = queue.restart();
        for (const one of acts) {
          if (one === 'take') for (const next of seqs(queue.take())) expect(next).toBe(++seq);
          else if (one === 'forget') queue.forget('x');
          else if (one.key === null) queue.put(reliable(gone('x'.repeat(one.length))));
          else queue.put(latest(one.key, gone('x'.repeat(one.length))));
          expect(queue.waitingBytes).toBeLessThanOrEqual(1_000_000);
        }
        while (!queue.isEmpty) queue.take();
        expect(queue.waitingBytes).toBe(0);
      }),
    );
  });
});

// Proves that each message counts once, that what was overtaken still counts, and that nobody shuts a device out for ever.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageOrder } from './message-order.ts';

const kinds = (order: MessageOrder, numbers: readonly (readonly [boot: number, seq: number])[]) =>
  numbers.map(([boot, seq]) => order.judge({ boot, seq }, 0).kind);

describe('the order of messages', () => {
  it('takes each number once, and those that were missing when they come', () => {
    const order = new MessageOrder({ boot: 3, seq: 10 });
    expect(
      kinds(order, [
        [3, 10],
        [3, 11],
        [3, 14],
        [3, 12],
        [3, 12],
        [3, 9],
      ]),
    ).toEqual(['dropped', 'new', 'new', 'late', 'dropped', 'dropped']);
    expect(order.missingOf({ boot: 3, fromSeq: 0, toSeq: 99 })).toEqual([{ boot: 3, fromSeq: 13, toSeq: 13 }]);
  });

  it('begins anew with each start of the device, and knows what is left over of an older one', () => {
    const order = new MessageOrder({ boot: 3, seq: 10 });
    expect(order.judge({ boot: 4, seq: 0 }, 0)).toEqual({ kind: 'new', hasRebooted: true, gap: null });
    expect(order.judge({ boot: 3, seq: 11 }, 0)).toEqual({ kind: 'dropped', reason: 'old-boot' });
    expect(order.judge({ boot: 4, seq: 3 }, 0)).toMatchObject({ gap: { boot: 4, fromSeq: 1, toSeq: 2 } });
  });

  it('believes a device whose memory was wiped once it says so again and again, and its old self is silent', () => {
    const order = new MessageOrder(null);
    order.judge({ boot: Number.MAX_SAFE_INTEGER, seq: 5 }, 0);
    const at = (seq: number, nowMs: number) => order.judge({ boot: 1, seq }, nowMs).kind;
    expect([at(1, 1_000), at(2, 61_000), at(3, 62_000), at(4, 63_000), at(5, 64_000)]).toEqual([
      'dropped',
      'dropped',
      'dropped',
      'new',
      'new',
    ]);
  });

  it('takes no number twice, in whatever order they come', () => {
    const number = fc.record({ boot: fc.nat(2), seq: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(number, { maxLength: 60 }), (numbers) => {
        const order = new MessageOrder(null);
        const taken = numbers
          .filter((each) => order.judge(each, 0).kind !== 'dropped')
          .map((each) => JSON.stringify(each));
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });
});

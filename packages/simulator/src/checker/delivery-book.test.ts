// Proves that the checker sees what a sink was not told, was told out of order, or was told though nobody owed it (I19).
import { describe, expect, it } from 'vitest';
import { DeliveryBook } from './delivery-book.ts';

function owing(...keys: string[]): DeliveryBook {
  const book = new DeliveryBook('the sink');
  for (const key of keys) book.owe(key);
  return book;
}

describe('what a sink is owed', () => {
  it('may come again until the next was told, and then never', () => {
    const book = owing('one', 'two');
    expect([book.take('one'), book.take('one'), book.take('two'), book.take('two')]).toEqual([null, null, null, null]);
    expect(book.missing).toBeNull();
    expect(book.take('one')).toBe('the sink was told one, which it is not owed');
  });

  it('comes in order', () => {
    expect(owing('one', 'two').take('two')).toBe('the sink was told two before one');
  });

  it('is missed while it is owed, unless it may be left out', () => {
    const book = owing('one');
    expect(book.missing).toBe('the sink is owed one');
    book.excuse('one');
    expect(book.missing).toBeNull();
    book.owe('two');
    expect([book.take('two'), book.take('one')]).toEqual([null, null]);
  });

  it('is known again by its token where two look alike', () => {
    const book = owing('same', 'same');
    expect([book.take('same', 'a'), book.take('same', 'a')]).toEqual([null, null]);
    expect(book.missing).toBe('the sink is owed same');
    expect(book.take('same', 'b')).toBeNull();
    expect(book.missing).toBeNull();
  });
});

// Proves that the checker knows who waits for an answer over MQTT, on which topics, and when nobody owes one any more (I10).
import { expect, it } from 'vitest';
import type { ArrivedMessage } from '../outside/mqtt-message.ts';
import { AnswerBook } from './answer-book.ts';

const order = (more: Partial<ArrivedMessage> = {}): ArrivedMessage => ({
  ...{ what: 'dose', pumpId: 'a', id: 'x', volumeMl: 1, spelling: 'a 1', expiresAtMs: null, sentMs: 0 },
  ...{ answerTopic: null, retain: false, dup: false },
  ...more,
});
const answer = (id: string | null) => JSON.stringify({ id });

it('waits for both topics of results and that of the sender', () => {
  const book = new AnswerBook();
  book.ask(order({ answerTopic: 'answers/1' }), 0);
  for (const topic of ['doser/stat/a/result', 'stat/doser/a/result']) book.hear(topic, answer('x'));
  expect(book.missing).toBe('dose x of a over MQTT has no answer on answers/1');
  book.hear('answers/1', answer('x'));
  expect(book.missing).toBeNull();
});

it('takes the answer to another order for none of its own', () => {
  const book = new AnswerBook();
  book.ask(order(), 0);
  book.hear('doser/stat/a/result', answer('y'));
  book.hear('doser/stat/b/result', answer('x'));
  expect(book.count).toBe(1);
});

it('expects none in a flood, and none of who has died', () => {
  const book = new AnswerBook();
  for (let nth = 0; nth < 100; nth++) book.ask(order({ id: `${nth}` }), 0);
  expect(book.count).toBe(49);
  book.forget();
  expect(book.count).toBe(0);
  book.ask(order(), 2_000);
  expect(book.count).toBe(1);
});

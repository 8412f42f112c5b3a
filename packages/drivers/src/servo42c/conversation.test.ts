// Proves that an echo is told from a reading that happens to be spelt like the question.
import { expect, it } from 'vitest';
import { collectingConversation } from './conversation.ts';

const READ_ENCODER = Uint8Array.of(0xe0, 0x30, 0x10);

function heardAfter(...bytes: number[]): number[] {
  const conversation = collectingConversation(READ_ENCODER, 60);
  conversation.hear(Uint8Array.from(bytes));
  const heard = conversation.silence();
  return heard instanceof Uint8Array ? [...heard] : [];
}

it('drops an echo, alone or before a reply', () => {
  expect(heardAfter(0xe0, 0x30, 0x10)).toEqual([]);
  expect(heardAfter(0xe0, 0x30, 0x10, 0xe0, 0x12, 0x34, 0x26)).toEqual([0xe0, 0x12, 0x34, 0x26]);
});

it('keeps a reading of a shaft that rests where it is spelt like the question', () => {
  expect(heardAfter(0xe0, 0x30, 0x10, 0x20)).toEqual([0xe0, 0x30, 0x10, 0x20]);
});

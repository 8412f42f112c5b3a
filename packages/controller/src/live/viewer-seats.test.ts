// The number of viewers is bounded, in all and for each log-in, and a seat that was left can be taken again.
import { expect, it } from 'vitest';
import { ViewerSeats } from './viewer-seats.ts';

const takeAll = (seats: ViewerSeats, loginId: string): number => {
  let taken = 0;
  while (taken < 1_000 && seats.take(loginId)) taken++;
  return taken;
};

it('has 20 seats for a log-in and 200 in all', () => {
  const seats = new ViewerSeats();
  const taken = Array.from({ length: 11 }, (_, index) => takeAll(seats, `login-${index}`));
  expect(taken).toEqual([...Array(10).fill(20), 0]);
  seats.giveBack('login-3');
  expect([takeAll(seats, 'login-4'), takeAll(seats, 'login-99'), takeAll(seats, 'login-3')]).toEqual([0, 1, 0]);
});

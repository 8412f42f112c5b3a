// Filters take what MQTT 5 section 4.7 says that they take, and two of them meet where one topic fits both.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matches, overlaps } from './topic-filter.ts';

it.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'sport/tennis', true],
  ['sport/+', 'sport/tennis', true],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['sport/+', 'sport/tennis/player1', false],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/broker', false],
  ['+/broker', '$SYS/broker', false],
  ['$SYS/#', '$SYS/broker', true],
  ['doser', 'Doser', false],
])('%s and %s: %s', (filter, topic, isTaken) => {
  expect(matches(filter, topic)).toBe(isTaken);
});

it.each([
  ['devices/+/commands', 'devices/a/#', true],
  ['devices/+/commands', 'devices/a/+', true],
  ['devices/a/commands', 'devices/b/commands', false],
  ['a/+/c', '+/b/c', true],
  ['a/b', 'a/b/c', false],
  ['+/x', '$SYS/x', false],
])('%s and %s meet: %s', (one, other, isMeeting) => {
  expect(overlaps(one, other)).toBe(isMeeting);
});

const level = fc.constantFrom('', 'a', 'b', '$c');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/#'))
  .map(([levels, end]) => levels.join('/') + end);

it('meets wherever some topic fits both, the same from either side', () => {
  fc.assert(
    fc.property(filter, filter, topic, (one, other, told) => {
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      if (matches(one, told) && matches(other, told)) expect(overlaps(one, other)).toBe(true);
    }),
  );
});

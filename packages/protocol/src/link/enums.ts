import { type Direction, type EndCause, PeristaError } from '@perista/core';
import { Direction as WireDirection, EndCause as WireEndCause } from './gen/link_pb.js';

const DIRECTIONS = {
  forward: WireDirection.FORWARD,
  reverse: WireDirection.REVERSE,
} as const satisfies Record<Direction, WireDirection>;

const END_CAUSES = {
  target: WireEndCause.TARGET,
  stop: WireEndCause.STOP,
  'emergency-stop': WireEndCause.EMERGENCY_STOP,
  'lease-lost': WireEndCause.LEASE_LOST,
  cap: WireEndCause.CAP,
  fault: WireEndCause.FAULT,
  recovered: WireEndCause.RECOVERED,
} as const satisfies Record<EndCause, WireEndCause>;

function keyOf<Key extends string>(table: Readonly<Record<Key, number>>, value: number, what: string): Key {
  const found = (Object.keys(table) as Key[]).find((key) => table[key] === value);
  if (found === undefined)
    throw new PeristaError('E205', `The agent link carried ${what} ${value}, which has no meaning`);
  return found;
}

export const directionToWire = (direction: Direction): WireDirection => DIRECTIONS[direction];
export const directionFromWire = (wire: WireDirection): Direction => keyOf(DIRECTIONS, wire, 'direction');
export const endCauseToWire = (cause: EndCause): WireEndCause => END_CAUSES[cause];
export const endCauseFromWire = (wire: WireEndCause): EndCause => keyOf(END_CAUSES, wire, 'end cause');

import type { Pump, PumpStateName } from '@perista/protocol/api';

const MOVING: ReadonlySet<PumpStateName> = new Set(['running', 'priming', 'calibrating']);

/** Which way the shaft turns, as far as it is known to turn. */
export const turningOf = ({ state, current_dose }: Pump): 'forward' | 'reverse' | undefined =>
  MOVING.has(state) ? (current_dose?.direction ?? 'forward') : undefined;

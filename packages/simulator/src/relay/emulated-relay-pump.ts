import type { HeadSettings } from '../pump/pump-head.ts';

/** A pump behind a relay that exists only here: a geared motor that knows one speed, and one unit of a head. */
export interface EmulatedRelayPump {
  /** From 1. */
  readonly channel: number;
  /** Speed of its head while the relay is on, rpm. */
  readonly rpm: number;
  /** Decides how this unit of the head differs from others. */
  readonly seed: number;
  readonly head?: Partial<HeadSettings>;
}

/** With a nominal head 0.33 ml/s, as in the example of the dosing unit's specification. */
const GEARED_RPM = 110;

/** The relay unit of a first start. */
export const DEFAULT_EMULATED_RELAYS: readonly EmulatedRelayPump[] = [41, 42, 43, 44, 45, 46].map((seed, index) => ({
  channel: index + 1,
  rpm: GEARED_RPM,
  seed,
}));

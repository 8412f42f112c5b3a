import type { Random } from '@perista/core';
import type { UnitWorld } from '../world/unit-world.ts';

/** Where and with which dice a fault strikes. */
export interface Scene {
  readonly world: UnitWorld;
  readonly random: Random;
  /** One of the pumps. */
  readonly pumpId: string;
  /** One of the pumps on a motor board. */
  readonly boardId: string;
  /** The order of this occasion. */
  readonly orderedPumpId: string;
  readonly volumeMl: number;
  readonly key: string;
}

/** Something that goes wrong, or somebody who does what nobody expected. */
export interface Fault {
  readonly meaning: string;
  /** Part of the occasions on which it strikes, in worlds where it is at work. */
  readonly share: number;
  /** It means nothing to a unit without relays. */
  readonly needsRelays?: boolean;
  /** It means nothing to a unit that never had a schedule. */
  readonly needsSchedules?: boolean;
  /** It means nothing to a unit without an MQTT broker, without anybody who is told by notices or posts, or without both. */
  readonly needsBroker?: boolean;
  readonly needsPeers?: boolean;
  readonly needsOutside?: boolean;
  /** Strikes once; resolves when it is over and what it broke is whole again. */
  strike(scene: Scene): Promise<void>;
}

/** Uniform between two bounds. */
export const between = (random: Random, from: number, to: number): number => from + (to - from) * random.unit();

/** Between two bounds, and more often near the lower one: each order of magnitude alike. */
export const spread = (random: Random, from: number, to: number): number => from * (to / from) ** random.unit();

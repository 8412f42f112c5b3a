import type { ContainerCondition, ContainerMarks, Deviation } from '@perista/core';

/** What pumps draw from, as it is configured and booked. Volumes in ml. */
export interface ContainerRecord extends ContainerMarks {
  readonly containerId: string;
  readonly product: string;
  readonly levelMl: number;
  readonly condition: ContainerCondition;
  /** ms since 1970. */
  readonly createdAtMs: number;
}

/** A row of a container's book. */
export interface ContainerEntry {
  readonly containerId: string;
  readonly kind: 'opened' | 'draw' | 'refill';
  /** ms since 1970. */
  readonly atMs: number;
  readonly actor: string;
  /** Of a draw. */
  readonly doseId: string | null;
  readonly drawnLoMl: number;
  readonly drawnHiMl: number;
  /** Booked level before. */
  readonly beforeMl: number;
  /** Measured rest before what was added. */
  readonly restMl: number | null;
  readonly addedMl: number;
  /** Booked level from here on. */
  readonly levelMl: number;
  /** The level was seen by a person and does not follow from the rows before. */
  readonly isKnown: boolean;
  readonly deviation: Deviation | null;
  /** Idempotency key with its scope, and the order's body in one spelling. */
  readonly key: string | null;
  readonly request: string | null;
}

export interface StoredEntry extends ContainerEntry {
  readonly seq: number;
}

const NO_MOVEMENT = {
  doseId: null,
  drawnLoMl: 0,
  drawnHiMl: 0,
  restMl: null,
  addedMl: 0,
  isKnown: false,
  deviation: null,
  key: null,
  request: null,
} as const satisfies Partial<ContainerEntry>;

type Required = Pick<ContainerEntry, 'containerId' | 'kind' | 'atMs' | 'actor' | 'beforeMl' | 'levelMl'>;

export const containerEntry = (entry: Required & Partial<ContainerEntry>): ContainerEntry => ({
  ...NO_MOVEMENT,
  ...entry,
});

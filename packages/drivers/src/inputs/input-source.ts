import type { InputName, InputReadings } from '@perista/core';

/** The inputs of all pumps of a unit. */
export interface InputSource {
  /** What is wired up, by pump. */
  readonly wired: ReadonlyMap<string, readonly InputName[]>;
  /** One look at all of them, by pump. What is missing or null cannot be read. Rejects with PeristaError E114 when nothing can. */
  read(): Promise<ReadonlyMap<string, InputReadings>>;
  close(): Promise<void>;
}

/** Two pumps of which neither may start until the other has been at rest for a while. */
export interface Separation {
  /** Ids; the order means nothing. */
  readonly pumps: readonly [string, string];
  /** From the end of a dose of the one to the start of a dose of the other, min. */
  readonly minutes: number;
}

/** The latest instant at which a dose of a pump may have ended, or may yet end; ms on the clock of whoever asks. */
export interface PumpEnd {
  readonly pumpId: string;
  readonly endMs: number;
}

/** What keeps pumps apart. */
export interface SeparationRules {
  readonly separations: readonly Separation[];
  /** Pumps of which only one moves at a time, by pump id. A pump always waits for itself. */
  readonly groupOf?: ReadonlyMap<string, string>;
}

/** A pump may start at `atMs`, and not before, because of `waitsFor`. */
export interface HeldApart {
  readonly atMs: number;
  readonly waitsFor: string;
  /** Minutes that lie between the two; 0 of one mutex group. */
  readonly minutes: number;
}

export const MS_PER_MINUTE = 60_000;

/** The earliest instant at which `pumpId` may start after all `ends`, and the pump it waits for longest; null if none concerns it. */
export function earliestStart(pumpId: string, rules: SeparationRules, ends: readonly PumpEnd[]): HeldApart | null {
  let held: HeldApart | null = null;
  for (const { pumpId: waitsFor, endMs } of ends) {
    const minutes = minutesApart(pumpId, waitsFor, rules);
    if (minutes === null) continue;
    const atMs = endMs + minutes * MS_PER_MINUTE;
    if (held === null || atMs > held.atMs) held = { atMs, waitsFor, minutes };
  }
  return held;
}

function minutesApart(a: string, b: string, { separations, groupOf }: SeparationRules): number | null {
  const chosen = separations.find(({ pumps }) => a !== b && pumps.includes(a) && pumps.includes(b));
  if (chosen !== undefined) return chosen.minutes;
  const group = groupOf?.get(a);
  return a === b || (group !== undefined && group === groupOf?.get(b)) ? 0 : null;
}

/** What a device told of its numbers at one instant; null: it did not tell that one. Instants in ms since 1970. */
export interface Sample {
  readonly deviceId: string;
  readonly atMs: number;
  /** Null: from a plain message. */
  readonly number: { readonly boot: number; readonly seq: number } | null;
  readonly flowRateMlMin: number | null;
  readonly deliveredVolumeMl: number | null;
  readonly batteryLevel: number | null;
}

/** A stretch of which nobody knows anything. */
export interface StoredGap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
}

export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** Samples of a stretch, joined. */
export interface SampleSpan {
  readonly fromMs: number;
  readonly count: number;
  readonly flowRateMlMin: Spread | null;
  readonly deliveredVolumeMl: Spread | null;
  readonly batteryLevel: Spread | null;
}

/** From here to there, the end not included. */
export interface Stretch {
  readonly deviceId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where the numbers of devices are kept over time. Every method throws PeristaError E301 where that cannot be used. */
export interface DeviceHistoryStore {
  /** All of them at once. */
  add(samples: readonly Sample[]): void;
  /** Those of them that are not there yet: they were told again, and stand where the device says, not where they were heard. */
  addMissing(samples: readonly Sample[]): void;
  addGap(deviceId: string, gap: StoredGap): void;
  /** Oldest first, at most `most`. After `after`, the last of a page before. */
  samples(stretch: Stretch, most: number, after?: Sample): Sample[];
  /** Joined into spans of `spanMs`, counted from `originMs`; those without a sample are left out. */
  spans(stretch: Stretch, originMs: number, spanMs: number): SampleSpan[];
  /** Those that reach into the stretch, oldest first. */
  gaps(stretch: Stretch): StoredGap[];
  /** Removes what is older, at most so many samples at once; how many they were. */
  prune(beforeMs: number, most: number): number;
}

/** Nobody keeps them. */
export const NO_HISTORY: DeviceHistoryStore = {
  add() {},
  addMissing() {},
  addGap() {},
  samples: () => [],
  spans: () => [],
  gaps: () => [],
  prune: () => 0,
};

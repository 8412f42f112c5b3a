import { FAULT_NAMES } from '../faults/fault-table.ts';
import { Crew } from './crew.ts';
import type { LifeResult } from './live.ts';
import type { LifeLine } from './result.ts';
import type { ResultFile } from './result-file.ts';
import { shrink } from './shrink.ts';
import { swarm } from './swarm.ts';

export interface CampaignOptions {
  readonly firstSeed: number;
  readonly lives: number;
  readonly days: number;
  readonly jobs: number;
  /** Classes that a swarm is drawn from; default all. */
  readonly faults?: readonly string[];
  /** Where results are kept, and taken up from. */
  readonly file?: ResultFile;
  onLife(life: LifeLine, done: number): void;
  /** A violation, with as few fault classes as show it. */
  onViolation(least: LifeResult): void;
}

/** Lives through worlds from `firstSeed` on, each with a swarm of faults of its own. */
export async function runCampaign(options: CampaignOptions): Promise<LifeLine[]> {
  const { firstSeed, lives, days, jobs, faults = FAULT_NAMES, file } = options;
  const seeds = Array.from({ length: lives }, (_, index) => firstSeed + index);
  const isWanted = (life: LifeLine) => life.days === days && seeds.includes(life.seed);
  const results = (file?.read() ?? []).filter(isWanted);
  const lived = new Set(results.map(({ seed }) => seed));
  const crew = new Crew(Math.min(jobs, Math.max(1, lives - lived.size)));
  const liveOne = async (seed: number) => {
    const result = await crew.live({ seed, days, faults: swarm(seed, faults), mutant: null });
    const { trace: _, ...line } = result;
    file?.add(line);
    results.push(line);
    options.onLife(line, results.length);
    if (result.violation === null) return;
    options.onViolation(await shrink(result, (order) => crew.live({ ...order, mutant: null })));
  };
  try {
    await Promise.all(seeds.filter((seed) => !lived.has(seed)).map(liveOne));
    return results.sort((one, other) => one.seed - other.seed);
  } finally {
    await crew.dismiss();
  }
}

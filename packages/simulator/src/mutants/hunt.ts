import { Crew } from '../campaign/crew.ts';
import type { LifeResult } from '../campaign/live.ts';
import { swarm } from '../campaign/swarm.ts';
import { FAULT_NAMES } from '../faults/fault-table.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutant-table.ts';

export interface HuntOptions {
  readonly firstSeed: number;
  readonly days: number;
  /** Worlds that a defect may hide in before it counts as missed. */
  readonly lives: number;
  readonly jobs: number;
  /** Names of the defects; default all. */
  readonly names?: readonly string[];
  onHunt(hunt: Hunt): void;
}

/** How long a defect lived. */
export interface Hunt {
  readonly name: string;
  readonly mutant: Mutant;
  readonly found: LifeResult | null;
  /** Simulated time until it was found, or all that it lived through. */
  readonly deviceYears: number;
}

/** Lives with each defect until a rule that it breaks finds it. */
export async function hunt({ jobs, names = Object.keys(MUTANTS), ...options }: HuntOptions): Promise<Hunt[]> {
  const crew = new Crew(jobs);
  try {
    const hunts = names.map(async (name) => {
      const mutant = MUTANTS[name];
      if (mutant === undefined) throw new Error(`there is no defect "${name}"`);
      const result = await huntOne(name, mutant, options, crew);
      options.onHunt(result);
      return result;
    });
    return await Promise.all(hunts);
  } finally {
    await crew.dismiss();
  }
}

async function huntOne(
  name: string,
  mutant: Mutant,
  { firstSeed, days, lives }: Omit<HuntOptions, 'jobs' | 'names'>,
  crew: Crew,
): Promise<Hunt> {
  for (let life = 0; life < lives; life++) {
    const seed = firstSeed + life;
    const faults = [...new Set([...swarm(seed, FAULT_NAMES), ...mutant.shows])];
    const found = await crew.live({ seed, days, faults, mutant: name });
    const deviceYears = (life * days + (found.violation?.atMs ?? days * 86_400_000) / 86_400_000) / 365;
    if (mutant.breaks.includes(found.violation?.invariant ?? '')) return { name, mutant, found, deviceYears };
  }
  return { name, mutant, found: null, deviceYears: (lives * days) / 365 };
}

/** One line of the table. */
export function huntText({ name, mutant, found, deviceYears }: Hunt): string {
  const where = found === null ? 'NOT FOUND' : `${found.violation?.invariant} in world ${found.seed}`;
  return `${name.padEnd(34)} ${where.padEnd(20)} ${deviceYears.toFixed(3)} y  ${mutant.defect}\n`;
}

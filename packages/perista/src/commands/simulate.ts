import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  Crew,
  FAULT_NAMES,
  FAULT_TABLE,
  hunt,
  huntText,
  type LifeLine,
  ResultFile,
  reportText,
  runCampaign,
  summarise,
  violationText,
} from '@perista/simulator/campaign';
import { EXIT } from '../process/exit-codes.ts';

const DAYS_A_YEAR = 365;
const TRACE_LINES = 60;
const NEWS_EVERY_MS = 10_000;
const BAR_WIDTH = 30;

const OPTIONS = {
  years: { type: 'string', default: '1' },
  days: { type: 'string', default: '12' },
  seed: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '1' },
  faults: { type: 'string' },
  replay: { type: 'string' },
  json: { type: 'string' },
  out: { type: 'string' },
  mutants: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const;

const HELP = `perista simulate lives through years of a unit in minutes: the real controller and agent on emulated hardware, in
virtual time, with faults, and checks the rules of the dose protocol after everything that happens.

  --years N     device-years to live in all [1]
  --days D      days of each world [12]
  --seed S      first seed; each world has the next one [1]
  --jobs J      worlds at once [1]
  --faults a,b  only these classes of faults ("none" for none)
  --out FILE    keep results there, one world a line, and go on from what stands in it
  --json FILE   write the figures of the campaign
  --replay S    live through the world of one seed, with exactly --faults, and print its course
  --mutants     live with each known defect until a rule finds it
  --list        name all classes of faults
`;

/** `perista simulate`: exit code 0 if no rule was broken. */
export async function simulate(args: readonly string[]): Promise<number> {
  const order = readOrder(args);
  if (typeof order === 'string') {
    process.stderr.write(`perista: ${order}\n\n${HELP}`);
    return EXIT.wrongSettings;
  }
  if (order.list) return listFaults();
  if (order.mutants) return huntMutants(order);
  if (order.replay !== null) return replay(order.replay, order);
  return campaign(order);
}

interface Order {
  readonly lives: number;
  readonly days: number;
  readonly seed: number;
  readonly jobs: number;
  readonly faults: readonly string[] | null;
  readonly replay: number | null;
  readonly out: string | undefined;
  readonly json: string | undefined;
  readonly mutants: boolean;
  readonly list: boolean;
}

/** What is wanted, or what is wrong with it. */
function readOrder(args: readonly string[]): Order | string {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const days = positive('days', values.days);
    const faults = values.faults === undefined ? null : values.faults.split(',').filter((name) => name !== 'none');
    const unknown = faults?.find((name) => !FAULT_NAMES.includes(name));
    if (unknown !== undefined) return `there is no class of faults "${unknown}"; see --list`;
    return {
      lives: Math.max(1, Math.round((positive('years', values.years) * DAYS_A_YEAR) / days)),
      days,
      seed: whole('seed', values.seed),
      jobs: whole('jobs', values.jobs),
      faults,
      replay: values.replay === undefined ? null : whole('replay', values.replay),
      out: values.out,
      json: values.json,
      mutants: values.mutants,
      list: values.list,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} must be a number above 0, not "${text}"`);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0, not "${text}"`);
}

async function campaign({ lives, days, seed, jobs, faults, out, json }: Order): Promise<number> {
  const beganMs = performance.now();
  const results = await runCampaign({
    firstSeed: seed,
    lives,
    days,
    jobs,
    ...(faults !== null && { faults }),
    ...(out !== undefined && { file: new ResultFile(out) }),
    onLife: progress(lives, days),
    onViolation: (least) => process.stdout.write(`\n${violationText(least, TRACE_LINES)}\n`),
  });
  const summary = summarise(results);
  const tookS = (performance.now() - beganMs) / 1000;
  process.stdout.write(`\n${reportText(summary)}\n\n${tookS.toFixed(0)} s with ${jobs} jobs\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...summary, tookS, jobs }, null, 2)}\n`);
  return summary.violations.length === 0 ? EXIT.ok : EXIT.failed;
}

/** A bar on a terminal; elsewhere a line now and then. */
function progress(lives: number, days: number): (life: LifeLine, done: number) => void {
  const { isTTY } = process.stderr;
  let violations = 0;
  let toldMs = performance.now();
  return ({ violation }, done) => {
    if (violation !== null) violations++;
    const isDue = performance.now() - toldMs > (isTTY ? 200 : NEWS_EVERY_MS);
    if (!isDue && done < lives) return;
    toldMs = performance.now();
    const filled = Math.round((BAR_WIDTH * done) / lives);
    const bar = isTTY ? `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ` : '';
    const years = ((done * days) / DAYS_A_YEAR).toFixed(2);
    const line = `${bar}${done}/${lives} worlds, ${years} device-years, ${violations} violations`;
    process.stderr.write(isTTY ? `\r${line}` : `perista: ${line}\n`);
  };
}

async function replay(seed: number, { days, faults }: Order): Promise<number> {
  const crew = new Crew(1);
  const life = await crew.live({ seed, days, faults: faults ?? [], mutant: null });
  await crew.dismiss();
  process.stdout.write(`world ${seed}, hash ${life.hash}\n${violationText(life, TRACE_LINES)}\n`);
  return life.violation === null ? EXIT.ok : EXIT.failed;
}

async function huntMutants({ jobs, seed, days, lives }: Order): Promise<number> {
  const hunts = await hunt({
    jobs,
    firstSeed: seed,
    days,
    lives,
    onHunt: (one) => process.stdout.write(huntText(one)),
  });
  const missed = hunts.filter(({ found }) => found === null);
  process.stdout.write(`\n${hunts.length - missed.length} of ${hunts.length} defects found\n`);
  return missed.length === 0 ? EXIT.ok : EXIT.failed;
}

function listFaults(): Promise<number> {
  const width = Math.max(...FAULT_NAMES.map((name) => name.length));
  const rows = Object.entries(FAULT_TABLE).map(([name, { meaning }]) => `  ${name.padEnd(width)}  ${meaning}`);
  process.stdout.write(`${rows.join('\n')}\n`);
  return Promise.resolve(EXIT.ok);
}

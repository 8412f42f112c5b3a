// Proves that two device-years of the real controller and the real agent, lived among faults in virtual time, break no
// rule of the dose protocol; that the same seed is the same life; and that known defects are found.
import { Crew, hunt, type LifeLine, runCampaign, summarise, violationText } from '@perista/simulator/campaign';
import { afterAll, expect, it } from 'vitest';

const FIRST_SEED = 1;
const DAYS = 6;
/** Two device-years. */
const LIVES = Math.ceil(730 / DAYS);
const JOBS = 2;
const LIMIT_MS = 600_000;
/** A sample of each kind; `npm run test:long` hunts all. */
const DEFECTS = [
  'no-fsync',
  'single-copy',
  'no-ticks',
  'reply-is-completion',
  'retry-on-fault',
  'boot-without-stop',
  'long-lease',
  'no-mutex',
  'records-without-range',
  'nothing-is-charged',
  'keys-are-ignored',
  'silent-clamp',
  'cancel-is-a-wish',
];

const crew = new Crew(1);
afterAll(() => crew.dismiss());

it('lives two device-years without breaking a rule', { timeout: LIMIT_MS }, async () => {
  const stories: string[] = [];
  const lives: LifeLine[] = await runCampaign({
    firstSeed: FIRST_SEED,
    lives: LIVES,
    days: DAYS,
    jobs: JOBS,
    onLife: () => {},
    onViolation: (least) => stories.push(violationText(least, 20)),
  });
  expect(stories.join('\n')).toBe('');
  const { deviceYears, doses, strikes } = summarise(lives);
  expect(deviceYears).toBeGreaterThanOrEqual(2);
  expect(doses['done']).toBeGreaterThan(10_000);
  expect(Object.keys(strikes).length).toBeGreaterThan(30);
});

it('lives the same life from the same seed', { timeout: LIMIT_MS }, async () => {
  const order = { seed: 5, days: 3, faults: ['agent-kill-at-call', 'link-loss', 'box-power', 'cancel'], mutant: null };
  const first = await crew.live(order);
  await crew.live({ ...order, seed: 6 });
  expect((await crew.live(order)).hash).toBe(first.hash);
});

it('finds known defects', { timeout: LIMIT_MS }, async () => {
  const hunts = await hunt({ names: DEFECTS, firstSeed: 1, days: 12, lives: 20, jobs: JOBS, onHunt: () => {} });
  expect(hunts.filter(({ found }) => found === null).map(({ name }) => name)).toEqual([]);
});

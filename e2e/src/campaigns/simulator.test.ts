// Proves that device-years of the real controller and the real agent, lived among faults in virtual time, break no rule of
// the dose protocol (P1, P2, P3, I1 to I17, I19, I20, I22; of relays and weekly plans I4, I6, I8, I9, I14, I16; of
// schedules of every kind I8, I9, I17, P20); that the same seed is the same life; and that known defects are found.
import { Crew, hunt, MUTANTS, runCampaign, summarise, violationText } from '@perista/simulator/campaign';
import { afterAll, expect, it } from 'vitest';
import { campaignSize } from '../harness/campaign-size.ts';

const YEARS = campaignSize({ short: 2, long: 10, full: 100 });
const DAYS = 6;
const LIVES = Math.ceil((YEARS * 365) / DAYS);
const JOBS = 2;
const LIMIT_MS = campaignSize({ short: 1_200_000, long: 3_600_000, full: 36_000_000 });
/** One defect in so many; the long campaign hunts them all. */
const EVERY_DEFECT = campaignSize({ short: 12, long: 1, full: 1 });
const REPLAYED = campaignSize({ short: 5, long: 50, full: 200 });

const crew = new Crew(JOBS);
afterAll(() => crew.dismiss());

it(`lives ${YEARS} device-years without breaking a rule`, { timeout: LIMIT_MS }, async () => {
  const stories: string[] = [];
  const lives = await runCampaign({
    firstSeed: 1,
    lives: LIVES,
    days: DAYS,
    jobs: JOBS,
    onLife: () => {},
    onViolation: (least) => stories.push(violationText(least, 20)),
  });
  expect(stories.join('\n')).toBe('');
  const { deviceYears, doses, strikes } = summarise(lives);
  expect(deviceYears).toBeGreaterThanOrEqual(YEARS);
  expect(doses.done).toBeGreaterThan(YEARS * 6_000);
  expect(Object.keys(strikes).length).toBeGreaterThan(30);
});

it('lives the same life from the same seed', { timeout: LIMIT_MS }, async () => {
  const orders = Array.from({ length: REPLAYED }, (_, index) => ({
    seed: 1_000 + index,
    days: 2,
    faults: [
      'agent-kill-at-call',
      'link-loss',
      'box-power',
      'cancel',
      'commits-false-alarm',
      'guard-kill',
      'edit-plan',
      'edit-schedule',
      'mqtt-duplicates',
      'broker-redelivers',
      'peer-mute',
      'killed-at-telling',
    ],
    mutant: null,
  }));
  const live = () => Promise.all(orders.map((order) => crew.live(order)));
  const hashes = (await live()).map(({ hash }) => hash);
  expect((await live()).map(({ hash }) => hash)).toEqual(hashes);
  expect(new Set(hashes).size).toBe(REPLAYED);
});

it('finds known defects', { timeout: LIMIT_MS }, async () => {
  const names = Object.keys(MUTANTS).filter((_, index) => index % EVERY_DEFECT === 0);
  const hunts = await hunt({ names, firstSeed: 1, days: 12, lives: 60, jobs: JOBS, onHunt: () => {} });
  expect(hunts.filter(({ found }) => found === null).map(({ name }) => name)).toEqual([]);
});

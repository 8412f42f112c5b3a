// Proves that each bad habit does what it says, that a device without it does not, and that the same seed misbehaves the same.
import { describe, expect, it } from 'vitest';
import { DeviceBench, PARAMETERS } from './device-bench.ts';
import { HABIT_NAMES, type HabitName, parseHabits } from './habits.ts';

const MINUTE = 60_000;

/** A device with one habit, always, an infusion under way or asked for. */
async function withHabit(habit: HabitName | null): Promise<DeviceBench> {
  const bench = await new DeviceBench({ isAttended: true, habits: habit === null ? {} : { [habit]: 1 } }).start();
  const long = { ...PARAMETERS, plannedTimeMin: 20, plannedVolumeMl: 120 };
  await bench.send('START_INFUSION', { ...long, infusionId: 'i-1' });
  return bench;
}

const boots = (bench: DeviceBench) => new Set(bench.told.map(({ body }) => body.boot)).size;
const seqs = (bench: DeviceBench) => bench.told.map(({ body }) => Number(body.seq)).filter((seq) => seq > 0);

/** What shows after 100 s, and after a STOP, that it has the habit. */
const SIGNS: Readonly<Record<HabitName, (bench: DeviceBench) => unknown>> = {
  rejects: (bench) => bench.on('infusion')[0]?.confirmed === false,
  'late-accept': (bench) => String(bench.on('infusion')[0]?.ts) > '2026-11-02T12:00:39',
  'never-answers': (bench) => bench.on('infusion')[0]?.reason === 'stopped before it was accepted',
  'other-parameters': (bench) => JSON.stringify(bench.on('infusion')).includes('"flowRateMlMin":12'),
  'ignores-stop': (bench) => bench.device.state.run !== null && bench.stages('c-2').includes('accepted'),
  duplicates: (bench) => new Set(seqs(bench)).size < seqs(bench).length,
  'out-of-order': (bench) => seqs(bench).some((seq, place, all) => seq < (all[place - 1] ?? 0)),
  'retained-events': (bench) => bench.told.some(({ name, retain }) => retain && name !== 'status'),
  drops: (bench) => bench.on('status').some(({ status }) => status === 'offline'),
  silent: (bench) => {
    const times = bench.told.map(({ body }) => Date.parse(String(body.ts)));
    return times.some((time, place) => time - (times[place - 1] ?? time) > 12_000);
  },
  reboots: (bench) =>
    boots(bench) > 1 && JSON.stringify(bench.told.at(-1)).includes('"lastResult":{"infusionId":"i-1"'),
  forgets: (bench) => boots(bench) > 1 && !JSON.stringify(bench.on('status')).includes('i-1","end'),
  alarms: (bench) => bench.on('error').length >= 2,
  'wrong-clock': (bench) =>
    bench.told.every(
      ({ body }) => body.tq === 'unset' && Math.abs(Date.parse(String(body.ts)) - bench.clock.wallMs()) > 3_000_000,
    ),
};

async function live(bench: DeviceBench): Promise<DeviceBench> {
  await bench.clock.advance(100_000);
  await bench.send('STOP_INFUSION', { infusionId: 'i-1' });
  await bench.clock.advance(10_000);
  return bench;
}

describe('the habit', () => {
  it.each(HABIT_NAMES)('%s shows, and without it nothing of it', async (habit) => {
    expect(SIGNS[habit](await live(await withHabit(habit)))).toBe(true);
    expect(SIGNS[habit](await live(await withHabit(null)))).toBe(false);
  });
});

it('the same seed misbehaves the same', async () => {
  const habits = parseHabits('all') as object;
  const course = async (seed: number) => {
    const bench = await new DeviceBench({ isAttended: true, habits, seed }).start();
    await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' });
    await bench.clock.advance(20 * MINUTE);
    return JSON.stringify(bench.told);
  };
  expect(await course(7)).toBe(await course(7));
  expect(await course(7)).not.toBe(await course(8));
});

it('habits are written as names with chances, and a wrong one is named', () => {
  expect(parseHabits('drops=0.25,rejects')).toEqual({ drops: 0.25, rejects: 0.2 });
  expect(parseHabits('none')).toEqual({});
  expect(Object.keys(parseHabits('all'))).toEqual(HABIT_NAMES);
  expect(parseHabits('sleeps')).toContain('no habit "sleeps"');
  for (const wrong of ['drops=2', 'drops=', 'drops=often']) expect(parseHabits(wrong)).toContain('from 0 to 1');
});

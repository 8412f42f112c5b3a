import type { Random } from '@perista/core';

interface Habit {
  /** How often it is drawn for. */
  readonly per: 'start' | 'stop' | 'message' | 'minute' | 'device';
  /** Unless told otherwise. */
  readonly chance: number;
  readonly meaning: string;
}

/** Everything bad that devices of the field do, each with its chance. */
export const HABITS = {
  rejects: { per: 'start', chance: 0.2, meaning: 'the person at the device rejects a start' },
  'late-accept': {
    per: 'start',
    chance: 0.2,
    meaning: 'a start is accepted when nobody waits any more, after 40 to 60 s',
  },
  'never-answers': {
    per: 'start',
    chance: 0.2,
    meaning: 'nobody is at the device: a start is neither accepted nor rejected',
  },
  'other-parameters': {
    per: 'start',
    chance: 0.2,
    meaning: 'it confirms twice the rate and volume that it was asked for',
  },
  'ignores-stop': { per: 'stop', chance: 0.3, meaning: 'it accepts a STOP and turns on' },
  duplicates: { per: 'message', chance: 0.05, meaning: 'a message comes twice' },
  'out-of-order': { per: 'message', chance: 0.05, meaning: 'a message comes after the next one' },
  'retained-events': {
    per: 'message',
    chance: 0.2,
    meaning: 'an event is retained, and comes again to whoever subscribes',
  },
  drops: { per: 'minute', chance: 0.5, meaning: 'the connection is lost for 2 to 20 s' },
  silent: { per: 'minute', chance: 0.3, meaning: 'it is connected and tells nothing for 15 to 40 s' },
  reboots: { per: 'minute', chance: 0.2, meaning: 'it restarts in the middle, and knows afterwards how far it came' },
  forgets: { per: 'minute', chance: 0.1, meaning: 'it restarts and knows nothing of before' },
  alarms: { per: 'minute', chance: 0.3, meaning: 'its line is blocked for 10 to 30 s; then the person resumes' },
  'wrong-clock': {
    per: 'device',
    chance: 1,
    meaning: 'its clock is wrong by an hour to a year, and it knows that it was never set',
  },
} as const satisfies Record<string, Habit>;

export type HabitName = keyof typeof HABITS;
export const HABIT_NAMES = Object.keys(HABITS) as HabitName[];

/** The chances of those that a device has, 0 to 1. */
export type Habits = Readonly<Partial<Record<HabitName, number>>>;

/** Whether it happens this time. */
export const happens = (habits: Habits, name: HabitName, random: Random): boolean => {
  const chance = habits[name] ?? 0;
  // A device without the habit draws nothing, so that one more habit changes no other draw of a well-behaved one.
  return chance > 0 && random.unit() < chance;
};

/** `drops=0.5,rejects`, `all` or `none`; or what is wrong with it, in words. */
export function parseHabits(text: string): Habits | string {
  if (text === 'none') return {};
  if (text === 'all') return Object.fromEntries(HABIT_NAMES.map((name) => [name, HABITS[name].chance]));
  const habits: Partial<Record<HabitName, number>> = {};
  for (const part of text.split(',')) {
    const [name = '', chance] = part.split('=');
    if (!isHabit(name)) return `there is no habit "${name}"; there are all, none, ${HABIT_NAMES.join(', ')}`;
    const value = chance === undefined ? HABITS[name].chance : Number(chance);
    if (chance === '' || !(value >= 0 && value <= 1)) return `chance of ${name} must be from 0 to 1, not "${chance}"`;
    habits[name] = value;
  }
  return habits;
}

const isHabit = (name: string): name is HabitName => Object.hasOwn(HABITS, name);

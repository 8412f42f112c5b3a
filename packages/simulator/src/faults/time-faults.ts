import { type Fault, spread } from './fault.ts';
import { losePower } from './process-faults.ts';
import { askNow } from './user-acts.ts';

const TRIES = 5;

/** What clocks without a battery show when their machine starts: the beginning of their time, or some year far ahead. */
const FAR_AWAY_MS = [0, Date.UTC(2000, 0, 1), Date.UTC(2150, 0, 1)] as const;
const HOUR_MS = 3_600_000;

/** What goes wrong with the machine's time, and what people say of it; only where schedules go by it. */
export const TIME_FAULTS = {
  'dead-clock': {
    meaning: 'the box loses its supply and its time; a time server, or somebody, sets the clock later',
    share: 0.03,
    needsSchedules: true,
    async strike({ world, random }) {
      const { clock } = world;
      const chance = random.unit();
      // Or it stood still, and shows the time of some while ago.
      const shownMs = FAR_AWAY_MS[Math.floor(chance * 6)] ?? clock.wallMs() - spread(random, 1_000, 3 * HOUR_MS);
      const offMs = spread(random, 50, 20_000);
      const wrongByMs = shownMs - clock.wallMs();
      world.forgetTime();
      world.setWall(wrongByMs);
      await losePower(world, offMs);
      await world.sleep(spread(random, 500, 25_000));
      world.setWall(-wrongByMs);
      if (random.unit() < 0.5) {
        for (let tries = 0; tries < TRIES; tries++) {
          const answer = await askNow(world, (door) => door.acceptTime());
          if (answer.kind === 'done') return;
          await world.sleep(2_000);
        }
      }
      world.synchronise();
    },
  },
  'accept-time': {
    meaning: 'somebody says that the clock is right, whatever it shows',
    share: 0.05,
    needsSchedules: true,
    async strike({ world }) {
      await askNow(world, (door) => door.acceptTime());
    },
  },
} as const satisfies Record<string, Fault>;

import { between, type Fault, spread } from './fault.ts';

const DOSE_RECORD = /^(dose\.([A-Za-z0-9_-]+)\..+)\.b$/;

/** What goes wrong with the journal's medium, the database's disk, and time itself. */
export const STORAGE_FAULTS = {
  'journal-errors': {
    meaning: 'writes of the journal fail',
    share: 0.05,
    async strike({ world, random }) {
      const { medium } = world;
      medium.conditions.failure = between(random, 0.1, 1);
      await world.sleep(spread(random, 50, 5_000));
      medium.conditions.failure = 0;
    },
  },
  'journal-slow': {
    meaning: 'writes of the journal take long',
    share: 0.06,
    async strike({ world, random }) {
      world.medium.conditions.writeMs = spread(random, 5, 900);
      await world.sleep(spread(random, 100, 5_000));
      world.medium.conditions.writeMs = 1;
    },
  },
  'bit-flip': {
    meaning: 'a bit of the journal flips, and the agent starts again',
    share: 0.04,
    async strike({ world, random }) {
      world.agentHolds++;
      world.agent?.life.end();
      world.chronicle.setHardship('', 'rot', true);
      world.medium.flipBit();
      await world.sleep(spread(random, 20, 2_000));
      world.agentHolds--;
      world.startAgent();
      await world.sleep(3_000);
      world.chronicle.setHardship('', 'rot', false);
    },
  },
  'journal-rot': {
    meaning: 'both copies of the newest dose record are damaged, and the agent starts again',
    share: 0.01,
    async strike({ world, random }) {
      world.agentHolds++;
      world.agent?.life.end();
      const newest = [...world.chronicle.lastStarted.values()].find(({ end }) => end === null);
      const names = [...world.medium.blobs.keys()];
      const record = names.map((name) => DOSE_RECORD.exec(name)).findLast((match) => match !== null);
      const blob = newest === undefined ? record?.[1] : `dose.${newest.pumpId}.${newest.doseId}`;
      if (blob !== undefined) {
        world.chronicle.setHardship('', 'rot', true);
        world.medium.flipBit(`${blob}.a`);
        world.medium.flipBit(`${blob}.b`);
        world.chronicle.loseRecord(blob.slice(blob.indexOf('.', 'dose.'.length) + 1));
      }
      await world.sleep(spread(random, 20, 2_000));
      world.agentHolds--;
      world.startAgent();
      await world.sleep(3_000);
      world.chronicle.setHardship('', 'rot', false);
    },
  },
  'disk-full': {
    meaning: 'the database cannot be written',
    share: 0.05,
    async strike({ world, random }) {
      world.ledger.conditions.isFull = true;
      await world.sleep(spread(random, 20, 20_000));
      world.ledger.conditions.isFull = false;
    },
  },
  'commits-lost': {
    meaning: 'commits fail with nothing written',
    share: 0.06,
    async strike({ world, random }) {
      world.ledger.conditions.lostCommits = between(random, 0.1, 0.8);
      await world.sleep(spread(random, 50, 5_000));
      world.ledger.conditions.lostCommits = 0;
    },
  },
  'commits-false-alarm': {
    meaning: 'commits fail although everything was written',
    share: 0.06,
    async strike({ world, random }) {
      world.ledger.conditions.falseAlarms = between(random, 0.1, 0.8);
      await world.sleep(spread(random, 50, 5_000));
      world.ledger.conditions.falseAlarms = 0;
    },
  },
  'clock-step': {
    meaning: 'the wall clock is set, by seconds or by hours, either way',
    share: 0.05,
    async strike({ world, random }) {
      const way = random.unit() < 0.5 ? -1 : 1;
      const byMs = Math.round(way * spread(random, 500, 4 * 3_600_000));
      world.setWall(byMs);
    },
  },
} as const satisfies Record<string, Fault>;

import type { BoardConditions } from '../board/board-quirks.ts';
import { between, type Fault, type Scene, spread } from './fault.ts';

/** Makes the board's conditions worse for a while. */
async function worsen(
  { world, boardId }: Scene,
  conditions: Partial<BoardConditions>,
  forMs: number,
  hardship: string | null,
): Promise<void> {
  const board = world.board(boardId);
  if (hardship !== null) world.chronicle.setHardship(boardId, hardship, true);
  board.change(conditions);
  await world.sleep(forMs);
  const whole = Object.keys(conditions).map((name) => [name, board.asBuilt[name as keyof BoardConditions]]);
  board.change(Object.fromEntries(whole));
  if (hardship !== null) world.chronicle.setHardship(boardId, hardship, false);
}

/** As long as doses last: drops, and some slow ones. */
const doseMs = ({ random }: Scene) => spread(random, 2_000, 10_000);

/** What goes wrong at the boards, their motors and their lines. */
export const BOARD_FAULTS = {
  'line-noise': {
    meaning: 'bytes on the line arrive changed, doubled or not at all',
    share: 0.1,
    strike: (scene) =>
      worsen(scene, { noise: spread(scene.random, 0.002, 0.1) }, spread(scene.random, 200, 10_000), 'noise'),
  },
  'stray-bytes': {
    meaning: 'garbage precedes replies',
    share: 0.1,
    strike: (scene) => worsen(scene, { strayByteShare: 0.3 }, spread(scene.random, 500, 10_000), null),
  },
  'lost-completions': {
    meaning: 'no report of a completed move arrives',
    share: 0.1,
    strike: (scene) => worsen(scene, { completionLoss: 1 }, doseMs(scene), null),
  },
  'late-replies': {
    meaning: 'replies of all boards come later than anybody waits',
    share: 0.05,
    async strike({ world, random }) {
      world.chronicle.setHardship('', 'late replies', true);
      world.lineLagMs = spread(random, 5, 200);
      await world.sleep(spread(random, 50, 3_000));
      world.lineLagMs = 0;
      await world.sleep(500);
      world.chronicle.setHardship('', 'late replies', false);
    },
  },
  unplugged: {
    meaning: 'the line is unplugged; the motor keeps its supply',
    share: 0.06,
    strike: (scene) => worsen(scene, { unplugged: true }, spread(scene.random, 50, 20_000), 'unplugged'),
  },
  'board-power': {
    meaning: 'one board loses its supply for a moment',
    share: 0.06,
    async strike({ world, boardId, random }) {
      const offMs = spread(random, 10, 2_000);
      world.chronicle.setHardship(boardId, 'powerless', true);
      world.board(boardId).powerCycle(offMs);
      await world.sleep(offMs + 1_000);
      world.chronicle.setHardship(boardId, 'powerless', false);
    },
  },
  stall: {
    meaning: 'the shaft is held for a while',
    share: 0.06,
    async strike({ world, boardId, random }) {
      world.chronicle.setHardship(boardId, 'stall', true);
      world.board(boardId).stall(Math.floor(random.unit() * 60_000));
      await world.sleep(spread(random, 100, 10_000));
      world.board(boardId).unstall();
      await world.sleep(200);
      world.chronicle.setHardship(boardId, 'stall', false);
    },
  },
  limp: {
    meaning: 'the coils get no current for a while',
    share: 0.04,
    strike: (scene) => worsen(scene, { limp: true }, spread(scene.random, 100, 5_000), 'stall'),
  },
  runaway: {
    meaning: 'the shaft spins faster than ordered, and goes on',
    share: 0.03,
    strike: (scene) =>
      worsen(scene, { runawayFactor: between(scene.random, 1.5, 5) }, between(scene.random, 500, 4_000), 'runaway'),
  },
  reversed: {
    meaning: 'the motor is wired the wrong way round for a while',
    share: 0.03,
    strike: (scene) => worsen(scene, { reversed: true }, spread(scene.random, 200, 5_000), 'reversed'),
  },
  'board-clock': {
    meaning: "the board's pulse clock is off by up to 9 %",
    share: 0.1,
    strike: (scene) => worsen(scene, { clockError: between(scene.random, -0.09, 0.09) }, doseMs(scene), null),
  },
} as const satisfies Record<string, Fault>;

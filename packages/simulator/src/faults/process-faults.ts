import type { Life } from '../world/life.ts';
import type { UnitWorld } from '../world/unit-world.ts';
import { type Fault, type Scene, spread } from './fault.ts';

const DOWN_MS: readonly [number, number] = [20, 45_000];
/** A whole dose is about so many calls at the ports of a process. */
const CALLS = 400;
const DOOM_LIMIT_MS = 10_000;

const downMs = ({ random }: Scene) => spread(random, ...DOWN_MS);

/** Lets `life` die at one of its next calls at a port, before or after it takes effect. */
async function dieAtCall({ world, random }: Scene, life: Life | undefined): Promise<void> {
  if (life === undefined) return;
  const died = new Promise<void>((resolve) => life.onEnd(resolve));
  life.doom({ afterCalls: Math.floor(CALLS * random.unit() ** 2), takesEffect: random.unit() < 0.5 });
  await Promise.race([died, world.sleep(DOOM_LIMIT_MS)]);
  life.doom(null);
}

async function freeze({ world, random }: Scene, life: Life | undefined): Promise<void> {
  life?.freeze();
  await world.sleep(spread(random, 50, 8_000));
  life?.thaw();
}

/** Of the whole box, boards and all. */
export async function losePower(world: UnitWorld, offMs: number): Promise<void> {
  world.agentHolds++;
  world.controllerHolds++;
  world.relays?.losePower();
  world.guard?.life.end();
  world.agent?.life.end();
  world.controller?.life.end();
  for (const [pumpId, board] of world.boards) {
    world.chronicle.setHardship(pumpId, 'powerless', true);
    board.powerCycle(offMs);
  }
  await world.sleep(offMs + 300);
  world.agentHolds--;
  world.controllerHolds--;
  world.startAgent();
  world.startController();
  await world.sleep(1_000);
  for (const pumpId of world.boards.keys()) world.chronicle.setHardship(pumpId, 'powerless', false);
}

/** Processes that die or stand still. */
export const PROCESS_FAULTS = {
  'agent-kill': {
    meaning: 'the agent is killed at some instant',
    share: 0.15,
    strike: (scene) => scene.world.killAgent(downMs(scene)),
  },
  'agent-kill-at-call': {
    meaning: 'the agent dies at one call to journal, line or link, before or after it takes effect',
    share: 0.2,
    strike: (scene) => dieAtCall(scene, scene.world.agent?.life),
  },
  'controller-kill': {
    meaning: 'the controller is killed at some instant',
    share: 0.15,
    strike: (scene) => scene.world.killController(downMs(scene)),
  },
  'controller-kill-at-call': {
    meaning: 'the controller dies at one call to database or link, before or after it takes effect',
    share: 0.2,
    strike: (scene) => dieAtCall(scene, scene.world.controller?.life),
  },
  'both-kill': {
    meaning: 'controller and agent are killed together and come back apart',
    share: 0.06,
    async strike(scene) {
      await Promise.all([scene.world.killAgent(downMs(scene)), scene.world.killController(downMs(scene))]);
    },
  },
  'box-power': {
    meaning: 'the whole box loses its supply, boards and all',
    share: 0.04,
    strike: ({ world, random }) => losePower(world, spread(random, 50, 60_000)),
  },
  'agent-freeze': {
    meaning: 'the agent stands still for a while, then hears everything at once',
    share: 0.05,
    async strike(scene) {
      const { world } = scene;
      const run = world.agent;
      const tell = (kind: 'agent-froze' | 'agent-thawed') => {
        if (world.relays !== null && run?.life.isOver === false) world.tell({ kind });
      };
      tell('agent-froze');
      await freeze(scene, run?.life);
      tell('agent-thawed');
    },
  },
  'controller-freeze': {
    meaning: 'the controller stands still for a while, then hears everything at once',
    share: 0.05,
    strike: (scene) => freeze(scene, scene.world.controller?.life),
  },
} as const satisfies Record<string, Fault>;

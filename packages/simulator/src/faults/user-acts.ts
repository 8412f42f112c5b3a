import type { Answer, UnitDoor } from '../world/unit-door.ts';
import { limitsOf } from '../world/unit-plan.ts';
import type { UnitWorld } from '../world/unit-world.ts';
import { between, type Fault, spread } from './fault.ts';

const NOBODY = { kind: 'none' } as const;

/** As often as a page renews a button that is held. */
const RENEW_MS = 300;

/** Asks the controller that is there now, if there is one. */
export const askNow = <Value>(
  { controller }: UnitWorld,
  question: (door: UnitDoor) => Promise<Answer<Value>>,
): Promise<Answer<Value>> => (controller === null ? Promise.resolve(NOBODY) : controller.ask(question));

export async function releaseStop(world: UnitWorld): Promise<void> {
  world.tell({ kind: 'release-asked', isLatched: world.books()?.isLatched ?? null });
  const answer = await askNow(world, (door) => door.releaseStop());
  world.tell({ kind: 'release-answered', answer });
}

/** Whether there are doses that have not begun, or a calendar: a copy of the database would be entitled to them too. */
const hasWaiting = ({ chronicle }: UnitWorld): boolean =>
  chronicle.slots.plans.length > 0 ||
  chronicle.schedules.inForce.length > 0 ||
  [...chronicle.open].some((doseId) => chronicle.find(doseId)?.start === null);

/** Users who do what users do, and operators who do what they should not. */
export const USER_ACTS = {
  'double-click': {
    meaning: 'the same order comes again, or another one under its key',
    share: 0.15,
    async strike({ world, orderedPumpId: pumpId, volumeMl, key, random }) {
      const volume_ml = random.unit() < 0.7 ? volumeMl : volumeMl + 0.01;
      const answer = await askNow(world, (door) => door.order(pumpId, { volume_ml }, key));
      world.tell({ kind: 'order-answered', pumpId, key, volumeMl: volume_ml, answer });
    },
  },
  cancel: {
    meaning: 'somebody cancels a dose that is open',
    share: 0.08,
    async strike({ world, random }) {
      const open = [...world.chronicle.open];
      const doseId = open[Math.floor(random.unit() * open.length)];
      if (doseId === undefined) return;
      const answer = await askNow(world, (door) => door.cancel(doseId));
      world.tell({ kind: 'cancel-answered', doseId, answer });
    },
  },
  stop: {
    meaning: 'somebody stops a pump',
    share: 0.08,
    async strike({ world, pumpId, key }) {
      const askedMs = world.clock.monotonicMs();
      const answer = await askNow(world, (door) => door.stopPump(pumpId, `stop-${key}`));
      world.tell({ kind: 'stop-answered', pumpId, askedMs, answer });
    },
  },
  'emergency-stop': {
    meaning: 'somebody presses the emergency stop and releases it later',
    share: 0.04,
    async strike({ world, random }) {
      const askedMs = world.clock.monotonicMs();
      const answer = await askNow(world, (door) => door.engage());
      world.tell({ kind: 'emergency-answered', askedMs, answer });
      await world.sleep(spread(random, 100, 20_000));
      await releaseStop(world);
    },
  },
  'edit-limits': {
    meaning: 'somebody changes the limits of a pump while it doses',
    share: 0.06,
    async strike({ world, pumpId, random }) {
      const before = limitsOf(world.plan, pumpId);
      const limits = {
        hour_ml: before.hour_ml * between(random, 0.7, 1.3),
        day_ml: before.day_ml * between(random, 0.7, 1.3),
        single_ml: before.single_ml * between(random, 0.7, 1),
      };
      const answer = await askNow(world, (door) => door.patch(pumpId, { limits }));
      world.tell({ kind: 'patch-answered', pumpId, limits, answer });
    },
  },
  'second-controller': {
    meaning: 'a second controller lives for a while, on a copy of the database or on a new one',
    share: 0.03,
    async strike({ world, random }) {
      const second = world.startSecondController(hasWaiting(world) ? world.ledger.blank() : world.ledger.copy());
      await world.sleep(spread(random, 100, 20_000));
      second.life.end();
    },
  },
  'old-backup': {
    meaning: 'an older copy of the database is put in its place',
    share: 0.01,
    async strike({ world, random }) {
      const copy = world.ledger.newestCopy;
      if (copy === null || random.unit() < 0.5) {
        if (world.chronicle.open.size === 0) world.ledger.backUp();
        return;
      }
      world.controllerHolds++;
      world.controller?.life.end();
      await world.sleep(100);
      world.restore(copy);
      world.controllerHolds--;
      world.startController();
    },
  },
  'hold-to-prime': {
    meaning: 'somebody holds the button of a pump, and lets it go or walks away',
    share: 0.08,
    async strike({ world, pumpId, key, random }) {
      const direction = random.unit() < 0.5 ? 'forward' : 'reverse';
      const request = { direction, max_s: spread(random, 0.3, 3) } as const;
      const answer = await askNow(world, (door) => door.prime(pumpId, request, `prime-${key}`));
      world.tell({ kind: 'prime-answered', pumpId, key, answer });
      if (answer.kind !== 'done') return;
      const { doseId } = answer.value;
      for (let renewals = Math.floor(spread(random, 1, 20)); renewals > 0; renewals--) {
        await world.sleep(RENEW_MS);
        await askNow(world, (door) => door.renewPrime(pumpId, doseId));
      }
      if (random.unit() < 0.5) return;
      const letGo = await askNow(world, (door) => door.cancel(doseId));
      world.tell({ kind: 'cancel-answered', doseId, answer: letGo });
    },
  },
} as const satisfies Record<string, Fault>;

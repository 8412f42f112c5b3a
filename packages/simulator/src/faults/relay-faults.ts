import { patchOf, planChannel } from '../world/relay-unit-plan.ts';
import { type Fault, spread } from './fault.ts';
import { askNow } from './user-acts.ts';

/** What goes wrong at relays, and what users do to their plans; only where there are some. */
export const RELAY_FAULTS = {
  'guard-kill': {
    meaning: 'the guard of the relays is killed, and leaves on what was on',
    share: 0.15,
    needsRelays: true,
    async strike({ world, random }) {
      world.guard?.life.end();
      await world.sleep(spread(random, 50, 5_000));
    },
  },
  'edit-plan': {
    meaning: 'somebody sets another weekly plan of a relay, or turns it off or on',
    share: 0.08,
    needsRelays: true,
    async strike({ world, random }) {
      const channels = world.plan.channels ?? [];
      const channel = 1 + Math.floor(random.unit() * channels.length);
      const patch = patchOf(planChannel(random, channel));
      const isSwitch = random.unit() < 0.4;
      const change = isSwitch ? { id: channel, enabled: random.unit() < 0.7 } : patch;
      await askNow(world, (door) => door.configure([change]));
    },
  },
} as const satisfies Record<string, Fault>;

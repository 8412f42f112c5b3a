import type { JournalStorage } from '@perista/agent';
import type { Clock } from '@perista/core';
import { LONGEST_ON_MS, type RelayBank } from '@perista/drivers';
import type { Mutant } from './mutant.ts';
import { wrapDriver } from './wrap-driver.ts';

type SetRelay = RelayBank['set'];

/** A bank that does otherwise when it is told to switch. */
const banking = (set: (bank: RelayBank) => SetRelay): Mutant['composition'] => ({
  bank: (bank) => ({ channels: bank.channels, set: set(bank), close: () => bank.close() }),
});

/** A guard on whose timers nothing happens. */
const withoutTimers = (clock: Clock): Clock => ({
  monotonicMs: () => clock.monotonicMs(),
  wallMs: () => clock.wallMs(),
  after: () => () => {},
});

const isTick = (name: string) => name.startsWith('tick.relay-');

/** Defects of relays, their guard and their pumps. */
export const RELAY_MUTANTS = {
  'guard-ignores-silence': {
    defect: 'the guard waits for orders, also from an agent that is dead',
    breaks: ['I14'],
    shows: ['agent-kill'],
    composition: {
      guardClock: withoutTimers,
      guardPipe: (pipe) => ({ ...pipe, onClose: () => {} }),
    },
  },
  'relay-without-deadline': {
    defect: 'a relay stays on until it is told to go off',
    breaks: ['I14'],
    shows: ['agent-freeze'],
    composition: { guardClock: withoutTimers },
  },
  'relay-is-renewed-in-full': {
    defect: 'a relay is turned on for the longest time, whatever the last tick announced',
    breaks: ['I4'],
    shows: ['agent-freeze', 'agent-kill', 'journal-slow'],
    composition: banking((bank) => (channel) => bank.set(channel, LONGEST_ON_MS)),
  },
  'lost-count-is-none': {
    defect: 'on-time that a lost guard had counted is taken for none',
    breaks: ['I4', 'I2'],
    shows: ['guard-kill'],
    composition: banking((bank) => (channel, forMs) => bank.set(channel, forMs).catch(() => 0)),
  },
  'relay-counts-short': {
    defect: 'a tenth of the on-time is not counted',
    breaks: ['I4', 'I2'],
    shows: [],
    composition: banking((bank) => async (channel, forMs) => 0.9 * (await bank.set(channel, forMs))),
  },
  'relay-turns-on-its-neighbour': {
    defect: 'relay 2 is on whenever relay 1 is',
    breaks: ['I6'],
    shows: [],
    composition: { relayMask: () => (mask) => ((mask & 1) === 0 ? mask : mask | 2) },
  },
  'relay-tick-falls-short': {
    defect: 'a tick announces nothing, though the relay stays on until the cut',
    breaks: ['I4'],
    shows: ['agent-kill', 'agent-freeze'],
    composition: {
      driver: (create) => (setup) => {
        const driver = create(setup);
        if (!('relayChannel' in setup)) return driver;
        return wrapDriver(driver, {
          move: (motion, onTick) => driver.move(motion, (tick) => onTick({ ...tick, nextChunkCounts: 0 })),
        });
      },
    },
  },
  'lost-guard-ends-at-target': {
    defect: 'a relay whose guard was lost is taken to have ended at the target of its dose',
    breaks: ['I4'],
    shows: ['guard-kill'],
    composition: {
      driver: (create) => (setup) => {
        const driver = create(setup);
        return wrapDriver(driver, {
          move: async (motion, onTick) => {
            const end = await driver.move(motion, onTick);
            return end.kind === 'fault' ? { ...end, reach: 0 } : end;
          },
        });
      },
    },
  },
  'relay-tick-is-not-kept': {
    defect: 'ticks of relays are not written down',
    breaks: ['I4', 'I16'],
    shows: ['agent-kill'],
    composition: {
      journal: (storage): JournalStorage => ({
        ...storage,
        write: async (name, bytes) => (isTick(name) ? undefined : storage.write(name, bytes)),
      }),
    },
  },
} as const satisfies Record<string, Mutant>;

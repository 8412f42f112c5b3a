import type { JournalStorage } from '@perista/agent';
import type { Mutant } from './mutant.ts';
import { wrapDriver } from './wrap-driver.ts';

/** The medium lies: it says yes to a blob of that name and does not keep it, until the process ends. */
const pretends =
  (isForgotten: (name: string) => boolean) =>
  (storage: JournalStorage): JournalStorage => {
    const cache = new Map<string, Uint8Array>();
    return {
      list: () => storage.list(),
      read: async (name) => cache.get(name) ?? storage.read(name),
      write: async (name, bytes) => {
        if (isForgotten(name)) cache.set(name, bytes.slice());
        else await storage.write(name, bytes);
      },
      remove: (name) => storage.remove(name),
      close: () => storage.close(),
    };
  };

const isDose = (name: string) => name.startsWith('dose.');

/** Defects of what the agent writes down, and when. */
export const JOURNAL_MUTANTS = {
  'no-fsync': {
    defect: 'a write counts as durable before it is',
    breaks: ['I3', 'I4', 'I7', 'P13'],
    shows: ['agent-kill-at-call', 'agent-kill', 'journal-slow'],
    composition: {
      journal: (storage) => {
        const cache = new Map<string, Uint8Array>();
        return {
          ...storage,
          read: async (name) => cache.get(name) ?? storage.read(name),
          write: async (name, bytes) => {
            cache.set(name, bytes.slice());
            storage.write(name, bytes).catch(() => {});
          },
        };
      },
    },
  },
  'no-journal': {
    defect: 'START is never written down',
    breaks: ['I3', 'I7'],
    shows: [],
    composition: { journal: pretends(isDose) },
  },
  'single-copy': {
    defect: 'records have one copy',
    breaks: ['S1', 'I3', 'I4'],
    shows: ['agent-kill-at-call'],
    composition: { journal: pretends((name) => isDose(name) && name.endsWith('.a')) },
  },
  'no-ticks': {
    defect: 'ticks are not written down',
    breaks: ['S1', 'I4', 'I16'],
    shows: ['agent-kill', 'box-power'],
    composition: { journal: pretends((name) => name.startsWith('tick.')) },
  },
  'ends-are-not-kept': {
    defect: 'END is not written down',
    breaks: ['P13'],
    shows: ['agent-kill'],
    composition: {
      journal: (storage) => {
        const cache = new Map<string, Uint8Array>();
        return {
          ...storage,
          read: async (name) => cache.get(name) ?? storage.read(name),
          write: async (name, bytes) => {
            const isEnd = isDose(name) && new TextDecoder().decode(bytes).includes('"cause"');
            if (isEnd) cache.set(name, bytes.slice());
            else await storage.write(name, bytes);
          },
        };
      },
    },
  },
  'journal-is-not-read': {
    defect: 'after a start the agent knows of no dose',
    breaks: ['I3', 'I4'],
    shows: ['agent-kill', 'agent-kill-at-call'],
    composition: { journal: (storage) => ({ ...storage, list: async () => [] }) },
  },
  'ticks-without-chunk': {
    defect: 'a tick does not tell how far the next chunk goes',
    breaks: ['I4', 'I16'],
    shows: ['box-power'],
    composition: {
      driver: (create) => (setup) => {
        const driver = create(setup);
        return wrapDriver(driver, {
          move: (motion, onTick) =>
            driver.move(motion, (tick) => onTick({ ...tick, nextChunkCounts: Math.floor(tick.nextChunkCounts / 3) })),
        });
      },
    },
  },
  'chunk-before-tick': {
    defect: 'a chunk begins before its tick is durable: the tick is written when the chunk is over',
    breaks: ['I4', 'S1'],
    shows: ['agent-kill-at-call', 'box-power'],
    composition: {
      driver: (create) => (setup) => {
        const driver = create(setup);
        return wrapDriver(driver, {
          move: (motion, onTick) => {
            let write = async () => {};
            return driver.move(motion, async (tick) => {
              await write();
              write = () => onTick(tick);
            });
          },
        });
      },
    },
  },
} as const satisfies Record<string, Mutant>;

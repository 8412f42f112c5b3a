import { defineConfig } from 'vitest/config';

/** End-to-end tests that hold no figure against a clock. */
const UNTIMED = [
  'agent-link',
  'agent-lives',
  'bad-orders',
  'embedded-broker',
  'emulated-chips',
  'fleet',
  'fleet-devices',
  'gui/calibration',
  'gui/containers',
  'gui/fleet',
  'gui/orders',
  'gui/plan',
  'gui/schedules',
  'gui/screens',
  'gui/separation',
  'gui/settings',
  'home-assistant',
  'hub',
  'monitoring',
  'mqtt',
  'start',
].map((name) => `e2e/src/${name}.test.ts`);

/**
 * Unit tests first: they are quick to tell, the more as files share what a worker has loaded: modules hold no state. End-to-end tests then own the machine, one file at a time, because they
 * measure; those that do not share it with the campaigns, which take minutes. Group 0 would not be first.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 60_000,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/src/*.test.ts', 'e2e/src/gui/*.test.ts'],
          exclude: UNTIMED,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'campaigns',
          include: ['e2e/src/campaigns/*.test.ts', ...UNTIMED],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});

import type { PumpDriver } from '@perista/drivers';
import type { Mutant } from './mutant.ts';
import { wrapDriver } from './wrap-driver.ts';

/** A composition whose drivers differ from the real ones in some methods. */
const driving = (change: (driver: PumpDriver) => Partial<PumpDriver>): Mutant['composition'] => ({
  driver: (create) => (setup) => {
    const driver = create(setup);
    return wrapDriver(driver, change(driver));
  },
});

/** Defects of what turns the shaft and looks at it. */
export const DRIVER_MUTANTS = {
  'reply-is-completion': {
    defect: 'the first sign of life of a motion is taken for its end',
    breaks: ['I3', 'I4', 'I17', 'B1'],
    shows: [],
    composition: driving((driver) => ({
      move: async (motion, onTick) => {
        const begun = Promise.withResolvers<number>();
        const whole = driver.move(motion, async (tick) => {
          begun.resolve(tick.position);
          await onTick(tick);
        });
        whole.catch(() => {});
        return { kind: 'at-target', position: await begun.promise };
      },
    })),
  },
  'retry-on-fault': {
    defect: 'a motion that ended in a fault is ordered again in full',
    breaks: ['I2', 'I4', 'B1'],
    shows: ['line-noise', 'unplugged', 'stall'],
    composition: driving((driver) => ({
      move: async (motion, onTick) => {
        const end = await driver.move(motion, onTick);
        if (end.kind !== 'fault') return end;
        await driver.makeSafe().catch(() => {});
        return driver.move(motion, onTick);
      },
    })),
  },
  'retry-on-restart': {
    defect: 'a motion in which the board restarted is ordered again in full, as if nothing had been turned',
    breaks: ['I2', 'I4', 'I16'],
    shows: ['board-power'],
    composition: driving((driver) => ({
      move: async (motion, onTick) => {
        let origin: number | null = null;
        const end = await driver.move(motion, (tick) => {
          origin ??= tick.position;
          return onTick(tick);
        });
        if (end.kind !== 'fault' || end.code !== 'E101' || origin === null) return end;
        await driver.makeSafe();
        const shift = origin - (await driver.readPosition());
        const again = await driver.move(motion, (tick) => onTick({ ...tick, position: tick.position + shift }));
        return again.position === null ? again : { ...again, position: again.position + shift };
      },
    })),
  },
  'one-turn-more': {
    defect: 'a motion turns half a turn too far',
    breaks: ['I2', 'I4'],
    shows: [],
    composition: driving((driver) => ({
      move: (motion, onTick) => driver.move({ ...motion, pulses: motion.pulses + 6_400 }, onTick),
    })),
  },
  'stop-is-hearsay': {
    defect: 'stop counts as done when it was sent',
    breaks: ['I3', 'I4', 'I12', 'I7', 'B1'],
    shows: ['stop', 'cancel', 'controller-kill'],
    composition: driving((driver) => {
      let position = 0;
      return {
        move: (motion, onTick) =>
          driver.move(motion, (tick) => {
            position = tick.position;
            return onTick(tick);
          }),
        stop: async () => {
          driver.stop().catch(() => {});
          return position;
        },
      };
    }),
  },
  'stop-waits-its-turn': {
    defect: 'stop waits until the motion is over',
    breaks: ['I13', 'I12', 'I4'],
    shows: ['controller-kill', 'link-cut', 'stop'],
    composition: driving((driver) => {
      let moving: Promise<unknown> = Promise.resolve();
      return {
        move: (motion, onTick) => {
          const motionOver = driver.move(motion, async (tick) => onTick(tick).catch(() => {}));
          moving = motionOver.catch(() => {});
          return motionOver;
        },
        stop: async () => {
          await moving;
          return driver.stop();
        },
      };
    }),
  },
  'boot-without-stop': {
    defect: 'after a start the board is believed to be at rest',
    breaks: ['I4', 'I3', 'I7'],
    shows: ['agent-kill', 'agent-kill-at-call'],
    composition: driving((driver) => ({
      makeSafe: async () => {
        const { position } = await driver.readSensors();
        driver.makeSafe().catch(() => {});
        return { position: position ?? 0 };
      },
    })),
  },
  'target-is-truth': {
    defect: 'the place that was ordered is told instead of the one that was reached',
    breaks: ['I4'],
    shows: ['stop', 'cancel', 'controller-kill'],
    composition: driving((driver) => {
      let target = 0;
      return {
        move: async (motion, onTick) => {
          const end = await driver.move(motion, (tick) => {
            target = tick.position + (motion.direction === 'forward' ? 1 : -1) * tick.nextChunkCounts;
            return onTick(tick);
          });
          return end.kind === 'stopped' ? { ...end, position: target } : end;
        },
        stop: async () => {
          await driver.stop();
          return target;
        },
      };
    }),
  },
  'faults-are-ends': {
    defect: 'a motion that ended in a fault counts as having reached its target',
    breaks: ['I4', 'F1'],
    shows: ['stall', 'unplugged', 'board-power', 'limp'],
    composition: driving((driver) => {
      let last = 0;
      return {
        move: async (motion, onTick) => {
          const end = await driver.move(motion, (tick) => {
            last = tick.position + (motion.direction === 'forward' ? 1 : -1) * tick.nextChunkCounts;
            return onTick(tick);
          });
          return end.kind === 'fault' ? { kind: 'at-target', position: last } : end;
        },
      };
    }),
  },
  'withdrawn-goes-on': {
    defect: 'a dose that is not wanted any more turns to its end',
    breaks: ['I13', 'I12', 'I4', 'B1'],
    shows: ['stop', 'controller-kill', 'link-cut'],
    composition: driving((driver) => ({
      move: (motion, onTick) => driver.move(motion, (tick) => onTick(tick).catch(() => {})),
      stop: async () => driver.readPosition().catch(() => 0),
    })),
  },
} as const satisfies Record<string, Mutant>;

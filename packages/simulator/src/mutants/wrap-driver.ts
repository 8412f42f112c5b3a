import type { PumpDriver } from '@perista/drivers';

/** A driver in which some methods are others; `driver` keeps its own state. */
export function wrapDriver(driver: PumpDriver, change: Partial<PumpDriver>): PumpDriver {
  return {
    pumpId: driver.pumpId,
    get capabilities() {
      return driver.capabilities;
    },
    makeSafe: () => driver.makeSafe(),
    readPosition: () => driver.readPosition(),
    move: (motion, onTick) => driver.move(motion, onTick),
    stop: () => driver.stop(),
    readSensors: () => driver.readSensors(),
    close: () => driver.close(),
    ...change,
  };
}

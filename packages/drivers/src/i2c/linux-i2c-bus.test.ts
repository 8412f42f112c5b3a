// Proves that what is no I2C bus is refused by the kernel's own words, through the real call. A bus is not at hand here.
import { describe, expect, it } from 'vitest';
import { openLinuxI2cBus } from './linux-i2c-bus.ts';

describe('openLinuxI2cBus', () => {
  it.each([
    ['/dev/null', '/dev/null is not an I2C bus: inappropriate ioctl'],
    ['/dev/i2c-none', 'I2C bus /dev/i2c-none cannot be opened: Error: ENOENT'],
  ])('%s', (path, words) => {
    expect(() => openLinuxI2cBus(path)).toThrow(
      expect.objectContaining({ code: 'E307', message: expect.stringContaining(words) }),
    );
  });
});

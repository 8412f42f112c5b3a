/** Chips on an I2C bus as their data sheets have them, for whoever emulates one. */
export { FakeMb85rc256v } from './fram/fake-mb85rc256v.ts';
export { type FakeI2cDevice, transact } from './i2c/fake-i2c-bus.ts';
export { FakeDs3231m } from './rtc/fake-ds3231m.ts';

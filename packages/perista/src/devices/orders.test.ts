// Proves that options of emulated devices are read as they are meant, and that a wrong one is refused by name, rule and value.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readCrowdOrder } from './crowd-order.ts';
import { readDeviceOrder } from './device-order.ts';

const SETTINGS = { dataDir: '/data' };

it('a device is PUMP_0001 on this machine, with nobody automatic, unless told otherwise', () => {
  expect(readDeviceOrder([], SETTINGS)).toEqual({
    id: 'PUMP_0001',
    access: { url: 'mqtt://127.0.0.1:1883', username: undefined, password: undefined },
    ...{ habits: {}, isAutomatic: false, dialect: 'v1', periodMs: 1_000, isVerbose: false },
    stateFile: '/data/devices/PUMP_0001.json',
  });
});

it('the broker of the unit stands in for what is left out, and a password comes from a file', () => {
  const unit = { ...SETTINGS, mqttUrl: 'mqtts://a.test:8883', mqttUsername: 'unit', mqttPassword: 'its own' };
  expect(readDeviceOrder(['P1'], unit)).toMatchObject({
    access: { url: 'mqtts://a.test:8883', username: 'unit', password: 'its own' },
  });
  const folder = mkdtempSync(join(tmpdir(), 'perista-password-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'password');
  writeFileSync(file, 'secret\r\nnot this\n');
  const order = ['--url', 'mqtt://b.test', '--username', 'pump', '--password-file', file];
  expect(readCrowdOrder(order, unit)).toMatchObject({
    access: { url: 'mqtt://b.test', username: 'pump', password: 'secret' },
  });
});

it.each([
  [['a/b'], 'not "a/b"'],
  [['P1', 'P2'], 'one ID, not 2'],
  [['--url', 'http://x'], '--url must be mqtt://host:port'],
  [['--rate-hz', '0'], '--rate-hz must be above 0 and at most 50, not "0"'],
  [['--rate-hz', 'fast'], 'not "fast"'],
  [['--habits', 'drops'], '--habits are those of --auto'],
  [['--auto', '--habits', 'sleeps'], 'no habit "sleeps"'],
  [['--password-file', '/nowhere/at/all'], '/nowhere/at/all cannot be read (ENOENT)'],
  [['--frobnicate'], '--frobnicate'],
])('device %j is refused', (args, words) => {
  expect(readDeviceOrder(args, SETTINGS)).toContain(words);
});

it.each([
  [['--count', '0'], '--count must be a whole number from 1 to 5000, not "0"'],
  [['--count', '1.5'], 'not "1.5"'],
  [['--count', ''], 'not ""'],
  [['--prefix', 'a b'], '--prefix must make ids'],
  [['P1'], 'P1'],
])('devices %j is refused', (args, words) => {
  expect(readCrowdOrder(args, SETTINGS)).toContain(words);
});

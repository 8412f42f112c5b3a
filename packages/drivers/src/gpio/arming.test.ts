// Proves that relays are armed only where nothing stays on when all of Perista is killed at once (I14), and that the reason is
// told.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostClock, VirtualClock } from '@perista/core';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryRelayLines } from '../relay/memory-relay-lines.ts';
import { openRelayLines } from '../relay/open-relay-lines.ts';
import { armedOnly, type OutputKeeping } from './arming.ts';
import { parseGpioAddress } from './gpio-address.ts';
import { linuxOutputKeeping } from './linux-output-keeping.ts';

const ADDRESS = 'gpio:/dev/gpiochip0:17,22,23,24,25,27:high';

describe('parseGpioAddress', () => {
  it('knows chip, lines and level', () => {
    expect(parseGpioAddress('gpio:/dev/gpiochip4:5,300:low')).toEqual({
      chip: '/dev/gpiochip4',
      offsets: [5, 300],
      activeLow: true,
    });
  });

  it.each([
    ['/dev/gpiochip0', 'must be as gpio:/dev/gpiochip0:17,22,23:high'],
    ['gpio:/dev/gpiochip0::high', 'must be as'],
    ['gpio:/dev/gpiochip0:17:on', 'must be as'],
    ['gpio:/dev/../etc/x:17:high', 'must be as'],
    ['gpio:/dev/gpiochip0:1,2,3,4,5,6,7:high', 'must be 1 to 6, are 7'],
    ['gpio:/dev/gpiochip0:1,2,1:high', 'must name each line once'],
  ])('refuses %s (E306)', (address, sentence) => {
    expect(() => parseGpioAddress(address)).toThrow(sentence);
  });

  it('leads to a chip that is not there (E110)', async () => {
    const open = openRelayLines('gpio:/dev/no-gpiochip:17:high', hostClock(globalThis));
    await expect(open()).rejects.toMatchObject({ code: 'E110', message: expect.stringContaining('/dev/no-gpiochip') });
  });
});

describe('armedOnly', () => {
  const open = (keeping: OutputKeeping) =>
    armedOnly(
      ADDRESS,
      async () => new MemoryRelayLines(new VirtualClock()),
      () => keeping,
    )();

  it('arms where the kernel lets the pins go, or a hook turns off these lines', async () => {
    await expect(open({ keptBy: null, stopHooks: '' })).resolves.toBeDefined();
    const hook = `{ path=/usr/bin/perista ; argv[]=/usr/bin/perista guard ${ADDRESS} off ; ignore_errors=no }`;
    await expect(open({ keptBy: 'pinctrl_bcm2835', stopHooks: hook })).resolves.toBeDefined();
  });

  it('refuses, with the remedy, where a relay would stay on (E110)', async () => {
    const otherHook = 'argv[]=/usr/bin/perista guard gpio:/dev/gpiochip0:17:high off';
    for (const stopHooks of ['', otherHook]) {
      await expect(open({ keptBy: 'pinctrl_bcm2835', stopHooks })).rejects.toMatchObject({
        code: 'E110',
        message: expect.stringMatching(/pinctrl_bcm2835.*strict_gpiod.*ExecStopPost=perista guard gpio:/),
      });
    }
  });
});

describe('linuxOutputKeeping', () => {
  const roots: string[] = [];
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, { recursive: true });
  });

  function machine(files: Readonly<Record<string, string>>): OutputKeeping {
    const root = mkdtempSync(join(tmpdir(), 'perista-gpio-'));
    roots.push(root);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return linuxOutputKeeping(root, (unit) => `hooks of ${unit}`);
  }

  const bcm = 'sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs';
  const rp1 = 'sys/module/pinctrl_rp1/parameters/persist_gpio_outputs';

  it('sees whether the kernel keeps outputs, whatever its chip', () => {
    expect(machine({})).toEqual({ keptBy: null, stopHooks: '' });
    expect(machine({ [bcm]: 'N\n' })).toEqual({ keptBy: null, stopHooks: '' });
    expect(machine({ [bcm]: 'N\n', [rp1]: 'Y\n' })).toEqual({ keptBy: 'pinctrl_rp1', stopHooks: '' });
  });

  it('asks for the hooks of the service that it belongs to', () => {
    const keeping = machine({ [bcm]: 'Y\n', 'proc/self/cgroup': '0::/system.slice/perista.service\n' });
    expect(keeping).toEqual({ keptBy: 'pinctrl_bcm2835', stopHooks: 'hooks of perista.service' });
    expect(machine({ [bcm]: 'Y\n', 'proc/self/cgroup': '0::/user.slice/session-1.scope\n' }).stopHooks).toBe('');
  });
});

// A unit comes up hardware first and goes down hardware last; one process that cannot start is the end of the start.
import { silentLog, VirtualClock } from '@perista/core';
import { SETTINGS, type SettingEntry } from '@perista/protocol/settings';
import { beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../process/exit-codes.ts';
import type { ChildCommand } from './child-process.ts';
import { FakeChild } from './fake-child-process.ts';
import { Unit } from './unit.ts';

/** What proves to others who the unit is, or who may use it. */
const SECRETS = Object.values(SETTINGS)
  .filter((entry: SettingEntry) => entry.secret)
  .map(({ env }): string => env)
  .concat('HIVEMQ_PASSWORD');

describe('Unit', () => {
  let clock: VirtualClock;
  let children: Map<string, FakeChild>;
  let ended: string[];
  let hasBroker: boolean;

  beforeEach(() => {
    clock = new VirtualClock();
    children = new Map();
    ended = [];
  });

  function unitOn(hardware: 'emulated' | 'real', { broker = false } = {}): Unit {
    hasBroker = broker;
    const startChild = (command: ChildCommand) => {
      const [name = ''] = command.args;
      const child = new FakeChild(children.size + 1, command);
      children.set(name, child);
      const { onEnd } = child;
      child.onEnd = (listener) =>
        onEnd.call(child, (end) => {
          ended.push(name);
          listener(end);
        });
      return child;
    };
    const secrets = Object.fromEntries(SECRETS.map((name) => [name, 'correct-horse']));
    const env = { PATH: '/bin', PERISTA_MQTT_USERNAME: 'doser', ...secrets };
    return new Unit(
      { hardware, hasBroker: () => hasBroker, args: ['--http-port', '0'], env },
      { startChild, clock, log: silentLog, say: () => {} },
    );
  }

  const child = (name: string) => children.get(name) as FakeChild;

  async function startWhole(unit: Unit) {
    const started = unit.start();
    child('emulate').say({ kind: 'ready', address: 'http://127.0.0.1:1' });
    await clock.advance(0);
    child('agent').say({ kind: 'ready' });
    child('controller').say({ kind: 'ready', address: 'http://127.0.0.1:2' });
    return started;
  }

  it('starts agent and controller when the emulated hardware is there, and tells where the unit is found', async () => {
    const unit = unitOn('emulated');
    const started = unit.start();
    expect([...children.keys()]).toEqual(['emulate']);
    child('emulate').say({ kind: 'ready', address: 'http://127.0.0.1:1' });
    await clock.advance(0);
    expect([...children.keys()].sort()).toEqual(['agent', 'controller', 'emulate']);
    child('controller').say({ kind: 'ready', address: 'http://127.0.0.1:2' });
    child('agent').say({ kind: 'ready' });
    expect(await started).toEqual({
      kind: 'started',
      addresses: { controller: 'http://127.0.0.1:2', emulator: 'http://127.0.0.1:1' },
    });
  });

  it('starts no emulated hardware where the hardware is real', async () => {
    void unitOn('real').start();
    await clock.advance(0);
    expect([...children.keys()].sort()).toEqual(['agent', 'controller']);
  });

  it.each(SECRETS)('gives %s to the controller alone, and options to all', async (secret) => {
    await startWhole(unitOn('emulated', { broker: true }));
    const knowing = [...children].filter(([, { command }]) => secret in command.env);
    expect(knowing.map(([name]) => name)).toEqual(['controller']);
    for (const { command } of children.values()) expect(command.env).toHaveProperty('PERISTA_MQTT_USERNAME');
    for (const { command } of children.values()) expect(command.args.slice(1)).toEqual(['--http-port', '0']);
  });

  it('fails as soon as one process cannot start, though others say nothing', async () => {
    const unit = unitOn('real');
    const started = unit.start();
    await clock.advance(0);
    child('controller').say({ kind: 'failed', code: 'E305', message: 'Port 80 is taken' });
    expect(await started).toEqual({ kind: 'failed', sentence: 'controller cannot start: Port 80 is taken (E305)' });
    child('controller').end();
    await unit.stop();
    expect(ended).toEqual(['controller', 'agent']);
  });

  it('keeps the port that the kernel chose when the controller is started again', async () => {
    await startWhole(unitOn('emulated'));
    child('controller').end();
    await clock.advance(100);
    expect(child('controller').command.args).toEqual(['controller', '--http-port', '0', '--http-port', '2']);
  });

  it('stops the agent first and the emulated hardware last, once', async () => {
    const unit = unitOn('emulated');
    await startWhole(unit);
    await Promise.all([unit.stop(), unit.stop()]);
    expect(ended).toEqual(['agent', 'controller', 'emulate']);
    expect(child('agent').signals).toEqual(['SIGTERM']);
  });

  it('waits for no MQTT broker, and tries it again wherever it died, on the port that it had', async () => {
    const unit = unitOn('real', { broker: true });
    const started = unit.start();
    await clock.advance(0);
    child('agent').say({ kind: 'ready' });
    child('controller').say({ kind: 'ready', address: 'http://127.0.0.1:2' });
    expect(await started).toMatchObject({ kind: 'started' });
    child('broker').end();
    await clock.advance(100);
    child('broker').say({ kind: 'ready', address: 'mqtt://127.0.0.1:4711' });
    child('broker').end();
    await clock.advance(1_000);
    expect(child('broker').command.args.slice(-2)).toEqual(['--mqtt-port', '4711']);
    await unit.stop();
    expect(ended.slice(-3)).toEqual(['agent', 'controller', 'broker']);
  });

  it('starts and stops the MQTT broker by the settings of a controller that was started again for them', async () => {
    const unit = unitOn('emulated', { broker: true });
    await startWhole(unit);
    const former = child('broker');
    child('controller').end({ code: EXIT.again, signal: null });
    await clock.advance(100);
    expect(former.signals).toEqual(['SIGTERM']);
    expect(child('broker')).not.toBe(former);
    hasBroker = false;
    child('controller').end({ code: EXIT.again, signal: null });
    await clock.advance(1_000);
    const last = child('broker');
    expect(last.signals).toEqual(['SIGTERM']);
    await clock.advance(60_000);
    expect(child('broker')).toBe(last);
  });
});

import { hostClock, hostRandom, PeristaError, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { FakeAgent } from './agent-link/fake-agent.ts';
import { type ControllerPorts, startController } from './controller.ts';
import { FakeHttpOut } from './outgoing/fake-http-out.ts';
import { FakeMailOut } from './outgoing/fake-mail-out.ts';
import { fakeSettingsShelf } from './settings/fake-settings-shelf.ts';
import { NodeSqliteStore } from './store/node-sqlite-store.ts';
import { firstPump, UnitFixture } from './unit-fixture.ts';

const hasher = {
  hash: async (password: string) => `plain:${password}`,
  verify: async (hash: string, password: string) => hash === `plain:${password}`,
};

function ports(change: Partial<ControllerPorts> = {}): ControllerPorts {
  const clock = hostClock(globalThis);
  return {
    clock,
    random: hostRandom(globalThis.crypto),
    log: silentLog,
    store: new NodeSqliteStore(':memory:'),
    openFrames: new FakeAgent(new VirtualClock()).openFrames,
    hasher,
    eventLoopLag: { takeLongestS: () => 0 },
    http: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    firstPumps: [firstPump('a')],
    channelCount: 6,
    emulated: true,
    timeSource: { bootId: 'first', isSynchronised: () => true },
    site: { timezone: 'Europe/Warsaw', doserId: 'doser' },
    settings: fakeSettingsShelf(),
    brokerOf: () => null,
    adminPassword: 'correct horse',
    outside: { http: new FakeHttpOut(), mail: new FakeMailOut() },
    ...change,
  };
}

describe('the controller', () => {
  it('serves its API where it says, and closes everything once', async () => {
    const controller = await startController(ports());
    const answer = await fetch(`${controller.url}/api/health`);
    expect(await answer.json()).toMatchObject({ status: 'degraded', version: '1.2.3' });
    await Promise.all([controller.stop(), controller.stop()]);
    await expect(fetch(`${controller.url}/api/health`)).rejects.toThrow();
  });

  it('says that what remote devices tell is not kept, where its file cannot be used', async () => {
    const open = () => {
      throw new PeristaError('E301', 'The database could not be opened: file is not a database');
    };
    const controller = await startController(ports({ fleetHistory: { open, days: 1 } }));
    const { reasons } = (await (await fetch(`${controller.url}/api/health`)).json()) as { reasons: string[] };
    expect(reasons).toContainEqual(expect.stringMatching(/^E301: What remote devices tell .* not a database$/));
    await controller.stop();
  });

  it('refuses a port that is in use, in plain words, and leaves nothing running', async () => {
    const controller = await startController(ports());
    const port = Number(new URL(controller.url).port);
    const store = new NodeSqliteStore(':memory:');
    const second = startController(ports({ store, http: { host: '127.0.0.1', port } }));
    await expect(second).rejects.toMatchObject({ code: 'E305', message: expect.stringContaining(String(port)) });
    expect(() => store.get('SELECT 1')).toThrow();
    await controller.stop();
  });

  it('that stops settles what the agent is bringing to rest, and leaves the rest to its lease', async () => {
    const unit = await new UnitFixture().boot();
    const ending = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    unit.orderAccepted('b', { volume_ml: 20, duration_s: 60 });
    await unit.clock.advance(19_500);
    await unit.clock.until(unit.unit.stop());
    await unit.clock.advance(10_000);
    await unit.boot();
    expect(unit.services.doses.get(ending).state).toBe('done');
    expect(unit.services.doses.list({ limit: 9, pump_id: 'b' }).items).toMatchObject([
      { state: 'partial', code: 'E206' },
    ]);
  });
});

import { PeristaError, seededRandom, silentLog } from '@perista/core';
import { afterEach } from 'vitest';
import { LiveFeed } from '../live/live-feed.ts';
import type { FirstPump } from '../pumps/first-pumps.ts';
import type { Store } from '../store/store.ts';
import { firstPump, UnitFixture } from '../unit-fixture.ts';
import { DoserBridge } from './doser-bridge.ts';
import { FakeMqttBroker } from './fake-mqtt-broker.ts';
import type { HomeAssistantSettings } from './home-assistant.ts';

const running: { fixture: UnitFixture; bridge: DoserBridge }[] = [];
afterEach(async () => {
  for (const { fixture, bridge } of running.splice(0)) await fixture.clock.until(bridge.stop());
});

interface BridgedWorld {
  readonly firstPumps?: readonly FirstPump[];
  readonly homeAssistant?: HomeAssistantSettings;
  readonly broker?: FakeMqttBroker;
  /** While it is full, nothing that the broker has can be noted as such. */
  readonly disk?: { isFull: boolean };
}

/** A unit, of two pumps unless told otherwise, and a broker. `start` begins anew on what is on the disk. */
export async function bootBridge({
  firstPumps = [firstPump('a'), firstPump('b')],
  homeAssistant,
  broker = new FakeMqttBroker(),
  disk = { isFull: false },
}: BridgedWorld = {}) {
  const wrapStore = (store: Store): Store => ({
    ...{ all: store.all.bind(store), get: store.get.bind(store), transaction: store.transaction.bind(store) },
    close: () => store.close(),
    run(sql, ...params) {
      if (disk.isFull && sql.startsWith('DELETE FROM mqtt_queue')) throw new PeristaError('E301', 'disk full');
      return store.run(sql, ...params);
    },
  });
  const fixture = await new UnitFixture({ firstPumps, wrapStore }).boot();
  const start = (home: HomeAssistantSettings | null = homeAssistant ?? null) => {
    const { unit: of, store, clock } = fixture;
    const inside = { store, clock, log: silentLog, bus: of.bus, services: of.services };
    const isAgentPresent = () => of.agent.presence.kind === 'present';
    const feed = new LiveFeed({ ...inside, isAgentPresent });
    feed.start();
    const rest = { events: of.eventLog, feed, isAgentPresent, isClockTrusted: of.isClockTrusted };
    const more = { random: seededRandom(1), homeAssistant: home, broker, doserId: 'doser' };
    const bridge = new DoserBridge({ ...inside, ...rest, ...more });
    bridge.start();
    running.push({ fixture, bridge });
    return bridge;
  };
  const bridge = start();
  await fixture.clock.advance(1_000);
  /** The unit crashes, and is back with a bridge of its own. */
  const crash = async () => {
    await fixture.clock.until(bridge.stop());
    fixture.crash();
    await fixture.boot();
    start();
    await fixture.clock.advance(1_000);
  };
  return { fixture, broker, bridge, start, crash };
}

/** Doses that moved liquid, newest first. */
export const motionsOf = ({ fixture }: { readonly fixture: UnitFixture }) =>
  fixture.services.doses.list({ limit: 50 }).items.filter(({ started_at }) => started_at !== null);

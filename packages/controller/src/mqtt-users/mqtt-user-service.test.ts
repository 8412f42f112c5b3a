// Users of the embedded broker are made and removed by name, their passwords are told once or never, and both acts are written down.
import { seededRandom, VirtualClock } from '@perista/core';
import type { Role } from '@perista/protocol/api';
import { beforeEach, expect, it } from 'vitest';
import { fakeHasher } from '../auth/fake-hasher.ts';
import type { NewLogEvent } from '../services.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import { MqttUserService } from './mqtt-user-service.ts';
import { MqttUserStore } from './mqtt-user-store.ts';

const ACTOR = { name: 'admin', role: 'admin' as Role };
let store: NodeSqliteStore;
let service: MqttUserService;
let events: NewLogEvent[];
beforeEach(() => {
  const clock = new VirtualClock({ wallMs: Date.parse('2026-03-01T00:00:00Z') });
  store = new NodeSqliteStore(':memory:');
  migrate(store, MIGRATIONS, clock.wallMs());
  events = [];
  service = new MqttUserService({
    ...{ store, hasher: fakeHasher(), clock, random: seededRandom(1), isEmbedded: true },
    events: { append: (event) => events.push(event) },
  });
});

const stored = (name: string) => new MqttUserStore(store).get(name);

it('makes a password that is told once, and keeps its hash alone', async () => {
  const { password, ...user } = await service.create({ name: 'phone', kind: 'doser' }, ACTOR);
  expect(password).toMatch(/^[0-9a-f]{32}$/);
  expect(user).toEqual({ name: 'phone', kind: 'doser', device_id: null, created_at: '2026-03-01T00:00:00.000Z' });
  expect(service.list()).toEqual({ items: [user], embedded: true });
  expect(stored('phone')?.passwordHash).toBe(`fake:${password}`);
  expect(events).toMatchObject([{ kind: 'mqtt_user_created', actor: 'admin', data: { name: 'phone', kind: 'doser' } }]);
  expect(JSON.stringify(events)).not.toContain(password);
});

it('takes a password that was chosen, and tells it nobody', async () => {
  const created = await service.create(
    { name: 'p1', kind: 'device', device_id: 'P1', password: 'chosen-by-me' },
    ACTOR,
  );
  expect(created).toMatchObject({ device_id: 'P1', password: null });
  expect(stored('p1')).toMatchObject({ deviceId: 'P1', passwordHash: 'fake:chosen-by-me' });
});

it('has each name once', async () => {
  await service.create({ name: 'phone', kind: 'doser' }, ACTOR);
  await expect(service.create({ name: 'phone', kind: 'viewer' }, ACTOR)).rejects.toMatchObject({ code: 'E406' });
  expect(service.list().items).toHaveLength(1);
});

it('removes whom it knows, and writes it down', async () => {
  await service.create({ name: 'phone', kind: 'doser' }, ACTOR);
  service.remove('phone', ACTOR);
  expect(service.list().items).toEqual([]);
  expect(events.at(-1)).toMatchObject({ kind: 'mqtt_user_removed', severity: 'warning', data: { name: 'phone' } });
  expect(() => service.remove('phone', ACTOR)).toThrow(expect.objectContaining({ code: 'E404' }));
});

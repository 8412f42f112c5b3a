// Proves that settings are saved whole or not at all, that what other places say is not overruled, and that secrets are never told.
import { PeristaError } from '@perista/core';
import type { Setting } from '@perista/protocol/api';
import type { SettingLayers } from '@perista/protocol/settings';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../services.ts';
import { UnitFixture } from '../unit-fixture.ts';
import { WrongFields } from '../wrong-fields.ts';
import { fakeSettingsShelf } from './fake-settings-shelf.ts';
import { SettingsService } from './settings-service.ts';

const ADMIN: Actor = { name: 'root', role: 'admin' };

async function boot(layers: Partial<SettingLayers> = {}) {
  const fixture = await new UnitFixture().boot();
  const shelf = fakeSettingsShelf(layers);
  const { store, services } = fixture;
  const service = new SettingsService({ shelf, store, services });
  const one = (key: string): Setting => {
    const found = service.read().items.find((each) => each.key === key);
    if (found === undefined) throw new Error(`no setting ${key}`);
    return found;
  };
  const changes = () => services.events.list({ limit: 9, kind: 'settings_changed' }).items;
  return { fixture, shelf, service, one, changes };
}

describe('a setting', () => {
  it('says where it comes from: each place beats those before it', async () => {
    const { one } = await boot({
      file: { timezone: 'Europe/Paris', doserId: 'reef', logLevel: 'warn' },
      saved: { timezone: 'Asia/Tokyo', doserId: 'tank' },
      environment: { doserId: 'outside', mqttUrl: 'mqtt://a:1' },
      command_line: { mqttUrl: 'mqtt://b:1' },
    });
    expect(one('log.level').now).toEqual({ value: 'warn', is_set: true, source: 'file' });
    expect(one('site.timezone')).toMatchObject({
      ...{ now: { value: 'Asia/Tokyo', source: 'saved' }, unsaved: { value: 'Europe/Paris', source: 'file' } },
      ...{ fixed_by: null, kind: 'zone', needs_restart: false },
    });
    expect(one('site.doser_id')).toMatchObject({ now: { value: 'outside' }, fixed_by: 'PERISTA_DOSER_ID' });
    expect(one('mqtt.url')).toMatchObject({ now: { source: 'command_line' }, fixed_by: '--mqtt-url' });
    expect(one('remote_log.device_id').now).toEqual({ value: 'DOSING_UNIT_001', is_set: true, source: 'default' });
    expect(one('mqtt.username').now).toEqual({ value: null, is_set: false, source: 'default' });
  });

  it('that was saved applies after a restart, until it is taken back', async () => {
    const { service, shelf, one, changes } = await boot({ file: { timezone: 'Europe/Paris' } });
    expect(service.change({ site: { timezone: 'Asia/Tokyo' } }, ADMIN).needs_restart).toBe(true);
    expect(shelf.kept).toEqual([{ timezone: 'Asia/Tokyo' }]);
    expect(one('site.timezone')).toMatchObject({
      ...{ now: { value: 'Europe/Paris', source: 'file' }, next: { value: 'Asia/Tokyo', source: 'saved' } },
      needs_restart: true,
    });
    expect(service.change({ site: { timezone: null } }, ADMIN).needs_restart).toBe(false);
    expect(shelf.kept.at(-1)).toEqual({});
    expect(changes().map(({ data, actor }) => [actor, data])).toEqual([
      [ADMIN.name, { 'site.timezone': { before: 'Asia/Tokyo', after: null } }],
      [ADMIN.name, { 'site.timezone': { before: null, after: 'Asia/Tokyo' } }],
    ]);
    service.change({ site: { timezone: null } }, ADMIN);
    service.change({}, ADMIN);
    expect(changes()).toHaveLength(2);
  });

  it('that is a secret is told as set or not, in events too', async () => {
    const { service, one, changes } = await boot();
    service.change({ mqtt: { url: 'mqtts://a:8883', password: 'open sesame' } }, ADMIN);
    expect(one('mqtt.password')).toMatchObject({
      ...{ kind: 'secret', needs_restart: true },
      ...{ now: { value: null, is_set: false }, next: { value: null, is_set: true, source: 'saved' } },
    });
    expect(JSON.stringify([service.read(), changes()])).not.toContain('sesame');
    expect(service.next()).toMatchObject({ mqttPassword: 'open sesame' });
  });
});

describe('a change', () => {
  it('of what the environment or the command line says is refused, all mistakes at once', async () => {
    const { service, shelf, changes } = await boot({
      environment: { timezone: 'Europe/Paris' },
      command_line: { mqttUrl: 'mqtt://b:1' },
    });
    const patch = {
      site: { timezone: 'Asia/Tokyo', doser_id: 'tank' },
      mqtt: { url: null },
      remote_log: { url: 'https://a.example/' },
    };
    expect(() => service.change(patch, ADMIN)).toThrow(WrongFields);
    const mistakes = captured(() => service.change(patch, ADMIN));
    expect(mistakes.map(({ path }) => path)).toEqual(['site.timezone', 'mqtt.url', 'remote_log.token']);
    expect(mistakes[0]?.message).toContain('PERISTA_TIMEZONE');
    expect(mistakes[1]?.message).toContain('--mqtt-url');
    expect([shelf.kept, changes()]).toEqual([[], []]);
  });

  it('that cannot be written leaves everything as it was', async () => {
    const { service, shelf, one, changes } = await boot();
    shelf.failure = new PeristaError('E303', 'the disk is full');
    expect(() => service.change({ site: { doser_id: 'tank' } }, ADMIN)).toThrow('the disk is full');
    expect(one('site.doser_id').needs_restart).toBe(false);
    expect(changes()).toEqual([]);
  });
});

describe('a restart', () => {
  it('waits for no dose: it is refused while one runs', async () => {
    const { fixture, service, shelf } = await boot();
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await fixture.clock.advance(1_000);
    expect(() => service.restart(ADMIN)).toThrow('Not while doses run or wait (a)');
    await fixture.clock.advance(60_000);
    service.restart(ADMIN);
    expect(shelf.restarts).toBe(1);
    expect(fixture.services.events.list({ limit: 1 }).items).toMatchObject([{ kind: 'restart_asked' }]);
  });

  it('is refused where nobody would start the unit again', async () => {
    const { fixture } = await boot();
    const shelf = { ...fakeSettingsShelf(), restart: null };
    const service = new SettingsService({ shelf, store: fixture.store, services: fixture.services });
    expect(service.read().can_restart).toBe(false);
    expect(() => service.restart(ADMIN)).toThrow('by hand');
  });
});

function captured(act: () => unknown): WrongFields['errors'] {
  try {
    act();
  } catch (error) {
    if (error instanceof WrongFields) return error.errors;
    throw error;
  }
  return [];
}

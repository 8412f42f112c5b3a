// Proves that everybody who asked is told what happens to a unit: once, in order, however long a channel was away; that
// what begins is told to be over; and that nothing is told which was over before anybody had to know.
import { createHmac } from 'node:crypto';
import { seededRandom, silentLog, sleep } from '@perista/core';
import type { NewNotificationChannel, Notice } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { actorNamed } from '../http/http-fixture.ts';
import { FakeHttpOut } from '../outgoing/fake-http-out.ts';
import { FakeMailOut } from '../outgoing/fake-mail-out.ts';
import { FakeFailingStore } from '../store/fake-failing-store.ts';
import { UnitFixture } from '../unit-fixture.ts';
import { notifications } from './notifications.ts';

const MARIA = actorNamed('maria', 'admin');
const WEBHOOK = { name: 'house', target: { kind: 'webhook', url: 'https://house.example.org/' } } as const;
const ALL = { severity: 'info' } as const;

async function start(...channels: NewNotificationChannel[]) {
  const unit = await new UnitFixture().boot();
  const outside = { http: new FakeHttpOut(), mail: new FakeMailOut() };
  let disk: FakeFailingStore;
  const begin = () => {
    const { eventLog, bus, services } = unit.unit;
    disk = new FakeFailingStore(unit.store);
    const told = notifications({
      ...{ store: disk, clock: unit.clock, random: seededRandom(1), log: silentLog, bus, outside, doser: 'reef' },
      events: eventLog,
      sight: { containerState: (id) => services.containers.list().find((each) => each.id === id)?.state ?? null },
    });
    told.start();
    return told;
  };
  let told = begin();
  const ids = channels.map((channel) => told.service.create(channel, MARIA).id);
  await unit.clock.advance(0);
  return {
    unit,
    ...outside,
    ids,
    get service() {
      return told.service;
    },
    get disk() {
      return disk;
    },
    /** Everything dies and begins anew on the same database. */
    async restart() {
      told.stop();
      unit.crash();
      await unit.boot();
      told = begin();
    },
    notices: () => outside.http.taken.map((body) => JSON.parse(body) as Notice),
    happen: (kind: string, more: object = {}) => unit.unit.eventLog.append({ kind, ...more }),
  };
}

const fault = { pump_id: 'a', severity: 'alarm', data: { code: 'E102', message: 'The motor stalled.' } } as const;
const titles = (notices: readonly Notice[]) => notices.map(({ status, title }) => `${status}: ${title}`);

describe('a channel', () => {
  it('goes on where the database kept what it said it could not', async () => {
    const { unit, http, disk, happen, notices } = await start(WEBHOOK);
    const post = http.post.bind(http);
    http.post = (request) => {
      disk.failure = 'after-commit';
      http.post = post;
      return post(request);
    };
    happen('pump_fault', fault);
    await unit.clock.advance(5_000);
    expect(notices()).toHaveLength(1);
    happen('pump_released', { pump_id: 'a' });
    await unit.clock.advance(10);
    expect(titles(notices())).toHaveLength(2);
  });

  it('tells what begins, nothing while it goes on, and that it is over', async () => {
    const { unit, happen, notices } = await start(WEBHOOK);
    happen('pump_fault', fault);
    happen('pump_fault', fault);
    await unit.clock.advance(10);
    happen('pump_released', { pump_id: 'a' });
    happen('pump_released', { pump_id: 'a' });
    await unit.clock.advance(10);
    expect(titles(notices())).toEqual([
      'begun: Pump a has a fault and does not dose (E102)',
      'over: Pump a has a fault and does not dose (E102)',
    ]);
    const [begun, over] = notices();
    expect(over?.id).toBe(begun?.id);
    expect(begun).toMatchObject({ alert: 'PeristaPumpFault', doser: 'reef', pump_id: 'a', text: 'The motor stalled.' });
  });

  it('tells of an alarm of a device under its own key, and of one that is offline only if it stays away', async () => {
    const { unit, happen, notices } = await start(WEBHOOK);
    const data = {
      device_id: 'P1',
      alarm_id: 'al-1',
      alarm: 'device-error',
      code: 'OCCLUSION',
      message: 'It is blocked',
    };
    happen('device_alarm', { severity: 'alarm', data });
    happen('device_alarm', { severity: 'alarm', data: { ...data, alarm_id: 'al-2', alarm: 'offline', code: null } });
    await unit.clock.advance(29_000);
    happen('device_alarm_over', { data: { ...data, alarm_id: 'al-2', alarm: 'offline', code: null } });
    happen('device_alarm_over', { data });
    await unit.clock.advance(60_000);
    expect(notices()).toMatchObject([
      { status: 'begun', alert: 'PeristaDeviceError', device_id: 'P1', subject: 'device', text: 'It is blocked' },
      { status: 'over', title: 'Device P1 has an alarm (OCCLUSION)' },
    ]);
  });

  it('tells each event once and in order, however long it was away and whatever died meanwhile', async () => {
    const { unit, http, happen, notices, restart } = await start(WEBHOOK);
    http.isAway = true;
    for (const ml of [1, 2, 3]) {
      happen('dose_missed', { pump_id: 'a', data: { volume_ml: ml, reason: 'It was too late.' } });
      await unit.clock.advance(600_000);
      await restart();
    }
    http.isAway = false;
    await unit.clock.advance(400_000);
    expect(notices().map(({ text }) => text)).toEqual([
      '1 ml. It was too late.',
      '2 ml. It was too late.',
      '3 ml. It was too late.',
    ]);
    await restart();
    await unit.clock.advance(400_000);
    expect(notices()).toHaveLength(3);
  });

  it('sends again with the same id what may have been taken', async () => {
    const { unit, http, happen, notices } = await start(WEBHOOK);
    http.lostAnswers = 1;
    happen('pump_fault', fault);
    await unit.clock.advance(5_000);
    expect(notices().map(({ id }) => id)).toEqual([notices()[0]?.id, notices()[0]?.id]);
  });

  it('says how it fares: how many wait, since when and why', async () => {
    const { unit, http, happen, service, ids } = await start(WEBHOOK);
    http.refusesWith = 403;
    happen('pump_fault', fault);
    await unit.clock.advance(3_500);
    expect(service.list()[0]).toMatchObject({
      waiting: 1,
      failure: 'it answers 403',
      failing_since: expect.any(String),
    });
    http.refusesWith = null;
    await unit.clock.advance(10_000);
    expect(service.list()[0]).toMatchObject({ waiting: 0, failure: null, failing_since: null });
    const [delivery] = service.listDeliveries(ids[0] ?? '', { limit: 10 }).items;
    expect(delivery).toMatchObject({ state: 'delivered', notice: { alert: 'PeristaPumpFault' } });
    expect(delivery?.attempts).toBeGreaterThan(2);
  });

  it('tells in order what waited while the clock was set back', async () => {
    const { unit, http, happen, notices } = await start(WEBHOOK);
    http.isAway = true;
    happen('dose_missed', { pump_id: 'a', data: { volume_ml: 1, reason: 'It was too late.' } });
    await unit.clock.advance(100);
    unit.clock.stepWall(-4 * 3_600_000);
    happen('dose_missed', { pump_id: 'a', data: { volume_ml: 2, reason: 'It was too late.' } });
    await unit.clock.advance(100);
    http.isAway = false;
    await unit.clock.advance(60_000);
    const told = notices().filter(({ subject }) => subject === 'dose');
    expect(told.map(({ text }) => text)).toEqual(['1 ml. It was too late.', '2 ml. It was too late.']);
  });

  it('tells the end of what was on its way when the clock was set back', async () => {
    const { unit, http, happen, notices } = await start(WEBHOOK);
    const post = http.post.bind(http);
    http.post = async (request) => {
      const answer = await post(request);
      await sleep(unit.clock, 5_000);
      return answer;
    };
    happen('pump_fault', fault);
    await unit.clock.advance(100);
    unit.clock.stepWall(-60_000);
    happen('pump_released', { pump_id: 'a' });
    await unit.clock.advance(20_000);
    const ofPump = notices().filter(({ subject }) => subject === 'pump');
    expect(ofPump.map(({ status }) => status)).toEqual(['begun', 'over']);
  });

  it('tries again at once when it was changed', async () => {
    const { unit, http, happen, service, ids, notices } = await start(WEBHOOK);
    http.isAway = true;
    happen('pump_fault', fault);
    await unit.clock.advance(3_600_000);
    http.isAway = false;
    service.update(ids[0] ?? '', { name: 'other' }, MARIA);
    await unit.clock.advance(0);
    expect(notices()).toHaveLength(1);
  });

  it('tells nobody as news what is a day old', async () => {
    const { unit, http, happen, service, ids, notices } = await start(WEBHOOK);
    http.isAway = true;
    happen('pump_fault', fault);
    await unit.clock.advance(86_500_000);
    http.isAway = false;
    await unit.clock.advance(600_000);
    expect(notices()).toEqual([]);
    expect(service.listDeliveries(ids[0] ?? '', { limit: 10 }).items[0]).toMatchObject({ state: 'given_up' });
  });

  it('that is switched off or gone tells nothing', async () => {
    const { unit, happen, service, ids, notices } = await start(WEBHOOK, WEBHOOK);
    service.update(ids[0] ?? '', { enabled: false }, MARIA);
    service.remove(ids[1] ?? '', MARIA);
    happen('pump_fault', fault);
    await unit.clock.advance(60_000);
    expect(notices()).toEqual([]);
  });

  it('does not disturb another one that is slow', async () => {
    const email = { kind: 'email', host: 'mx', port: 25, security: 'none', from: 'a@b', to: ['c@d'] };
    const { unit, http, mail, happen } = await start(WEBHOOK, { name: 'mail', target: email as never });
    http.post = () => new Promise(() => {});
    happen('pump_fault', fault);
    await unit.clock.advance(0);
    expect(mail.mails).toHaveLength(1);
  });
});

describe('a filter', () => {
  it('lets through what is bad enough, of its subjects, and of its pumps or of none', async () => {
    const { unit, happen, notices } = await start(
      { ...WEBHOOK, filter: { severity: 'alarm' } },
      { ...WEBHOOK, filter: { ...ALL, subjects: ['stop'] } },
      { ...WEBHOOK, filter: { ...ALL, pumps: ['b'] } },
    );
    happen('dose_late', { pump_id: 'a', data: { volume_ml: 1, late_s: 40 } });
    happen('dose_missed', { pump_id: 'b', data: { volume_ml: 2, reason: 'No.' } });
    happen('emergency_stop', { severity: 'alarm', actor: 'maria', data: { reason: 'A leak.' } });
    await unit.clock.advance(10);
    expect(
      notices()
        .map(({ alert }) => alert)
        .sort(),
    ).toEqual(['PeristaDoseMissed', 'PeristaEmergencyStop', 'PeristaEmergencyStop', 'PeristaEmergencyStop']);
  });

  it('is warnings and alarms of everything unless somebody says otherwise', async () => {
    const { service } = await start(WEBHOOK);
    expect(service.list()[0]?.filter).toEqual({ severity: 'warning', subjects: null, pumps: null });
  });
});

describe('an agent that is lost', () => {
  it('is told when it stays away for half a minute, and not when it is started again', async () => {
    const { unit, happen, notices } = await start(WEBHOOK);
    happen('agent_lost', { severity: 'warning', data: { reason: 'No answer.' } });
    await unit.clock.advance(5_000);
    happen('agent_connected');
    await unit.clock.advance(60_000);
    expect(notices()).toEqual([]);
    happen('agent_lost', { severity: 'warning', data: { reason: 'No answer.' } });
    await unit.clock.advance(31_000);
    happen('agent_connected');
    await unit.clock.advance(10);
    expect(notices().map(({ status }) => status)).toEqual(['begun', 'over']);
  });
});

describe('a container', () => {
  it('is told to be low once, and over when somebody has filled it up', async () => {
    const { unit, happen, notices } = await start({ ...WEBHOOK, filter: ALL });
    const data = { container_id: 'a', level_ml: 40, capacity_ml: 1000, product: 'Kalk' };
    happen('container_low', { severity: 'warning', pump_id: 'a', data });
    happen('container_refilled', { pump_id: 'a', data });
    await unit.clock.advance(10);
    expect(titles(notices())).toEqual(['begun: Container a is low', 'over: Container a is low']);
    expect(notices()[0]).toMatchObject({ container_id: 'a', pump_id: null });
  });
});

describe('doses', () => {
  it('are told where they were planned and not given, or ended otherwise; whoever orders by hand is told at once', async () => {
    const { unit, happen, notices } = await start(WEBHOOK);
    const ended = { requested_ml: 5, lo_ml: 1, hi_ml: 2.00004, reason: 'The agent was killed.' };
    const settled = (state: string, cause = 'manual') =>
      happen('dose_settled', { pump_id: 'a', dose_id: 'd', data: { ...ended, state, cause } });
    for (const cause of ['manual', 'schedule']) {
      happen('dose_refused', { pump_id: 'a', data: { volume_ml: 5, cause, reason: 'Over the cap.' } });
    }
    for (const state of ['done', 'cancelled', 'partial', 'uncertain']) settled(state);
    settled('partial', 'prime');
    await unit.clock.advance(10);
    expect(titles(notices())).toEqual([
      'once: A planned dose of pump a was refused',
      'once: A dose of pump a ended before its volume',
      'once: Of a dose of pump a only a range is known',
    ]);
    expect(notices()[2]?.text).toBe('Between 1 ml and 2 ml of 5 ml were given. The agent was killed.');
  });
});

describe('the ways out', () => {
  it('sign a webhook, so that its owner knows who wrote and when', async () => {
    const { unit, http, happen } = await start({ ...WEBHOOK, secret: 'shared' });
    happen('pump_fault', fault);
    await unit.clock.advance(10);
    const [request] = http.requests;
    const [, t = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request?.headers?.['perista-signature'] ?? '') ?? [];
    expect(v1).toBe(createHmac('sha256', 'shared').update(`${t}.${request?.body}`).digest('hex'));
    expect(Number(t)).toBe(Math.floor(unit.clock.wallMs() / 1000));
  });

  it('tell ntfy a topic, a title and how urgent it is, with its token', async () => {
    const target = { kind: 'ntfy', url: 'https://ntfy.example.org', topic: 'reef' } as const;
    const { unit, http, happen } = await start({ name: 'phone', target, secret: 'tk_1' });
    happen('pump_fault', fault);
    await unit.clock.advance(10);
    expect(http.requests[0]).toMatchObject({ url: 'https://ntfy.example.org', token: 'tk_1' });
    expect(JSON.parse(http.taken[0] ?? '')).toEqual({
      ...{ topic: 'reef', priority: 5, tags: ['rotating_light'] },
      title: 'Pump a has a fault and does not dose (E102)',
      message: 'The motor stalled.',
    });
  });

  it('write a mail with the unit in its subject, and log in where there is a user', async () => {
    const smtp = {
      kind: 'email',
      host: 'mx',
      port: 587,
      security: 'starttls',
      username: 'u',
      from: 'r@f',
      to: ['m@x'],
    };
    const { unit, mail, happen } = await start({ name: 'mail', target: smtp as never, secret: 'pw' });
    happen('pump_fault', fault);
    await unit.clock.advance(10);
    expect(mail.mails[0]).toMatchObject({
      server: { host: 'mx', port: 587, security: 'starttls', username: 'u', password: 'pw' },
      subject: '[reef] Pump a has a fault and does not dose (E102)',
      text: expect.stringContaining('The motor stalled.\n\nUnit: reef\nPump: a\n'),
    });
  });

  it('tell Alertmanager while it goes on, each minute, and for five minutes that it is over', async () => {
    const target = { kind: 'alertmanager', url: 'http://am:9093/' } as const;
    const { unit, http, happen } = await start({ name: 'am', target });
    const alerts = () => http.taken.map((body) => JSON.parse(body)[0]);
    const nowS = () => unit.clock.wallMs() / 1000;
    const endsInS = (alert: { endsAt: string }) => Math.round(Date.parse(alert.endsAt) / 1000 - nowS());
    happen('pump_fault', fault);
    await unit.clock.advance(10);
    expect(http.requests[0]?.url).toBe('http://am:9093/api/v2/alerts');
    expect(alerts()[0].labels).toEqual({
      ...{ alertname: 'PeristaPumpFault', severity: 'critical', subject: 'pump', doser: 'reef', pump: 'a' },
    });
    await unit.clock.advance(120_000);
    expect(alerts()).toHaveLength(3);
    expect(endsInS(alerts()[2])).toBeGreaterThan(200);
    happen('pump_released', { pump_id: 'a' });
    await unit.clock.advance(10);
    expect(endsInS(alerts()[3])).toBeCloseTo(0);
    expect(alerts()[3].labels).toEqual(alerts()[0].labels);
    await unit.clock.advance(3_600_000);
    expect(alerts()).toHaveLength(4 + 5);
  });

  it('tell a test at once, and why it was not taken', async () => {
    const { http, service, ids, notices } = await start(WEBHOOK);
    expect(await service.test(ids[0] ?? '', MARIA)).toEqual({ delivered: true, failure: null });
    expect(notices()[0]).toMatchObject({ status: 'test', title: 'A test of reef, asked for by maria' });
    http.refusesWith = 404;
    expect(await service.test(ids[0] ?? '', MARIA)).toEqual({ delivered: false, failure: 'it answers 404' });
  });
});

describe('what is kept of a channel', () => {
  it('never tells its secret, and tells the event log neither secret nor address', async () => {
    const { unit, service, ids } = await start({ ...WEBHOOK, secret: 'shared-secret' });
    service.update(ids[0] ?? '', { name: 'other', filter: { subjects: ['dose'] } }, MARIA);
    expect(service.list()[0]).toMatchObject({ name: 'other', has_secret: true, filter: { severity: 'warning' } });
    const shown = JSON.stringify([service.list(), unit.unit.eventLog.list({ limit: 100 })]);
    expect(shown).not.toContain('shared-secret');
    expect(JSON.stringify(unit.unit.eventLog.list({ limit: 100 }))).not.toContain('house.example.org');
    service.update(ids[0] ?? '', { secret: null }, MARIA);
    expect(service.list()[0]?.has_secret).toBe(false);
  });

  it('refuses a mail user without a password, and one channel too many', async () => {
    const { service } = await start();
    const target = { kind: 'email', host: 'mx', port: 25, security: 'none', username: 'u', from: 'a@b', to: ['c@d'] };
    expect(() => service.create({ name: 'mail', target: target as never }, MARIA)).toThrow(/username and secret/);
    for (let count = 0; count < 32; count++) service.create(WEBHOOK, MARIA);
    expect(() => service.create(WEBHOOK, MARIA)).toThrow(/32 notification channels at most/);
  });
});

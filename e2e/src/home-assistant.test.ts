// Proves with a real Mosquitto that Home Assistant finds what it can use: what is announced keeps its rules, comes again after its
// birth and goes with its pump; a press is one dose of what the number says; stops stop; and limits and schedules are set, or refused in words.
import { beforeAll, describe, expect, it } from 'vitest';
import { HomeAssistantPeer, type HomeDevice } from './harness/home-assistant.ts';
import { mistakesIn } from './harness/home-assistant-rules.ts';
import { startUnit, type TestUnit, until } from './harness/index.ts';
import { BROKER_PASSWORD, BROKER_USER, Mosquitto } from './harness/mosquitto.ts';

const DOSER = 'doser';
const PUMP = 'ph-down';
const OTHER = 'nutrient-a';
const WITHIN_MS = 20_000;
const DOSED_WITHIN_MS = 60_000;

let broker: Mosquitto;
let unit: TestUnit;
let home: HomeAssistantPeer;
let name: string;

const start = (env: Record<string, string> = {}, dataDir?: string) =>
  startUnit({
    env: {
      ...{ PERISTA_MQTT_URL: broker.url, PERISTA_MQTT_USERNAME: BROKER_USER, PERISTA_MQTT_PASSWORD: BROKER_PASSWORD },
      NODE_EXTRA_CA_CERTS: broker.certificate,
      ...env,
    },
    ...(dataDir !== undefined && { dataDir }),
  });

beforeAll(async () => {
  broker = await Mosquitto.start();
  home = await HomeAssistantPeer.join(broker);
  unit = await start();
  ({ name } = await unit.api.pump(PUMP));
  await home.device(name);
  const isReady = async (id: string) => (await unit.api.pump(id)).blocked_by.length === 0;
  await until(async () => (await isReady(PUMP)) && (await isReady(OTHER)), WITHIN_MS, 'both pumps could dose');
});

const pumps = async () =>
  (await unit.api.request('GET', '/api/pumps')).body as { items: { id: string; name: string }[] };
const motions = async (pump = PUMP) => (await unit.emulator.truth(pump)).motions.length;
const results = () =>
  home.heard
    .filter(({ topic }) => topic === `${DOSER}/stat/${PUMP}/result`)
    .map(({ text }) => JSON.parse(text) as { result: string; dose_id: string; code: string; reason: string });

/** What follows answers the unit's way. */
async function answerTo(say: () => Promise<unknown>) {
  const before = results().length;
  await say();
  return until(() => results()[before], WITHIN_MS, 'an answer');
}

describe('what is announced', () => {
  it('is the doser and each pump behind it, and keeps the rules of Home Assistant', async () => {
    const { items } = await pumps();
    await until(() => home.devices().length === items.length + 1, WITHIN_MS, 'all are announced');
    const devices = home.devices();
    expect(devices.flatMap(({ topic, text }) => mistakesIn(topic, text))).toEqual([]);
    const names = devices.map(({ device }) => device.name);
    expect(names.sort()).toEqual([DOSER, ...items.map((pump) => pump.name)].sort());
    const { device: doser } = await home.device(DOSER);
    const behind = devices.filter(({ device }) => device.name !== DOSER).map(({ device }) => device.via_device);
    expect(new Set(behind)).toEqual(new Set(doser.identifiers as string[]));
    const uniqueIds = devices.flatMap(({ components }) => Object.values(components).map(({ unique_id }) => unique_id));
    expect(new Set(uniqueIds).size).toBe(uniqueIds.length);
    expect(home.announcements(devices[0]?.topic ?? '')[0]?.qos).toBe(1);
  });

  it.each<[string, (cmps: Record<string, Record<string, unknown>>) => unknown, RegExp]>([
    ['an object_id', ({ dose }) => Object.assign(dose ?? {}, { object_id: 'x' }), /dose has object_id/],
    ['no unique_id', ({ stop }) => delete stop?.unique_id, /stop has no unique_id/],
    ['a wildcard', ({ stop }) => Object.assign(stop ?? {}, { command_topic: 'a/+/b' }), /stop has a bad command_topic/],
    [
      'a volume that is measured',
      ({ delivered_today }) => Object.assign(delivered_today ?? {}, { state_class: 'measurement' }),
      /state class/,
    ],
    [
      'a unit of another class',
      ({ rate }) => Object.assign(rate ?? {}, { unit_of_measurement: 'mL/min' }),
      /rate is of class/,
    ],
    ['no range', ({ dose_volume }) => Object.assign(dose_volume ?? {}, { min: 200 }), /dose_volume has no range/],
    ['no platform', ({ state }) => delete state?.p, /state has the platform/],
    ['a retained order', ({ schedule }) => Object.assign(schedule ?? {}, { retain: true }), /retains/],
    [
      'a sensor to configure',
      ({ state }) => Object.assign(state ?? {}, { entity_category: 'config' }),
      /category config/,
    ],
    [
      'half a template',
      ({ state }) => Object.assign(state ?? {}, { value_template: '{{ value' }),
      /bad value_template/,
    ],
  ])('would not pass with %s', async (_, spoil, mistake) => {
    const { topic, text } = await home.device(name);
    const payload = JSON.parse(text) as { cmps: Record<string, Record<string, unknown>> };
    spoil(payload.cmps);
    expect(mistakesIn(topic, JSON.stringify(payload))).toEqual([expect.stringMatching(mistake)]);
  });

  it('has a state on each of its topics for whoever comes later, and one that fits', async () => {
    const newcomer = await HomeAssistantPeer.join(broker);
    const devices = home.devices();
    const entities = devices.flatMap(({ components }) => Object.entries(components));
    const lasting = entities.filter(
      ([, { platform, state_topic }]) => platform !== 'event' && state_topic !== undefined,
    );
    expect(lasting.length).toBeGreaterThan(devices.length * 3);
    const has = (topic: unknown) => newcomer.heard.some((each) => each.topic === topic && each.retained);
    for (const [key, { state_topic }] of lasting) await until(() => has(state_topic), WITHIN_MS, `${key} has a state`);
    for (const { root } of devices) {
      for (const { topic, payload_available } of root.availability as { topic: string; payload_available: string }[]) {
        expect(newcomer.latest(topic)).toBe(payload_available);
      }
    }
    for (const [key, entity] of lasting) {
      const state = newcomer.latest(entity.state_topic) ?? '';
      if (entity.platform === 'switch') expect(['ON', 'OFF']).toContain(state);
      else if (entity.platform === 'number') {
        const isIn = Number(state) >= Number(entity.min) && Number(state) <= Number(entity.max);
        expect(state === 'None' || isIn, `${key} reads ${state}`).toBe(true);
      } else {
        const told = JSON.parse(state) as Record<string, unknown>;
        const asked = [...String(entity.value_template).matchAll(/value_json\.(\w+)/g)].map(([, field]) => field ?? '');
        expect(asked.length, key).toBeGreaterThan(0);
        expect(Object.keys(told)).toEqual(expect.arrayContaining(asked));
        if (entity.device_class === 'enum') expect(entity.options).toContain(told.state);
      }
    }
  });

  it('comes again after the birth of Home Assistant, with the states', async () => {
    const { topic } = await home.device(name);
    const [before, states] = [
      home.announcements(topic).length,
      home.announcements(`${DOSER}/stat/${PUMP}/schedule`).length,
    ];
    home.sayBirth();
    await until(() => home.announcements(topic).length > before, WITHIN_MS, 'it is announced again');
    await until(
      () => home.announcements(`${DOSER}/stat/${PUMP}/schedule`).length > states,
      WITHIN_MS,
      'its state is told again',
    );
    expect(home.announcements(topic).at(-1)?.text).toBe(home.announcements(topic)[0]?.text);
  });
});

describe('number and buttons', () => {
  it('give one dose of the volume for one press, however often it arrives', async () => {
    const [before, trueMl] = [await motions(), (await unit.emulator.truth(PUMP)).true_ml];
    await home.set(name, 'dose_volume', '2');
    await home.reads(name, 'dose_volume', '2');
    let press = { topic: '', payload: '' };
    const first = await answerTo(async () => {
      press = await home.press(name, 'dose');
    });
    expect(first).toMatchObject({ result: 'accepted', code: null });
    expect(await answerTo(async () => broker.publish(press.topic, press.payload))).toEqual(first);
    await unit.api.settled(first.dose_id, DOSED_WITHIN_MS);
    await home.set(name, 'dose_volume', '3');
    await home.reads(name, 'dose_volume', '3');
    expect(await answerTo(async () => broker.publish(press.topic, press.payload))).toEqual(first);
    expect(await answerTo(async () => broker.publish(press.topic, press.payload, '-r'))).toMatchObject({
      result: 'accepted',
    });
    broker.publish(press.topic, '', '-r');
    expect(await motions()).toBe(before + 1);
    expect((await unit.emulator.truth(PUMP)).true_ml - trueMl).toBeCloseTo(2, 0);
    const events = () =>
      home.heard
        .filter(({ topic }) => topic === `${DOSER}/events`)
        .map(({ text }) => JSON.parse(text) as { event_type: string; dose_id: string })
        .filter(({ dose_id }) => dose_id === first.dose_id);
    await until(() => events().length >= 2, WITHIN_MS, 'beginning and end are told');
    expect(events().map(({ event_type }) => event_type)).toEqual(['dose_started', 'dose_completed']);
    const { event_types } = await home.entity(name, 'events');
    expect(event_types).toEqual(expect.arrayContaining(['dose_started', 'dose_completed', 'dose_missed']));
  });

  it('refuse a volume that the pump would never dose, and keep the one that was', async () => {
    const { max } = await home.entity(name, 'dose_volume');
    const answer = await answerTo(() => home.set(name, 'dose_volume', String(Number(max) + 1)));
    expect(answer).toMatchObject({ result: 'refused', code: 'E422', setting: 'volume' });
    expect(home.latest(`${DOSER}/stat/${PUMP}/volume`)).toBe('3');
  });

  it('stop the pump, and all pumps', async () => {
    const { dose_id } = await unit.api.dose(OTHER, { volume_ml: 20, duration_s: 60 });
    const { name: other } = await unit.api.pump(OTHER);
    await until(async () => (await unit.emulator.truth(OTHER)).moving, WITHIN_MS, 'it turns');
    await home.press(other, 'stop');
    expect(await unit.api.settled(dose_id, DOSED_WITHIN_MS)).toMatchObject({ state: 'partial' });
    await home.press(DOSER, 'stop_all');
    const { state_topic } = await home.entity(DOSER, 'stopped');
    const isLatched = () =>
      (JSON.parse(home.latest(state_topic) ?? '{}') as { emergency_stop?: boolean }).emergency_stop;
    await until(() => isLatched() === true, WITHIN_MS, 'the stop is latched');
    expect((await unit.api.request('DELETE', '/api/emergency-stop', { reason: 'looked at' })).status).toBe(200);
    await until(() => isLatched() === false, WITHIN_MS, 'the stop is released');
  });
});

describe('what can be set', () => {
  it('changes the day cap of the pump, or says why not', async () => {
    const limit = async () => (await unit.api.pump(PUMP)).limits.day_ml;
    const before = await limit();
    expect(await answerTo(() => home.set(name, 'daily_limit', '75.5'))).toMatchObject({ result: 'accepted' });
    await home.reads(name, 'daily_limit', '75.5');
    expect(await limit()).toBe(75.5);
    expect(await answerTo(() => home.set(name, 'daily_limit', '0'))).toMatchObject({
      ...{ result: 'refused', code: 'E402', reason: expect.stringContaining('limits.day_ml must be greater than 0') },
    });
    await home.set(name, 'daily_limit', String(before));
    await home.reads(name, 'daily_limit', String(before));
  });

  it('switches the schedules of the pump off and on again', async () => {
    const schedule = { pump_id: PUMP, cron: '0 4 * * *', volume_ml: 1 };
    expect((await unit.api.request('POST', '/api/schedules', schedule)).status).toBe(201);
    const enabled = async () => {
      const { items } = (await unit.api.request('GET', '/api/schedules')).body as {
        items: { pump_id: string; enabled: boolean }[];
      };
      return items.filter(({ pump_id }) => pump_id === PUMP).map((each) => each.enabled);
    };
    await home.reads(name, 'schedule', 'ON');
    expect(await answerTo(() => home.set(name, 'schedule', 'OFF'))).toMatchObject({ result: 'accepted' });
    await home.reads(name, 'schedule', 'OFF');
    expect(await enabled()).toEqual([false]);
    expect(await answerTo(() => home.set(name, 'schedule', 'ON'))).toMatchObject({ result: 'accepted' });
    await home.reads(name, 'schedule', 'ON');
    expect(await enabled()).toEqual([true]);
  });
});

describe('what is gone', () => {
  it('is withdrawn with its pump', async () => {
    const { name: other } = await unit.api.pump(OTHER);
    const { topic } = await home.device(other);
    expect((await unit.api.request('DELETE', `/api/pumps/${OTHER}`)).status).toBe(204);
    await until(() => home.latest(topic) === '', WITHIN_MS, 'it is withdrawn');
    const newcomer = await HomeAssistantPeer.join(broker);
    await newcomer.device(name);
    expect(newcomer.heard.filter((each) => each.topic.includes(OTHER))).toEqual([]);
  });

  it('refuses what was retained for it while it was away, and is withdrawn where discovery is switched off', async () => {
    const announced: HomeDevice[] = home.devices();
    expect(await unit.stop()).toBe(0);
    await home.set(name, 'schedule', 'OFF', '-r');
    await home.set(name, 'daily_limit', '1', '-r');
    const before = results().length;
    unit = await start({ PERISTA_HOME_ASSISTANT_DISCOVERY: 'off' }, unit.dataDir);
    await until(() => announced.every(({ topic }) => home.latest(topic) === ''), WITHIN_MS, 'all are withdrawn');
    const refusals = () => results().slice(before);
    await until(() => refusals().length >= 2, WITHIN_MS, 'both are refused');
    expect(refusals().map(({ result, reason }) => [result, reason.includes('retained')])).toEqual(
      Array(2).fill(['refused', true]),
    );
    expect((await unit.api.pump(PUMP)).limits.day_ml).toBeGreaterThan(1);
    await until(
      () => home.latest(`${DOSER}/stat/${PUMP}/schedule`) === 'ON',
      WITHIN_MS,
      'its topics are there as before, without Home Assistant',
    );
  });
});

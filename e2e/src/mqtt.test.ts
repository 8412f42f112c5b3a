// Proves with real brokers, TLS and a password at one of them, and Mosquitto's own clients: an order of the field doses once and is
// answered on the topics of the field, what must not be obeyed is refused in words, and a broker that dies costs neither a dose nor an event.
import { beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedBroker } from './harness/embedded-broker.ts';
import { startUnit, type TestUnit, until } from './harness/index.ts';
import { BROKER_PASSWORD, BROKER_USER, Mosquitto } from './harness/mosquitto.ts';
import type { Heard, MosquittoClients } from './harness/mosquitto-clients.ts';

const PUMP = 'ph-down';
const OTHER = 'nutrient-a';
const TOLD_WITHIN_MS = 20_000;
const DOSED_WITHIN_MS = 60_000;

interface Broker extends MosquittoClients {
  start(): Promise<void>;
  kill(): Promise<void>;
}

interface Stage {
  readonly broker: Broker;
  readonly unit: TestUnit;
  readonly heard: () => Heard[];
}

const accessTo = ({ url, certificate }: Mosquitto, password = BROKER_PASSWORD) => ({
  ...{ PERISTA_MQTT_URL: url, PERISTA_MQTT_USERNAME: BROKER_USER, PERISTA_MQTT_PASSWORD: password },
  NODE_EXTRA_CA_CERTS: certificate,
});

/** What is known to every broker of the table before the unit is there. */
const YESTERDAY = [`doser/cmd/${PUMP}/dose`, { volume_ml: 1, id: 'from-yesterday' }, '-r'] as const;

/** Each gives a broker and a unit that uses it. */
const BROKERS = {
  async Mosquitto() {
    const broker = await Mosquitto.start();
    broker.publish(...YESTERDAY);
    const heard = await broker.listen();
    return { broker, heard, unit: await startUnit({ env: accessTo(broker) }) };
  },
  async 'the embedded broker'() {
    const unit = await startUnit({ env: { PERISTA_MQTT_PORT: '0' } });
    const broker = new EmbeddedBroker(unit);
    await broker.start();
    return { broker, heard: await broker.listen(), unit };
  },
} as const satisfies Record<string, () => Promise<Stage>>;

describe.each(Object.entries(BROKERS))('with %s', (name, open) => {
  let broker: Broker;
  let unit: TestUnit;
  let heard: () => Heard[];
  beforeAll(async () => {
    ({ broker, unit, heard } = await open());
    await until(
      () => heard().some(({ topic }) => topic === `doser/stat/${OTHER}/status`),
      TOLD_WITHIN_MS,
      'it is there',
    );
    const ready = async (id: string) => (await unit.api.pump(id)).blocked_by.length === 0;
    await until(async () => (await ready(PUMP)) && (await ready(OTHER)), TOLD_WITHIN_MS, 'both pumps could dose');
  });

  /** JSON of all that came on a topic, once there are so many. */
  function told(topic: string, count: number, listen = heard): Promise<Record<string, unknown>[]> {
    const all = () => listen().filter((each) => each.topic === topic);
    return until(
      () => all().length >= count && all().map(({ text }) => JSON.parse(text) as Record<string, unknown>),
      DOSED_WITHIN_MS,
      `${count} messages on ${topic}`,
    );
  }

  const motions = async (pump: string) => (await unit.emulator.truth(pump)).motions.length;
  const count = (topic: string) => heard().filter((each) => each.topic === topic).length;

  it('never obeys an order that was retained, and nothing moves', async () => {
    if (name === 'Mosquitto') {
      const isRefusal = () => heard().find(({ topic }) => topic === 'doser/errors')?.text;
      const error = await until(isRefusal, TOLD_WITHIN_MS, 'the order of yesterday is refused');
      expect(JSON.parse(error)).toMatchObject({ 'pump-id': PUMP, msg: expect.stringContaining('retained') });
    } else {
      // This broker keeps none, so there is none from yesterday; what is retained now is obeyed once and not kept.
      expect(broker.ask(`doser/cmd/${PUMP}/stop`, {})).toContain('stopped');
      broker.publish(`doser/cmd/${PUMP}/stop`, '{}', '-r');
      const newcomer = await broker.listen();
      const isThere = () => newcomer().some(({ topic }) => topic === 'doser/availability');
      await until(isThere, TOLD_WITHIN_MS, 'a newcomer is told what is retained');
      expect(newcomer().filter(({ topic }) => topic.includes('/cmd/'))).toEqual([]);
    }
    expect(await motions(PUMP)).toBe(0);
    broker.publish(`doser/cmd/${PUMP}/dose`, '', '-r');
  });

  describe.each([
    [
      'doser',
      `doser/cmd/${PUMP}/dose`,
      `doser/stat/${PUMP}`,
      '/status',
      'doser/events',
      'doser/availability',
      'online',
    ],
    ['prefix', `cmnd/doser/${OTHER}/dose`, `stat/doser/${OTHER}`, '', 'tele/doser/events', 'tele/doser/LWT', 'Online'],
  ] as const)('in the layout %s', (_, order, stat, statusLevel, events, availability, online) => {
    it('an order of the field doses once, and is told from its answer to its end', async () => {
      const pump = order.split('/')[2] ?? '';
      const [before, results, told0] = [await motions(pump), count(`${stat}/result`), count(events)];
      broker.publish(order, '{"volume_ml":5.0,"duration":20,"direction":"forward"}');
      const result = (await told(`${stat}/result`, results + 1)).at(-1);
      expect(result).toMatchObject({ id: null, result: 'accepted', 'pump-id': pump, code: null });
      const [started, complete] = (await told(events, told0 + 2)).slice(told0);
      expect(started).toMatchObject({ event: 'dosing_started', 'pump-id': pump, dose_id: result?.dose_id });
      expect(complete).toMatchObject({ event: 'dosing_complete', 'pump-id': pump, dose_id: result?.dose_id });
      expect(Number(complete?.seq)).toBeGreaterThan(Number(started?.seq));
      expect(await motions(pump)).toBe(before + 1);
      const states = heard().filter(({ topic }) => topic === `${stat}${statusLevel}`);
      expect(states.map(({ text }) => (JSON.parse(text) as { state: string }).state)).toContain('running');
      expect(states.map(({ qos }) => qos)).toEqual(states.map(() => 1));
      expect(heard().find(({ topic }) => topic === events)?.qos).toBe(0);

      const statusesOf = (listen: () => Heard[]) => listen().filter(({ topic }) => topic === `${stat}${statusLevel}`);
      const isIdle = (listen: () => Heard[]) => JSON.parse(statusesOf(listen).at(-1)?.text ?? '{}').state === 'idle';
      // The event of its end may be told a moment before the state, and who comes in between hears of that one as news.
      await until(() => isIdle(heard), TOLD_WITHIN_MS, 'it is idle again');
      const newcomer = await broker.listen();
      await until(() => isIdle(newcomer), TOLD_WITHIN_MS, 'somebody who comes later sees it idle');
      expect(statusesOf(newcomer)[0]?.retained).toBe(true);
      const isThere = () =>
        newcomer().some(({ topic, text, retained }) => topic === availability && text === online && retained);
      await until(isThere, TOLD_WITHIN_MS, 'and that the unit is there');
    });
  });

  it('refuses 50 ml in 2.5 s with the reason, as answer and as error', async () => {
    const [results, errors] = [count(`doser/stat/${PUMP}/result`), count('doser/errors')];
    broker.publish(`doser/cmd/${PUMP}/dose`, '{"volume_ml":50.0,"duration":2.5,"direction":"forward"}');
    const result = (await told(`doser/stat/${PUMP}/result`, results + 1)).at(-1);
    expect(result).toMatchObject({ result: 'refused', code: 'E420' });
    const error = (await told('doser/errors', errors + 1)).at(-1);
    expect(error).toMatchObject({ code: 'E420', msg: result?.reason, 'pump-id': PUMP });
    expect(heard().find(({ topic }) => topic === 'doser/errors')?.qos).toBe(2);
  });

  it('answers by MQTT 5 where the sender waits, and gives one dose for one id', async () => {
    const before = await motions(PUMP);
    const order = { volume_ml: 0.5, id: 'twice' };
    const [first, second] = [0, 1].map(() => JSON.parse(broker.ask(`doser/cmd/${PUMP}/dose`, order)) as object);
    expect(first).toMatchObject({ id: 'twice', result: 'accepted' });
    expect(second).toMatchObject({ id: 'twice', dose_id: (first as { dose_id: string }).dose_id });
    await unit.api.settled((first as { dose_id: string }).dose_id, DOSED_WITHIN_MS);
    expect(await motions(PUMP)).toBe(before + 1);
  });

  it('goes on dosing while the broker is dead, and tells all of it afterwards', async () => {
    const trueMl = async () => (await unit.emulator.truth(PUMP)).true_ml;
    const [before, told0] = [await trueMl(), count('doser/events')];
    const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 2, duration_s: 6 });
    await until(async () => (await unit.api.pump(PUMP)).state === 'running', TOLD_WITHIN_MS, 'it doses');
    await broker.kill();
    expect(await unit.api.settled(dose_id, DOSED_WITHIN_MS)).toMatchObject({ state: 'done' });
    expect((await trueMl()) - before).toBeCloseTo(2, 0);
    const beforeDeath = heard()
      .filter(({ topic }) => topic === 'doser/events')
      .slice(told0);
    await broker.start();
    heard = await broker.listen();
    const wanted = ['dosing_started', 'dosing_complete'];
    await until(
      () => {
        const all = [...beforeDeath, ...heard().filter(({ topic }) => topic === 'doser/events')];
        const names = all.map(({ text }) => JSON.parse(text) as { event: string; dose_id: string });
        return wanted.every((name) => names.some((each) => each.event === name && each.dose_id === dose_id));
      },
      DOSED_WITHIN_MS,
      'both events are told',
    );
    const lastState = () => heard().findLast(({ topic }) => topic === `doser/stat/${PUMP}/status`)?.text ?? '{}';
    await until(() => JSON.parse(lastState()).state === 'idle', TOLD_WITHIN_MS, 'its state is right again');
    await until(
      () => heard().some(({ topic, text }) => topic === 'doser/availability' && text === 'online'),
      TOLD_WITHIN_MS,
      'it is online again',
    );
  });
});

it('says what is wrong where the broker does not let it in', async () => {
  const broker = await Mosquitto.start();
  const stranger = await startUnit({ env: accessTo(broker, 'a-wrong-password') });
  await until(() => /Not authorized/i.test(stranger.process.output()), TOLD_WITHIN_MS, 'the refusal is told');
  expect(stranger.process.output()).not.toContain('a-wrong-password');
  expect(await stranger.stop()).toBe(0);
});

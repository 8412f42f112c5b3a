// Who may publish and read what at the broker of the unit: nobody but the unit speaks for it, and a device speaks for itself alone.
import { DOSER_TOPICS, LAYOUTS, type TopicName, topicOf } from '@perista/protocol/mqtt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePublish, type MqttPrincipal, mayRead, maySubscribe, rightsOf } from './topic-rights.ts';

const WHO = {
  controller: { kind: 'controller' },
  doser: { kind: 'doser', name: 'phone', createdAtMs: 0 },
  viewer: { kind: 'viewer', name: 'screen', createdAtMs: 0 },
  device: { kind: 'device', name: 'pump', createdAtMs: 0, deviceId: 'P1' },
  anonymous: { kind: 'anonymous', deviceId: null },
  'anonymous P1': { kind: 'anonymous', deviceId: 'P1' },
} as const satisfies Record<string, MqttPrincipal>;
type Who = keyof typeof WHO;
const names = { doserId: 'doser', homeAssistant: { prefix: 'homeassistant', statusTopic: 'homeassistant/status' } };
const rights = (who: Who) => rightsOf(WHO[who], names);
const publishes = (who: Who, topic: string, retain = false) => judgePublish(rights(who), { topic, retain });
const everybody = Object.keys(WHO) as Who[];
const allBut = (...some: Who[]) => everybody.filter((who) => !some.includes(who));
const those = (test: (who: Who) => boolean) => everybody.filter(test);

describe('publishing', () => {
  it.each([
    ['doser/cmd/ph-down/dose', ['controller', 'doser', 'anonymous', 'anonymous P1']],
    ['cmnd/doser/stop', ['controller', 'doser', 'anonymous', 'anonymous P1']],
    ['homeassistant/status', ['controller', 'doser', 'anonymous', 'anonymous P1']],
    ['homeassistant/device/doser/config', ['controller']],
    ['other/cmd/ph-down/dose', ['controller']],
    ['doser/cmd', ['controller', 'doser', 'anonymous', 'anonymous P1']],
    ['doser/cmdx/ph-down/dose', ['controller']],
    ['devices/P1/progress', ['controller', 'device', 'anonymous P1']],
    ['devices/P1/status', ['controller', 'device', 'anonymous P1']],
    ['devices/P1/commands', ['controller']],
    ['devices/P1/other', ['controller']],
    ['devices/P2/status', ['controller']],
    ['answers/1', ['controller']],
    ['anything', ['controller']],
    ['$SYS/broker', []],
  ] as const)('%s is for %j', (topic, allowed) => {
    expect(those((who) => publishes(who, topic).kind === 'allowed')).toEqual([...allowed]);
  });

  it.each((Object.keys(DOSER_TOPICS) as TopicName[]).filter((name) => DOSER_TOPICS[name].direction === 'out'))(
    'the %s of the unit is for the unit alone, in both layouts',
    (name) => {
      for (const layout of LAYOUTS) {
        const topic = topicOf(name, layout, 'doser', 'ph-down');
        if (topic === null) continue;
        expect(those((who) => publishes(who, topic).kind === 'allowed')).toEqual(['controller']);
        expect(those((who) => mayRead(rights(who), topic))).toEqual(allBut('device'));
      }
    },
  );

  it('keeps no order for those who come later, but states of devices', () => {
    expect(publishes('doser', 'doser/cmd/ph-down/dose', true)).toEqual({ kind: 'allowed', retain: false });
    expect(publishes('device', 'devices/P1/status', true)).toEqual({ kind: 'allowed', retain: true });
    expect(publishes('device', 'devices/P1/progress', true)).toEqual({ kind: 'allowed', retain: false });
    expect(publishes('controller', 'doser/stat/ph-down/status', true)).toEqual({ kind: 'allowed', retain: true });
  });

  it('lets nobody make the unit answer where they may not publish', () => {
    const ask = (who: Who, responseTopic: string) =>
      judgePublish(rights(who), { topic: 'doser/cmd/ph-down/dose', retain: false, responseTopic }).kind;
    expect(ask('doser', 'answers/phone/1')).toBe('allowed');
    expect(ask('doser', 'devices/P1/commands')).toBe('refused');
    expect(ask('doser', 'doser/stat/ph-down/status')).toBe('refused');
    expect(ask('doser', '$SYS/x')).toBe('refused');
  });

  it('goes by the topics that are set for Home Assistant', () => {
    const moved = { doserId: 'doser', homeAssistant: { prefix: 'ha', statusTopic: 'house/hello' } };
    const { write, read } = rightsOf(WHO.doser, moved);
    expect(write.map(({ filter }) => filter)).toContain('house/hello');
    expect(read).toEqual(expect.arrayContaining(['ha/#', 'house/hello']));
  });

  it('gives a device that is not named by an id nothing of a device', () => {
    fc.assert(
      fc.property(fc.constantFrom('devices//status', 'devices/{device}/status', 'devices/+/status'), (topic) => {
        expect(publishes('anonymous', topic).kind).toBe('refused');
      }),
    );
  });

  it('never lets a stranger publish outside orders, its own device and the word of Home Assistant', () => {
    const level = fc.constantFrom(
      'doser',
      'cmd',
      'cmnd',
      'stat',
      'tele',
      'devices',
      'P1',
      'P2',
      'status',
      'commands',
      'x',
    );
    fc.assert(
      fc.property(
        fc.array(level, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...allBut('controller')),
        (levels, who) => {
          const topic = levels.join('/');
          if (publishes(who, topic).kind !== 'allowed') return;
          expect(topic).toMatch(
            /^(doser\/cmd(\/|$)|cmnd\/doser(\/|$)|homeassistant\/status$|devices\/P1\/(?!commands))/,
          );
        },
      ),
    );
  });
});

describe('reading', () => {
  it.each([
    ['devices/P1/commands', ['controller', 'device', 'anonymous P1']],
    ['devices/P2/commands', ['controller']],
    ['devices/P2/progress', ['controller', 'doser', 'viewer', 'anonymous', 'anonymous P1']],
    ['doser/cmd/ph-down/dose', ['controller']],
    ['homeassistant/device/doser/config', ['controller', 'doser', 'viewer', 'anonymous', 'anonymous P1']],
    ['answers/1', ['controller', 'doser', 'anonymous', 'anonymous P1']],
    ['other/stat/ph-down/status', ['controller']],
    ['$SYS/1/new/clients', []],
  ] as const)('%s is for %j', (topic, allowed) => {
    expect(those((who) => mayRead(rights(who), topic))).toEqual([...allowed]);
  });

  it.each([
    ['#', everybody],
    ['devices/+/commands', ['controller', 'device', 'anonymous P1']],
    ['devices/P2/commands', ['controller']],
    ['devices/P2/#', ['controller', 'doser', 'viewer', 'anonymous', 'anonymous P1']],
    ['doser/#', allBut('device')],
    ['doser/cmd/#', ['controller']],
    ['$SYS/#', []],
    ['$share/a/doser/#', []],
  ] as const)('%s is subscribed to by %j', (filter, allowed) => {
    expect(those((who) => maySubscribe(rights(who), filter))).toEqual([...allowed]);
  });
});

// Each topic of a doser is built and parsed by one table, in both layouts; what is none of ours is none.
import { describe, expect, it } from 'vitest';
import { DOSER_TOPICS, LAYOUTS, orderFilters, parseTopic, type TopicName, topicOf } from './topics.ts';

const names = Object.keys(DOSER_TOPICS) as TopicName[];

describe('topics of a doser', () => {
  it.each(LAYOUTS)('come back from the parser as they were built, if they come in (%s)', (layout) => {
    for (const name of names) {
      const topic = topicOf(name, layout, 'doser', 'ph-down');
      if (topic === null) continue;
      const { direction, doser } = DOSER_TOPICS[name];
      const pumpId = doser?.includes('{pump}') ? 'ph-down' : null;
      expect(parseTopic(topic, LAYOUTS, 'doser')).toEqual(direction === 'in' ? { name, layout, pumpId } : undefined);
    }
  });

  it('stay apart, whatever doser and pump are called', () => {
    for (const doserId of ['cmd', 'cmnd', 'stat', 'tele', 'stop']) {
      for (const pumpId of ['stop', 'dose', 'cmd', doserId]) {
        for (const layout of LAYOUTS) {
          const topic = topicOf('dose', layout, doserId, pumpId) ?? '';
          expect(parseTopic(topic, LAYOUTS, doserId)).toEqual({ name: 'dose', layout, pumpId });
        }
      }
    }
  });

  it.each([
    'other/cmd/p/dose',
    'doser/cmd//dose',
    'doser/cmd/+/dose',
    'doser/cmd/p/dose/x',
    'cmnd/doser',
    'doser/cmd/a b/stop',
    '',
  ])('does not know %j', (topic) => {
    expect(parseTopic(topic, LAYOUTS, 'doser')).toBeUndefined();
  });

  it('knows only the layouts that it is told', () => {
    expect(parseTopic('cmnd/doser/p/dose', ['doser'], 'doser')).toBeUndefined();
    const ofPumps = ['dose', 'stop', 'dose-now', 'volume', 'schedule', 'daily-limit'].map(
      (name) => `doser/cmd/+/${name}`,
    );
    expect(orderFilters(['doser'], 'doser')).toEqual([...ofPumps, 'doser/cmd/stop']);
  });
});

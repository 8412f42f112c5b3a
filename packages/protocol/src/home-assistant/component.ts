import { LAYOUTS, type TopicName, topicOf } from '../mqtt/topics.ts';

/** An entity as Home Assistant reads it; `p` is its platform. */
export interface Component {
  readonly p: 'binary_sensor' | 'button' | 'event' | 'number' | 'sensor' | 'switch';
  readonly name: string;
  readonly [key: string]: unknown;
}

/** Topics of one unit, or of one of its pumps. */
export type TopicsOf = (name: TopicName) => string;

const [CANONICAL] = LAYOUTS;

export const topicsOf =
  (doserId: string, pumpId = ''): TopicsOf =>
  (name) => {
    const topic = topicOf(name, CANONICAL, doserId, pumpId);
    if (topic === null) throw new Error(`the canonical layout has no topic for ${name}`);
    return topic;
  };

/** Buttons that stop are there as soon as orders come in, whether or not news go out. */
export const stopButton = (name: string, commandTopic: string, topic: TopicsOf) => ({
  p: 'button' as const,
  name,
  command_topic: commandTopic,
  payload_press: '{}',
  availability: [{ topic: topic('availability') }],
  icon: 'mdi:stop-circle-outline',
});

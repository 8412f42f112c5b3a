import { DOSER_TOPICS, LAYOUTS, type Layout, type TopicName, topicOf } from '@perista/protocol/mqtt';
import type { Publication } from './mqtt-port.ts';

/** What a unit says on one of its topics, in all layouts that have it. */
export type Publications = (
  name: TopicName,
  pumpId: string,
  body: string,
  layouts?: readonly Layout[],
) => Publication[];

export const publicationsOf =
  (doserId: string): Publications =>
  (name, pumpId, body, layouts = LAYOUTS) => {
    const { qos, retain } = DOSER_TOPICS[name];
    return layouts.flatMap((layout) => {
      const topic = topicOf(name, layout, doserId, pumpId);
      return topic === null ? [] : [{ topic, body, qos, retain }];
    });
  };

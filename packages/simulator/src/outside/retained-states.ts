import type { VirtualBroker } from '@perista/controller';
import { topicIn } from './mqtt-users.ts';

/**
 * What an MQTT broker keeps of the unit and is not as `statuses` say, in words, or null. They are asked for one by one: to
 * tell the state of a pump takes many queries.
 */
export function untrueState(
  retained: VirtualBroker['retained'],
  statuses: Iterable<readonly [pumpId: string, status: string]>,
): string | null {
  const why = (topic: string, body: string) => {
    const bytes = retained.get(topic)?.bytes;
    if (bytes === undefined) return `nothing is retained on ${topic}`;
    return new TextDecoder().decode(bytes) === body ? null : `what is retained on ${topic} is not true any more`;
  };
  const untrue = why(topicIn('doser', 'availability'), 'online') ?? why(topicIn('prefix', 'availability'), 'Online');
  if (untrue !== null) return untrue;
  for (const [pumpId, status] of statuses) {
    const ofPump = why(topicIn('doser', 'status', pumpId), status) ?? why(topicIn('prefix', 'status', pumpId), status);
    if (ofPump !== null) return ofPump;
  }
  return null;
}

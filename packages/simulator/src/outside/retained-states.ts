import type { VirtualBroker } from '@perista/controller';
import { topicIn } from './mqtt-users.ts';

/** What an MQTT broker keeps of the unit and is not as `statuses` say, in words, or null. */
export function untrueState(retained: VirtualBroker['retained'], statuses: ReadonlyMap<string, string>): string | null {
  const expected = new Map([
    [topicIn('doser', 'availability'), 'online'],
    [topicIn('prefix', 'availability'), 'Online'],
  ]);
  for (const [pumpId, status] of statuses) {
    for (const layout of ['doser', 'prefix'] as const) expected.set(topicIn(layout, 'status', pumpId), status);
  }
  for (const [topic, body] of expected) {
    const bytes = retained.get(topic)?.bytes;
    if (bytes === undefined) return `nothing is retained on ${topic}`;
    if (new TextDecoder().decode(bytes) !== body) return `what is retained on ${topic} is not true any more`;
  }
  return null;
}

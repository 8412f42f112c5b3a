import { DEVICE_TOPICS, type DeviceTopicName, deviceTopic, upFilters } from '@perista/protocol/fleet';
import { DOSER_TOPICS, LAYOUTS, type TopicName, topicOf } from '@perista/protocol/mqtt';
import { matches, overlaps } from './topic-filter.ts';

/** A user, of whom there may have been others under the same name. */
interface MqttUserName {
  readonly name: string;
  readonly createdAtMs: number;
}

/** Who somebody is to the broker of the unit. */
export type MqttPrincipal =
  | { readonly kind: 'controller' }
  | (MqttUserName & { readonly kind: 'doser' | 'viewer' })
  | (MqttUserName & { readonly kind: 'device'; readonly deviceId: string })
  /** Let in without a name, under a client id that is that of a device, perhaps. */
  | { readonly kind: 'anonymous'; readonly deviceId: string | null };

interface WriteRight {
  readonly filter: string;
  /** What is written there may be kept for those who come later; else it is handed on and not kept. */
  readonly retain: boolean;
}

/** What a client may publish and what it is told. */
export interface TopicRights {
  readonly write: readonly WriteRight[];
  readonly read: readonly string[];
}

/** Names that the topics of a unit are made of. */
export interface TopicNames {
  readonly doserId: string;
  /** Where Home Assistant looks for devices, and where it says that it is back. */
  readonly homeAssistant: { readonly prefix: string; readonly statusTopic: string };
}

const handedOn = (filter: string): WriteRight => ({ filter, retain: false });

/** Where senders wait for answers by MQTT 5. The unit answers wherever it is asked to, so nobody may ask for another place. */
const ANSWERS = 'answers/#';

const entries = Object.entries(DEVICE_TOPICS) as [DeviceTopicName, (typeof DEVICE_TOPICS)[DeviceTopicName]][];

/** The one table of who may what; what it does not say is refused. `id` is that of a device. */
const TOPIC_RIGHTS = {
  controller: () => ({ write: [{ filter: '#', retain: true }], read: ['#'] }),
  doser: (names) => ({
    write: [
      // An order that was kept would be carried out anew at each connection.
      ...[handedOn(`${names.doserId}/cmd/#`), handedOn(`cmnd/${names.doserId}/#`)],
      { filter: names.homeAssistant.statusTopic, retain: true },
    ],
    read: [...newsOf(names), ANSWERS],
  }),
  device: (_, id) => ({
    write: entries
      .filter(([, { direction }]) => direction === 'up')
      .map(([name, { retain }]) => ({ filter: deviceTopic(id, name), retain })),
    read: [deviceTopic(id, 'commands')],
  }),
  viewer: (names) => ({ write: [], read: newsOf(names) }),
} as const satisfies Record<string, (names: TopicNames, id: string) => TopicRights>;

/** Everything that the unit, Home Assistant's discovery and devices tell. */
function newsOf({ doserId, homeAssistant: { prefix, statusTopic } }: TopicNames): string[] {
  const told = (Object.keys(DOSER_TOPICS) as TopicName[]).filter((name) => DOSER_TOPICS[name].direction === 'out');
  const topics = told.flatMap((name) => LAYOUTS.flatMap((layout) => topicOf(name, layout, doserId, '+') ?? []));
  return [...topics, `${prefix}/#`, statusTopic, ...upFilters()];
}

/** What it comes to for one client. */
export function rightsOf(principal: MqttPrincipal, names: TopicNames): TopicRights {
  if (principal.kind === 'device') return TOPIC_RIGHTS.device(names, principal.deviceId);
  if (principal.kind !== 'anonymous') return TOPIC_RIGHTS[principal.kind](names);
  const doser = TOPIC_RIGHTS.doser(names);
  if (principal.deviceId === null) return doser;
  const device = TOPIC_RIGHTS.device(names, principal.deviceId);
  return { write: [...doser.write, ...device.write], read: [...doser.read, ...device.read] };
}

export interface PublicationRequest {
  readonly topic: string;
  readonly retain: boolean;
  readonly responseTopic?: string | undefined;
}

export type PublishVerdict =
  | { readonly kind: 'allowed'; readonly retain: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whether it may be published, and whether it is kept. */
export function judgePublish(
  rights: TopicRights,
  { topic, retain, responseTopic }: PublicationRequest,
): PublishVerdict {
  const right = rights.write.find(({ filter }) => matches(filter, topic));
  if (right === undefined) return { kind: 'refused', reason: 'it may not publish there' };
  if (responseTopic !== undefined && !isAnswerPlace(rights, responseTopic)) {
    return { kind: 'refused', reason: `it may not ask for an answer there; ${ANSWERS} is the place` };
  }
  return { kind: 'allowed', retain: retain && right.retain };
}

const isAnswerPlace = (rights: TopicRights, topic: string): boolean =>
  rights.read.includes('#') || (matches(ANSWERS, topic) && mayRead(rights, topic));

/** Whether it makes sense to subscribe: some topic of the filter may be read. Which it is told, {@link mayRead} decides. */
export const maySubscribe = (rights: TopicRights, filter: string): boolean =>
  rights.read.some((each) => overlaps(each, filter));

export const mayRead = (rights: TopicRights, topic: string): boolean =>
  rights.read.some((filter) => matches(filter, topic));

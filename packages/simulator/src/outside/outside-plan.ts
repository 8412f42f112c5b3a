import type { Random } from '@perista/core';
import type { NewNotificationChannel } from '@perista/protocol/api';
import { MAIL_PASSWORD, NTFY_TOKEN, REMOTE_TOKEN, WEBHOOK_SECRET } from '../checker/secrets.ts';

/** Whom a unit tells beyond its screens. */
export interface OutsidePlan {
  /** It takes orders from an MQTT broker and tells it what happens. */
  readonly hasBroker: boolean;
  /** Ways on which notices leave, as an administrator makes them. */
  readonly channels: readonly NewNotificationChannel[];
  /** What relays do is posted to a log elsewhere. */
  readonly hasRemoteLog: boolean;
}

export const NOBODY_OUTSIDE: OutsidePlan = { hasBroker: false, channels: [], hasRemoteLog: false };

/** Parts of the worlds that have a broker, and channels or a remote log. */
const BROKER_SHARE = 0.35;
const SINK_SHARE = 0.35;
const CHANNEL_SHARE = 0.6;
const SEVERITIES = ['info', 'warning', 'alarm'] as const;

export const REMOTE_LOG = { url: 'https://log.test/events', token: REMOTE_TOKEN, deviceId: 'DOSING_UNIT_001' };

/** One of each kind; by its name a peer is known in the whole world. */
const CHANNELS: readonly NewNotificationChannel[] = [
  { name: 'webhook', target: { kind: 'webhook', url: 'https://webhook.test/notices' }, secret: WEBHOOK_SECRET },
  {
    name: 'mail',
    target: {
      ...{ kind: 'email', host: 'mail.test', port: 465, security: 'tls', username: 'doser' },
      ...{ from: 'doser@mail.test', to: ['maria@mail.test'] },
    },
    secret: MAIL_PASSWORD,
  },
  { name: 'ntfy', target: { kind: 'ntfy', url: 'https://ntfy.test', topic: 'doser' }, secret: NTFY_TOKEN },
  { name: 'alertmanager', target: { kind: 'alertmanager', url: 'https://alertmanager.test' } },
];

/** Whom a unit tells, by chance; `hasRelays`: it has something to post to a remote log. */
export function planOutside(random: Random, hasRelays: boolean): OutsidePlan {
  const hasBroker = random.unit() < BROKER_SHARE;
  const hasSinks = random.unit() < SINK_SHARE;
  const channels = CHANNELS.filter(() => random.unit() < CHANNEL_SHARE).map((channel): NewNotificationChannel => {
    const severity = SEVERITIES[Math.floor(random.unit() * SEVERITIES.length)] ?? 'info';
    return { ...channel, filter: { severity } };
  });
  const plan = { hasBroker, channels: hasSinks ? channels : [], hasRemoteLog: hasSinks && hasRelays };
  return hasBroker || plan.hasRemoteLog || plan.channels.length > 0 ? plan : NOBODY_OUTSIDE;
}

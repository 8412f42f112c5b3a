import { type Clock, PeristaError, type Random, randomHex } from '@perista/core';
import type {
  Delivery,
  NewNotificationChannel,
  Notice,
  NotificationChannel,
  NotificationChannelPatch,
  NotificationFilter,
  NotificationTarget,
  NotificationTest,
  Page,
} from '@perista/protocol/api';
import type { z } from 'zod';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import type { Actor, EventLog, PageOf } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { ChannelRecord, ChannelSettings, ChannelStore } from './channel-store.ts';
import type { DeliveryRecord, DeliveryStore } from './delivery-store.ts';
import { type Outside, send } from './senders.ts';

export interface NotificationServicePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Pick<EventLog, 'append'>;
  readonly channels: ChannelStore;
  readonly deliveries: DeliveryStore;
  readonly outside: Outside;
  readonly doser: string;
  /** A channel is new, other than it was, or gone. */
  readonly onChange: (channelId: string) => void;
}

const EVERYTHING_BAD: NotificationFilter = { severity: 'warning', subjects: null, pumps: null };
const MOST_CHANNELS = 32;

/** The channels on which notices leave, as administrators keep them. */
export class NotificationService {
  readonly #ports: NotificationServicePorts;

  constructor(ports: NotificationServicePorts) {
    this.#ports = ports;
  }

  list(): NotificationChannel[] {
    return this.#ports.channels.list().map((channel) => this.#view(channel));
  }

  /** @throws PeristaError E406 for one channel too many, E402 for a target that cannot log in */
  create(input: NewNotificationChannel, actor: Actor): NotificationChannel {
    const { store, clock, random, events, channels, onChange } = this.#ports;
    const { name, target, secret = null, filter = {}, enabled = true } = input;
    const settings = { name, target, secret, enabled, filter: { ...EVERYTHING_BAD, ...defined(filter) } };
    assertLogin(settings);
    const id = randomHex(random, 8);
    store.transaction(() => {
      if (channels.list().length >= MOST_CHANNELS) {
        throw new PeristaError('E406', `There can be ${MOST_CHANNELS} notification channels at most`);
      }
      channels.insert(id, settings, clock.wallMs());
      const data = { channel_id: id, after: told(settings) };
      events.append({ kind: 'notification_channel_created', actor: actor.name, data });
    });
    onChange(id);
    return this.#view(channels.get(id));
  }

  /** @throws PeristaError E404, E402 for a target that cannot log in */
  update(id: string, patch: NotificationChannelPatch, actor: Actor): NotificationChannel {
    const { store, events, channels, onChange } = this.#ports;
    store.transaction(() => {
      const before = channels.get(id);
      const { filter, ...rest } = patch;
      const after = { ...settingsOf(before), ...defined(rest), filter: { ...before.filter, ...defined(filter ?? {}) } };
      assertLogin(after);
      channels.update(id, after);
      const data = { channel_id: id, before: told(before), after: told(after) };
      events.append({ kind: 'notification_channel_changed', severity: 'warning', actor: actor.name, data });
    });
    onChange(id);
    return this.#view(channels.get(id));
  }

  /** With what waits in it. @throws PeristaError E404 */
  remove(id: string, actor: Actor): void {
    const { store, events, channels, onChange } = this.#ports;
    store.transaction(() => {
      const data = { channel_id: id, before: told(channels.get(id)) };
      channels.remove(id);
      events.append({ kind: 'notification_channel_removed', severity: 'warning', actor: actor.name, data });
    });
    onChange(id);
  }

  /** Tells one notice that means nothing, at once, also on a channel that is switched off. @throws PeristaError E404 */
  async test(id: string, actor: Actor): Promise<NotificationTest> {
    const { clock, outside, doser, channels, random } = this.#ports;
    const nowMs = clock.wallMs();
    const notice: Notice = {
      ...{ id: `${doser}-test-${randomHex(random, 4)}`, alert: 'PeristaTest', status: 'test', severity: 'info' },
      ...{
        subject: 'stop',
        doser,
        pump_id: null,
        container_id: null,
        device_id: null,
        dose_id: null,
        at: timestamp(nowMs),
      },
      title: `A test of ${doser}, asked for by ${actor.name}`,
      text: 'Nothing happened. Notices of the unit will arrive here.',
    };
    const failure = await send(outside, channels.get(id), notice, nowMs);
    return { delivered: failure === null, failure };
  }

  /** Newest first. @throws PeristaError E404 */
  listDeliveries(id: string, page: z.infer<typeof Page>): PageOf<Delivery> {
    const { channels, deliveries } = this.#ports;
    const { items, next_cursor } = deliveries.list(channels.get(id).id, page);
    return { items: items.map(deliveryView), next_cursor };
  }

  #view(channel: ChannelRecord): NotificationChannel {
    const { id, createdAtMs, failingSinceMs, failure, deliveredAtMs } = channel;
    return {
      id,
      ...plain(settingsOf(channel)),
      waiting: this.#ports.deliveries.waiting(id),
      failing_since: timestampOrNull(failingSinceMs),
      failure,
      delivered_at: timestampOrNull(deliveredAtMs),
      created_at: timestamp(createdAtMs),
    };
  }
}

const settingsOf = ({ name, enabled, target, secret, filter }: ChannelRecord): ChannelSettings => ({
  name,
  enabled,
  target,
  secret,
  filter,
});

/** What everybody may see of it in the event log: an address may be a secret too. */
const told = ({ name, enabled, target, filter }: ChannelSettings) => ({
  ...{ name, enabled, kind: target.kind },
  filter: { ...filter },
});

/** What administrators see of it. */
const plain = ({ secret, ...settings }: ChannelSettings) => ({ ...settings, has_secret: secret !== null });

const defined = <T extends object>(patch: T) =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

function assertLogin({
  target,
  secret,
}: {
  readonly target: NotificationTarget;
  readonly secret: string | null;
}): void {
  if (target.kind !== 'email') return;
  if ((target.username === undefined) === (secret === null)) return;
  throw new PeristaError(
    'E402',
    'target.username and secret must come together: a user needs a password, and a password a user',
  );
}

const deliveryView = ({ seq, notice, state, attempts, endedAtMs, failure }: DeliveryRecord): Delivery => ({
  ...{ seq, notice, state, attempts, failure },
  ended_at: timestampOrNull(endedAtMs),
});

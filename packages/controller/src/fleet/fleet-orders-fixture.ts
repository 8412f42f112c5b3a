import { PeristaError, seededRandom, silentLog, VirtualClock } from '@perista/core';
import type { DeviceAlarm, DeviceCommand, Infusion, InfusionRequest } from '@perista/protocol/api';
import { type CommandMessage, parseDeviceMessage, type UpTopicName } from '@perista/protocol/fleet';
import { MortalClock } from '../mortal-clock.ts';
import type { Actor, NewLogEvent } from '../services.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { type FleetOrders, fleetOrders } from './fleet-orders.ts';
import type { DeviceLine, DeviceLook, DeviceSight, FleetNews } from './fleet-ports.ts';

export const OLA: Actor = { name: 'ola', role: 'operator' };
export const REQUEST: InfusionRequest = { flowRateMlMin: 2, plannedTimeMin: 10 };
export const DEVICE_ID = 'PUMP_0001';

interface Telling {
  readonly isRetained?: boolean;
  /** Null: a plain payload. */
  readonly header?: { readonly boot: number; readonly seq: number } | null;
  readonly deviceId?: string;
}

/**
 * All that is ordered and remembered of devices, on a database, with a broker and devices played by the test and a
 * clock that stands still. `crash` ends the server without a word, `boot` starts it again on what is on the disk.
 */
export class OrdersFixture {
  readonly clock = new VirtualClock({ wallMs: Date.UTC(2026, 2, 1, 12) });
  /** Each command as it left, with its device. */
  readonly sent: { readonly deviceId: string; readonly message: CommandMessage }[] = [];
  readonly told: { infusions: Infusion[]; commands: DeviceCommand[]; alarms: DeviceAlarm[] } = {
    infusions: [],
    commands: [],
    alarms: [],
  };
  readonly events: NewLogEvent[] = [];
  isLineUp = true;
  /** Whether the broker confirms what it gets. */
  isBrokerConfirming = true;
  /** Whoever gets what is sent. */
  onSent: (deviceId: string, message: CommandMessage) => void = () => {};
  readonly #looks = new Map<string, DeviceLook>();
  /** Outlives the servers. */
  readonly store = new NodeSqliteStore(':memory:');
  #life: { readonly clock: MortalClock; readonly orders: FleetOrders } | null = null;
  #boots = 0;
  #seq = 0;

  get orders(): FleetOrders {
    if (this.#life === null) throw new Error('the server is not started');
    return this.#life.orders;
  }

  constructor() {
    migrate(this.store, MIGRATIONS, this.clock.wallMs());
  }

  boot(): this {
    const clock = new MortalClock(this.clock);
    const orders = fleetOrders({
      ...{ clock, store: mortalStore(this.store, clock), log: silentLog, random: seededRandom(++this.#boots) },
      events: { append: (event) => this.events.push(event) },
      line: this.#line(clock),
      sight: this.#sight,
      news: this.#news,
    });
    this.#life = { clock, orders };
    orders.start();
    orders.presence.line(this.isLineUp);
    return this;
  }

  crash(): void {
    this.#life?.clock.die();
    this.#life = null;
  }

  /** What the server sees of the device beside its messages; by default an idle one of ours that is online. */
  see(look: Partial<DeviceLook> = {}, deviceId = DEVICE_ID): this {
    const idle: DeviceLook = {
      ...{ presence: 'online', presenceReason: null, dialect: 'v1', boot: 1 },
      status: { status: 'idle', activeInfusionId: null },
    };
    this.#looks.set(deviceId, { ...idle, ...this.#looks.get(deviceId), ...look });
    return this;
  }

  /** The device tells something; of ours, numbered on. */
  tell(name: UpTopicName, body: object, { isRetained = false, header, deviceId = DEVICE_ID }: Telling = {}): void {
    const numbered = header === undefined ? { boot: this.#looks.get(deviceId)?.boot ?? 1, seq: ++this.#seq } : header;
    const bytes = new TextEncoder().encode(JSON.stringify({ ...(numbered && { v: 1, ...numbered }), ...body }));
    const parsed = parseDeviceMessage(name, bytes);
    if (!parsed.ok) throw new Error(`no message of a device: ${parsed.reason}`);
    if (parsed.message.name === 'status') this.see({ status: parsed.message.body }, deviceId);
    this.#life?.orders.hearing.hear({
      ...{ deviceId, message: parsed.message, isRetained },
      receivedAtMs: this.clock.wallMs(),
      receivedMs: this.clock.monotonicMs(),
    });
  }

  /** Orders a start, as Ola; what the device was sent. */
  async start(request = REQUEST, key?: string): Promise<{ infusionId: string; commandId: string }> {
    const { infusion, command } = this.orders.infusions.start({ deviceId: DEVICE_ID, request, actor: OLA, key });
    await this.clock.advance(0);
    return { infusionId: infusion.infusionId, commandId: command.commandId };
  }

  /** A start that the device has confirmed. */
  async run(): Promise<{ infusionId: string; commandId: string }> {
    const ids = await this.start();
    this.tell('ack', { commandId: ids.commandId, stage: 'received' });
    this.tell('infusion', { ...ids, confirmed: true });
    return ids;
  }

  infusion(): Infusion | null {
    return this.orders.records.infusion(DEVICE_ID);
  }

  /** Living alarms as `kind state`. */
  alarms(): string[] {
    return this.orders.records.alarms(DEVICE_ID).map(({ kind, state }) => `${kind} ${state}`);
  }

  names(): string[] {
    return this.sent.map(({ message }) => message.command);
  }

  /** Action and outcome of each line, oldest first. */
  timeline(): string[] {
    const { items } = this.orders.orders.timeline(DEVICE_ID, { limit: 500 });
    return items
      .reverse()
      .map(({ actor, action, outcome }) => `${actor} ${action}${outcome === null ? '' : ` ${outcome}`}`);
  }

  #line(clock: MortalClock): DeviceLine {
    const fixture = this;
    return {
      get isUp() {
        return fixture.isLineUp;
      },
      why: 'the broker is away',
      send: async (deviceId, message) => {
        if (clock.isDead) return new Promise<boolean>(() => {});
        fixture.sent.push({ deviceId, message });
        fixture.onSent(deviceId, message);
        return fixture.isBrokerConfirming;
      },
    };
  }

  readonly #sight: DeviceSight = { look: (deviceId) => this.#looks.get(deviceId) };

  readonly #news: FleetNews = {
    infusion: (infusion) => this.told.infusions.push(infusion),
    command: (command) => this.told.commands.push(command),
    alarm: (alarm) => this.told.alarms.push(alarm),
    gap: () => {},
  };
}

/** Nobody writes any more once the server is dead, what it had begun neither. */
function mortalStore(store: Store, clock: MortalClock): Store {
  const alive = () => {
    if (clock.isDead) throw new PeristaError('E301', 'the server is dead');
    return store;
  };
  return {
    all: (sql, ...params) => alive().all(sql, ...params),
    get: (sql, ...params) => alive().get(sql, ...params),
    run: (sql, ...params) => alive().run(sql, ...params),
    transaction: (work) => alive().transaction(work),
    close: () => {},
  };
}

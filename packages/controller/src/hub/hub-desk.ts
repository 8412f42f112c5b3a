import { type Clock, doseIdFromKey, isPeristaError, type Log } from '@perista/core';
import type { Dose } from '@perista/protocol/api';
import {
  type CommandMessage,
  type CommandName,
  readCommand,
  type UpTopicName,
  whyExpired,
} from '@perista/protocol/fleet';
import { inBackground } from '../background.ts';
import type { Arrival } from '../mqtt/mqtt-port.ts';
import type { Actor, ControllerServices } from '../services.ts';
import { doseOf } from './hub-command.ts';
import type { HubOrder, HubOrderStore, HubStage } from './hub-order-store.ts';

/** Who asks through a hub: it says who in its own books. */
const HUB: Actor = { name: 'hub', role: 'operator' };
const KEY = /^[A-Za-z0-9._-]{1,120}$/;
const NO_PAUSE = 'a dose is not paused; stop it, and start another for the rest';

export interface HubDeskPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly services: Pick<ControllerServices, 'doses' | 'stops'>;
  readonly orders: HubOrderStore;
  readonly isClockTrusted: () => boolean;
  readonly pumpId: string;
  readonly tell: (name: UpTopicName, body: object) => void;
  readonly tellStatus: () => void;
  /** Whether a dose moves, as far as the ledger knows. */
  readonly isRunning: () => boolean;
}

/** Takes a hub's commands for one pump; every start goes the way of all doses, under an id made from its command. */
export class HubDesk {
  readonly #ports: HubDeskPorts;
  /** Stops that were seen to hold and whose dose has not ended in the ledger yet. */
  #stops: string[] = [];

  constructor(ports: HubDeskPorts) {
    this.#ports = ports;
  }

  take(arrival: Arrival) {
    const read = readCommand(arrival);
    if (read === null) return;
    const { clock, orders, isClockTrusted } = this.#ports;
    if (read.kind === 'garbled') return this.#refuse(read.commandId, read.reason);
    const { message } = read;
    // All else that comes again is done again: a note of it does not prove that it was carried out.
    const before = message.command === 'START_INFUSION' ? orders.find(message.commandId) : undefined;
    const unanswered = before?.stage === 'received' ? this.#standing(before) : undefined;
    if (before !== undefined && unanswered !== undefined) return this.#accept(before, unanswered);
    if (before !== undefined && before.stage !== 'received') return this.#repeat(before);
    const expiry = whyExpired(message, { wallMs: clock.wallMs(), isClockTrusted: isClockTrusted() });
    if (expiry !== null) return this.#decline(message, expiry);
    this.#commands[message.command](message);
  }

  /** What became, while the unit was away, of starts that it had accepted. */
  catchUp(): void {
    const { orders, pumpId } = this.#ports;
    for (const order of orders.open(pumpId)) {
      const dose = this.#standing(order);
      if (dose === undefined) continue;
      if (order.stage === 'received') this.#accept(order, dose);
      else this.#look(dose);
    }
  }

  /** A start becomes an infusion when it moves. */
  begun({ dose_id }: Dose) {
    const order = this.#ports.orders.ofDose(dose_id);
    if (order?.stage !== 'accepted') return;
    this.#keep({ ...order, stage: 'done' });
    if (order.confirmation !== null) this.#ports.tell('infusion', order.confirmation);
    for (const stage of ['executing', 'done'] as const) this.#acknowledge(order, stage);
  }

  /** A start that never moved is none. */
  over(dose: Dose) {
    const order = this.#ports.orders.ofDose(dose.dose_id);
    if (order?.stage !== 'accepted') return;
    if (dose.started_at !== null || dose.hi_ml > 0) return this.begun(dose);
    this.#deny(order, dose.reason ?? `it was ${dose.state}`);
  }

  /** Nothing moves, and it was told what was given: so is what had asked for that. */
  rested(): void {
    for (const commandId of this.#stops) this.#ports.tell('ack', { commandId, stage: 'done' });
    this.#stops = [];
  }

  readonly #commands: Readonly<Record<CommandName, (message: CommandMessage) => void>> = {
    START_INFUSION: (message) => this.#start(message),
    STOP_INFUSION: (message) => this.#stop(message),
    CANCEL: (message) => this.#cancel(message),
    PAUSE_INFUSION: ({ commandId }) => this.#refuse(commandId, NO_PAUSE),
    RESUME_INFUSION: ({ commandId }) => this.#refuse(commandId, NO_PAUSE),
    GET_STATE: ({ commandId }) => {
      this.#ports.tellStatus();
      this.#ports.tell('ack', { commandId, stage: 'done' });
    },
    BACKFILL: ({ commandId, payload: { fromSeq = 0, toSeq = 0 } }) => {
      // Numbers of a dose are kept in the ledger alone: what a hub has missed of its course does not come again.
      this.#ports.tell('backfill', { fromSeq, toSeq, samples: [] });
      this.#ports.tell('ack', { commandId, stage: 'done' });
    },
  };

  #start(message: CommandMessage) {
    const { services, orders, pumpId } = this.#ports;
    const { commandId, payload } = message;
    const infusionId = payload.infusionId ?? null;
    const asked = doseOf(payload);
    if (!KEY.test(commandId)) return this.#decline(message, 'commandId must be 1 to 120 of A–Z, a–z, 0–9, ., _ and -');
    if (infusionId === null) return this.#decline(message, 'payload.infusionId is missing');
    if (typeof asked === 'string') return this.#decline(message, asked);
    const { request, parameters } = asked;
    const confirmation = { commandId, infusionId, confirmed: true, parameters };
    const doseId = doseIdFromKey({ actor: HUB.name, pumpId, key: commandId });
    const received: HubOrder = { ...blank(pumpId, message), stage: 'received', doseId, confirmation };
    if (orders.hasMet(received))
      return this.#decline(message, `infusion ${infusionId} was here before; it begins once`);
    try {
      this.#keep(received);
      const outcome = services.doses.order({ pumpId, request, actor: HUB, cause: 'mqtt', key: commandId });
      if (outcome.kind === 'refused') return this.#decline(message, outcome.refusal.sentence);
      if (outcome.kind === 'key-reused') return this.#decline(message, 'it was given before, with other numbers');
      this.#accept(received, services.doses.get(doseId));
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      // Whether it stands is not certain: the same command again asks again, under the same id.
      this.#ports.tell('ack', { commandId, stage: 'rejected', reason: error.message });
    }
  }

  #stop(message: CommandMessage): void {
    const { commandId } = message;
    const { log, services, pumpId, tell } = this.#ports;
    for (const stage of ['received', 'accepted'] as const) tell('ack', { commandId, stage });
    const stopped = services.stops.stopPump(pumpId, HUB).then(
      ({ unproven }) => {
        if (unproven.length > 0) return this.#refuse(commandId, 'its standstill could not be seen');
        this.#stops.push(commandId);
        if (!this.#ports.isRunning()) this.rested();
      },
      (error: unknown) => {
        if (!isPeristaError(error)) throw error;
        this.#refuse(commandId, error.message);
      },
    );
    inBackground(log, 'stop a pump for the hub', stopped);
    // A start of it that comes later, on whatever way, must not begin it.
    this.#keep({ ...blank(pumpId, message), stage: 'done' });
  }

  /** What moves is stopped, not cancelled; what never came is refused when it comes. */
  #cancel(message: CommandMessage) {
    const { commandId, payload } = message;
    const { log, services, orders, pumpId, tell } = this.#ports;
    const target =
      payload.commandId === undefined
        ? orders.startOf(pumpId, payload.infusionId ?? null)
        : orders.find(payload.commandId);
    const dose = target && this.#standing(target);
    if (dose?.state === 'running') return this.#refuse(commandId, 'its infusion is under way already');
    tell('ack', { commandId, stage: 'accepted' });
    this.#keep({ ...blank(pumpId, message), stage: 'done' });
    if (payload.commandId !== undefined && (target === undefined || target.stage === 'received')) {
      const never = { ...blank(pumpId, message), commandId: payload.commandId };
      this.#keep({ ...never, stage: 'rejected', reason: 'it was cancelled' });
    }
    const isOpen = dose !== undefined && dose.ended_at === null;
    if (isOpen) inBackground(log, 'cancel a dose for the hub', services.doses.cancel(dose.dose_id, HUB));
    tell('ack', { commandId, stage: 'done' });
  }

  #accept(order: HubOrder, dose: Dose): void {
    this.#keep({ ...order, stage: 'accepted' });
    for (const stage of ['received', 'accepted'] as const) this.#acknowledge(order, stage);
    this.#look(dose);
  }

  /** What a start became; undefined if the unit died before the ledger had it. */
  #standing({ doseId }: HubOrder): Dose | undefined {
    try {
      return doseId === null ? undefined : this.#ports.services.doses.get(doseId);
    } catch (error) {
      if (isPeristaError(error) && error.code === 'E404') return undefined;
      throw error;
    }
  }

  #look(dose: Dose): void {
    if (dose.ended_at !== null) this.over(dose);
    else if (dose.state === 'running') this.begun(dose);
  }

  /** It never begins: told on both ways on which somebody may wait for it. */
  #decline(message: CommandMessage, reason: string) {
    if (message.command !== 'START_INFUSION') return this.#refuse(message.commandId, reason);
    this.#deny({ ...blank(this.#ports.pumpId, message), stage: 'rejected' }, reason);
  }

  #deny(order: HubOrder, reason: string): void {
    const { commandId, infusionId } = order;
    const confirmation = { commandId, infusionId, confirmed: false, reason };
    this.#keep({ ...order, stage: 'rejected', reason, confirmation });
    this.#ports.tell('ack', { commandId, stage: 'rejected', reason });
    this.#ports.tell('infusion', confirmation);
  }

  #refuse(commandId: string, reason: string): void {
    this.#ports.tell('ack', { commandId, stage: 'rejected', reason });
  }

  #repeat(order: HubOrder): void {
    this.#ports.tell('ack', {
      ...{ commandId: order.commandId, stage: order.stage },
      ...(order.reason !== null && { reason: order.reason }),
    });
    if (order.stage !== 'accepted' && order.confirmation !== null) this.#ports.tell('infusion', order.confirmation);
  }

  #acknowledge({ commandId }: HubOrder, stage: HubStage | 'executing'): void {
    this.#ports.tell('ack', { commandId, stage });
  }

  #keep(order: HubOrder): void {
    this.#ports.orders.save(order, this.#ports.clock.wallMs());
  }
}

const blank = (pumpId: string, { commandId, payload: { infusionId = null } }: CommandMessage) => ({
  ...{ commandId, pumpId, infusionId, doseId: null, reason: null, confirmation: null },
});

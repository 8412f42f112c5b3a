import { type Clock, isPeristaError, PeristaError, type Random, randomHex } from '@perista/core';
import type { CommandRequest, DeviceCommand, TimelineEntry, TimelineQuery } from '@perista/protocol/api';
import { timestamp } from '../ledger/timestamp.ts';
import type { Actor, PageOf } from '../services.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CommandRecord } from './command-store.ts';
import { TTL_MS } from './command-waits.ts';
import type { Doer, FleetBook } from './fleet-book.ts';
import type { DeviceLine, DeviceLook, DeviceSight } from './fleet-ports.ts';
import { commandView } from './fleet-views.ts';
import type { InfusionCourse } from './infusion-course.ts';
import { doerOf } from './infusion-service.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { Inquiries } from './inquiries.ts';
import type { StopWatch } from './stop-watch.ts';

export interface DeviceOrderPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly course: InfusionCourse;
  readonly inquiries: Inquiries;
  readonly line: DeviceLine;
  readonly runner: CommandRunner;
  readonly sight: DeviceSight;
  readonly stops: StopWatch;
}

interface Order {
  readonly deviceId: string;
  readonly look: DeviceLook;
  readonly infusion: InfusionRecord | undefined;
  readonly by: Doer;
}

/** What people order of a device beside starts. */
export class DeviceOrders {
  readonly #ports: DeviceOrderPorts;

  constructor(ports: DeviceOrderPorts) {
    this.#ports = ports;
  }

  /**
   * @throws PeristaError E501 for an unknown device, E404 for an unknown infusion, E406 for what means nothing now, E309 or E502
   * where it cannot be sent; a stop is always taken, and sent even if E301 says that it could not be written down
   */
  command(deviceId: string, { command, infusionId }: CommandRequest, actor: Actor): DeviceCommand {
    const { book, sight } = this.#ports;
    const look = sight.look(deviceId);
    if (look === undefined) throw new PeristaError('E501', `There is no device ${deviceId}`);
    if (command === 'STOP_INFUSION') return this.#stop(deviceId, infusionId, actor);
    return book.change(() => {
      const order = { deviceId, look, infusion: this.#infusion(deviceId, infusionId), by: doerOf(actor) };
      return commandView(this.#give(command, order));
    });
  }

  /** Who did what, newest first. */
  timeline(deviceId: string, page: TimelineQuery): PageOf<TimelineEntry> {
    return this.#ports.book.timeline.list(deviceId, page);
  }

  #give(command: Exclude<CommandRequest['command'], 'STOP_INFUSION'>, order: Order): CommandRecord {
    switch (command) {
      case 'CANCEL':
        return this.#cancel(order);
      case 'PAUSE_INFUSION':
        return this.#steer(command, order, 'running');
      case 'RESUME_INFUSION':
        return this.#steer(command, order, 'paused');
      case 'GET_STATE': {
        this.#refuseDown();
        const { deviceId, by } = order;
        return this.#ports.runner.order({ deviceId, command, infusionId: null, payload: {}, by });
      }
    }
  }

  #stop(deviceId: string, infusionId: string | undefined, actor: Actor): DeviceCommand {
    const { book, stops } = this.#ports;
    try {
      return book.change(() => {
        const by = doerOf(actor);
        const meant = infusionId ?? this.#running(deviceId);
        const infusion = meant === null ? undefined : book.infusions.find(meant);
        if (infusion !== undefined && infusion.deviceId !== deviceId) throw noInfusion(deviceId, infusion.infusionId);
        if (infusion !== undefined && isPending(infusion)) this.#cancel({ deviceId, infusion, by });
        return commandView(stops.order(deviceId, meant, by));
      });
    } catch (error) {
      if (isPeristaError(error, 'E301')) this.#stopUnwritten(deviceId, infusionId ?? null, actor);
      throw error;
    }
  }

  /** It stops although nobody can note it. */
  #stopUnwritten(deviceId: string, infusionId: string | null, { name }: Actor): void {
    const { clock, line, random } = this.#ports;
    void line.send(deviceId, {
      ...{ v: 1, commandId: `cmd-${randomHex(random, 10)}`, command: 'STOP_INFUSION', payload: { infusionId } },
      ...{ issuedAt: timestamp(clock.wallMs()), ttlMs: TTL_MS, actor: name },
    });
  }

  /** What a stop without a name means: the one that runs or may begin; null is all there is. */
  #running(deviceId: string): string | null {
    const { book, sight } = this.#ports;
    const [open, ...others] = book.openInfusions(deviceId);
    if (open !== undefined) return others.length === 0 ? open.infusionId : null;
    return sight.look(deviceId)?.status?.activeInfusionId ?? null;
  }

  #cancel({ deviceId, infusion, by }: Omit<Order, 'look'>): CommandRecord {
    const { course, inquiries } = this.#ports;
    if (infusion === undefined || !isPending(infusion)) {
      throw new PeristaError('E406', `There is no start of ${deviceId} to cancel${stateOf(infusion)}`);
    }
    course.cancelled(infusion, by, `Cancelled by ${by.actor}`);
    return inquiries.cancel(infusion, by);
  }

  #steer(command: 'PAUSE_INFUSION' | 'RESUME_INFUSION', order: Order, from: 'running' | 'paused'): CommandRecord {
    const { book, runner } = this.#ports;
    const { deviceId, infusion, look, by } = order;
    if (infusion?.state !== from) {
      throw new PeristaError('E406', `There is no ${from} infusion of ${deviceId}${stateOf(infusion)}`);
    }
    this.#refuseDown();
    if (look.presence === 'offline') throw new PeristaError('E502', `${deviceId} is offline: ${look.presenceReason}`);
    const { infusionId } = infusion;
    const going = book
      .openCommands(deviceId)
      .find((open) => open.command === command && open.infusionId === infusionId && open.state !== 'unanswered');
    return going ?? runner.order({ deviceId, command, infusionId, payload: { infusionId }, by });
  }

  #refuseDown(): void {
    const { line } = this.#ports;
    if (!line.isUp) throw new PeristaError('E309', `Devices cannot be reached: ${line.why}`);
  }

  /** The one that is named, else the one that is open. @throws PeristaError E404 for one of no such device */
  #infusion(deviceId: string, infusionId: string | undefined): InfusionRecord | undefined {
    const { book } = this.#ports;
    if (infusionId === undefined) return book.openInfusions(deviceId)[0];
    const infusion = book.infusions.find(infusionId);
    if (infusion?.deviceId === deviceId) return infusion;
    throw noInfusion(deviceId, infusionId);
  }
}

const noInfusion = (deviceId: string, infusionId: string): PeristaError =>
  new PeristaError('E404', `There is no infusion ${infusionId} of ${deviceId}`);

const PENDING: ReadonlySet<string> = new Set(['requested', 'awaiting_confirmation', 'unanswered']);
const isPending = ({ state }: InfusionRecord): boolean => PENDING.has(state);

const stateOf = (infusion: InfusionRecord | undefined): string =>
  infusion === undefined ? '' : `: ${infusion.infusionId} is ${infusion.state}`;

import { type Clock, isUnderWay, type Log } from '@perista/core';
import type { DeviceMessage, MessageOf } from '@perista/protocol/fleet';
import { tolerant } from '../background.ts';
import type { CommandAcks } from './command-acks.ts';
import type { Deliveries } from './deliveries.ts';
import type { DeviceErrors } from './device-errors.ts';
import { runningOf } from './device-view.ts';
import { DEVICE, type FleetBook } from './fleet-book.ts';
import type { DeviceListener, DeviceNews } from './fleet-ports.ts';
import type { InfusionCourse } from './infusion-course.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { Inquiries } from './inquiries.ts';
import { MessageAllowance } from './message-allowance.ts';
import type { Reunion } from './reunion.ts';
import type { StartAnswers } from './start-answers.ts';

export interface HearingPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly acks: CommandAcks;
  readonly answers: StartAnswers;
  readonly course: InfusionCourse;
  readonly deliveries: Deliveries;
  readonly errors: DeviceErrors;
  readonly inquiries: Inquiries;
  readonly reunion: Reunion;
}

type MessageNumber = NonNullable<DeviceMessage['header']>;

/** What a device tells of infusions and commands, to whom it concerns. */
export class DeviceHearing implements DeviceListener {
  readonly #ports: HearingPorts;
  /** Number of the newest message that said what runs, by device: an older one that was overtaken says nothing any more. */
  readonly #newest = new Map<string, MessageNumber>();

  readonly #allowance: MessageAllowance;

  constructor(ports: HearingPorts) {
    this.#ports = ports;
    this.#allowance = new MessageAllowance(ports.clock);
  }

  hear(news: DeviceNews): void {
    tolerant(this.#ports.log, `note what device ${news.deviceId} told`, () => this.#hear(news));
  }

  #hear(news: DeviceNews): void {
    const { message, deviceId } = news;
    const { answers, acks, errors, book } = this.#ports;
    // What was kept by the broker is from before, whatever it says.
    if (news.isRetained && message.name !== 'infusion') return;
    if (message.name !== 'progress' && !this.#allowance.take(deviceId)) return;
    const isNewest = this.#isNewest(deviceId, message);
    switch (message.name) {
      case 'infusion':
        answers.hear(news, message);
        break;
      case 'ack':
        acks.hear(deviceId, message);
        break;
      case 'error':
        errors.hear(deviceId, message);
        break;
      case 'completion':
        this.#completed(deviceId, message);
        break;
      case 'status':
        if (isNewest) this.#status(deviceId, message);
        break;
      case 'progress':
        if (isNewest) this.#progress(deviceId, message);
        break;
      case 'actions': {
        const { action, detail, infusionId } = message.body;
        book.note({ ...DEVICE, deviceId, action, outcome: detail ?? null, infusionId: infusionId ?? null });
        break;
      }
      case 'backfill':
        break;
    }
  }

  #status(deviceId: string, status: MessageOf<'status'>): void {
    const { reunion, inquiries, errors } = this.#ports;
    reunion.hear(deviceId, status);
    errors.compare(deviceId, status);
    inquiries.answered(deviceId);
  }

  #progress(deviceId: string, { header, body }: MessageOf<'progress'>): void {
    const { deliveries, course, inquiries } = this.#ports;
    const running = runningOf({ status: body.state ?? 'running' });
    const infusion = this.#running(deviceId, body.infusionId);
    if (infusion === undefined) {
      // What runs though it does not for the server: only a status tells enough of it.
      if (body.infusionId && running.kind === 'unnamed') inquiries.ask(deviceId);
      return;
    }
    if (body.deliveredVolumeMl !== undefined) deliveries.note(infusion.infusionId, body.deliveredVolumeMl);
    const isPaused = running.kind === 'unnamed' && running.isPaused;
    if (running.kind !== 'idle') {
      if (body.state !== undefined && (infusion.state === 'paused') !== isPaused) course.paused(infusion, isPaused);
    } else if (header !== null) inquiries.ask(deviceId);
    else if (running.end !== null) course.ended(infusion, running.end, {});
  }

  #completed(deviceId: string, { body }: MessageOf<'completion'>): void {
    const { book, course } = this.#ports;
    const { infusionId, end = 'completed', deliveredVolumeMl, reason } = body;
    const named = infusionId ? book.infusions.find(infusionId) : undefined;
    const infusion = infusionId ? named : this.#running(deviceId, null);
    if (infusion === undefined || infusion.deviceId !== deviceId) {
      const outcome = 'ignored: it belongs to no infusion of this device';
      book.note({ ...DEVICE, deviceId, action: 'completion', outcome, infusionId: infusionId ?? null });
      return;
    }
    const given = deliveredVolumeMl === undefined ? {} : { deliveredMl: deliveredVolumeMl };
    course.ended(infusion, end, { ...given, ...(reason !== undefined && { reason }) });
  }

  /** What runs, as far as the server knows; a plain device does not name it. */
  #running(deviceId: string, infusionId: string | null | undefined): InfusionRecord | undefined {
    return this.#ports.book
      .openInfusions(deviceId)
      .find((open) => isUnderWay(open.state) && (!infusionId || open.infusionId === infusionId));
  }

  #isNewest(deviceId: string, { header }: DeviceMessage): boolean {
    if (header === null) return true;
    const newest = this.#newest.get(deviceId);
    if (newest !== undefined && isBefore(header, newest)) return false;
    this.#newest.set(deviceId, { boot: header.boot, seq: header.seq });
    return true;
  }
}

const isBefore = (one: MessageNumber, other: MessageNumber): boolean =>
  one.boot < other.boot || (one.boot === other.boot && one.seq < other.seq);

import { isOpenInfusion, isUnderWay } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';
import { DEVICE, type FleetBook } from './fleet-book.ts';
import type { DeviceNews } from './fleet-ports.ts';
import type { Beginning, InfusionCourse } from './infusion-course.ts';
import type { InfusionRecord } from './infusion-store.ts';

type Answer = MessageOf<'infusion'>;

/** For so long a plain confirmation may still belong to a start that was cancelled. */
const CANCELLED_MEANT_MS = 600_000;

/**
 * A device's answers to starts. One counts only for the infusion and the start that it names; a plain one, which names
 * none, for the single start that the device has not answered. What belongs to nothing changes nothing.
 */
export class StartAnswers {
  readonly #ports: { readonly book: FleetBook; readonly course: InfusionCourse };

  constructor(ports: { readonly book: FleetBook; readonly course: InfusionCourse }) {
    this.#ports = ports;
  }

  /** @throws PeristaError E301 */
  hear(news: DeviceNews, answer: Answer): void {
    const infusion = news.isRetained ? undefined : this.#meant(news, answer);
    // A plain message on this topic is a confirmation unless it says otherwise.
    const isConfirmed = answer.body.confirmed ?? (answer.header === null ? true : undefined);
    const ignored = this.#take(news, answer, infusion, isConfirmed);
    if (ignored !== null) this.#ignore(news.deviceId, answer, ignored);
  }

  /** Null, or why it is ignored. */
  #take(news: DeviceNews, answer: Answer, infusion: InfusionRecord | undefined, isConfirmed: boolean | undefined) {
    if (news.isRetained) return 'it was kept by the broker';
    if (infusion === undefined) return 'it belongs to no start of this server';
    if (isConfirmed === undefined) return 'it neither confirms nor rejects';
    const { header, body } = answer;
    if (!isConfirmed) {
      const isTaken = this.#ports.course.rejected(infusion, body.reason ?? 'The device gave no reason');
      return isTaken ? null : `it rejects what is ${infusion.state}`;
    }
    const beginning = { boot: header?.boot ?? null, isVerified: isNamed(answer), echoed: body.parameters };
    return this.began(infusion, beginning) ? null : 'it was known';
  }

  /** The device says in whatever way that it began; false: that was known. @throws PeristaError E301 */
  began(infusion: InfusionRecord, beginning: Beginning): boolean {
    const { course } = this.#ports;
    const { state, confirmedAtMs } = infusion;
    const isKnown = confirmedAtMs !== null || state === 'completed' || state === 'stopped';
    if (isKnown) {
      // What it runs may be told after that it does.
      if (isUnderWay(state)) course.compare(infusion, beginning.echoed);
      return false;
    }
    if (isOpenInfusion(state)) course.began(infusion, beginning);
    else course.runsOn(infusion);
    return true;
  }

  #meant({ deviceId, receivedAtMs }: DeviceNews, answer: Answer): InfusionRecord | undefined {
    const { book } = this.#ports;
    const { infusionId, commandId } = answer.body;
    if (!isNamed(answer)) return answer.header === null ? this.#pending(deviceId, receivedAtMs) : undefined;
    const start = commandId ? book.commands.find(commandId) : undefined;
    const infusion = book.infusions.find(infusionId || start?.infusionId || '');
    if (infusion === undefined || infusion.deviceId !== deviceId || infusion.source !== 'server') return undefined;
    const isForeign = Boolean(commandId) && book.startOf(infusion.infusionId)?.commandId !== commandId;
    return isForeign ? undefined : infusion;
  }

  /** The single start of a plain device that may have left and is not answered. */
  #pending(deviceId: string, nowMs: number): InfusionRecord | undefined {
    const { book } = this.#ports;
    const infusion = book.infusions.openStart(deviceId) ?? book.infusions.last(deviceId);
    if (infusion === undefined || infusion.source !== 'server' || infusion.confirmedAtMs !== null) return undefined;
    if ((book.startOf(infusion.infusionId)?.sendings ?? 0) === 0) return undefined;
    if (isOpenInfusion(infusion.state)) return infusion;
    const isMeant = infusion.state === 'cancelled' && nowMs - infusion.requestedAtMs <= CANCELLED_MEANT_MS;
    return isMeant ? infusion : undefined;
  }

  #ignore(deviceId: string, { body }: Answer, why: string): void {
    const infusionId = body.infusionId ?? null;
    const commandId = body.commandId ?? null;
    const action = body.confirmed === false ? 'rejection' : 'confirmation';
    this.#ports.book.note({ ...DEVICE, deviceId, action, outcome: `ignored: ${why}`, infusionId, commandId });
  }
}

const isNamed = ({ body }: Answer): boolean => Boolean(body.infusionId) || Boolean(body.commandId);

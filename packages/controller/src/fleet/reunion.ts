import { type Clock, isUnderWay, type Reconciliation, reconcile } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';
import type { AlarmService } from './alarm-service.ts';
import { type Running, runningOf, viewOf } from './device-view.ts';
import { DEVICE, type FleetBook } from './fleet-book.ts';
import type { InfusionCourse } from './infusion-course.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { StopWatch } from './stop-watch.ts';

type Status = MessageOf<'status'>;
type Told = Extract<Running, { kind: 'idle' | 'active' }>;

export interface ReunionPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly course: InfusionCourse;
  readonly stops: StopWatch;
  readonly alarms: AlarmService;
}

/**
 * Brings what the server believes of a device together with what the device tells of itself, at each status that is not
 * from before: after a reconnect of device, broker or server it is all that puts the two in step.
 */
export class Reunion {
  readonly #ports: ReunionPorts;

  constructor(ports: ReunionPorts) {
    this.#ports = ports;
  }

  /** @throws PeristaError E301 */
  hear(deviceId: string, status: Status): void {
    const told = this.#named(deviceId, runningOf(status.body));
    if (told === undefined) return;
    const own = this.#own(deviceId);
    for (const infusion of own) this.#meet(infusion, told, status);
    if (told.kind === 'idle') this.#ports.stops.proven(deviceId, null);
    else if (!own.some(({ infusionId }) => infusionId === told.infusionId)) this.#meetUnknown(deviceId, told, status);
  }

  /** What is open of a device, else what it had last. */
  #own(deviceId: string): readonly InfusionRecord[] {
    const open = this.#ports.book.openInfusions(deviceId);
    if (open.length > 0) return open;
    const last = this.#ports.book.infusions.last(deviceId);
    return last === undefined ? [] : [last];
  }

  /** A device that names nothing means the infusion that is known to run; with none, nobody knows what it means. */
  #named(deviceId: string, running: Running): Told | undefined {
    if (running.kind === 'silent') return undefined;
    if (running.kind !== 'unnamed') return running;
    const infusion = this.#ports.book.openInfusions(deviceId).find(({ state }) => isUnderWay(state));
    return infusion && { kind: 'active', infusionId: infusion.infusionId, isPaused: running.isPaused };
  }

  #meet(infusion: InfusionRecord, told: Told, status: Status): void {
    const view = viewOf(told, resultOf(infusion, told, status), hasRebooted(infusion, status.header?.boot ?? null));
    for (const outcome of reconcile(infusion, view)) this.#follow(outcome, infusion, status);
  }

  /** One that is none of the device's last: an earlier one of the server, or one begun at the device. */
  #meetUnknown(deviceId: string, told: Told & { kind: 'active' }, status: Status): void {
    const { book } = this.#ports;
    const known = book.infusions.find(told.infusionId);
    if (known === undefined) this.#adopt(deviceId, told, status);
    else if (known.deviceId === deviceId) this.#meet(known, told, status);
    else {
      const outcome = 'ignored: the infusion belongs to another device';
      book.note({ ...DEVICE, deviceId, action: 'status', outcome, infusionId: told.infusionId });
    }
  }

  #follow(outcome: Reconciliation, infusion: InfusionRecord, { header, body }: Status): void {
    const { course, book } = this.#ports;
    const boot = header?.boot ?? null;
    switch (outcome.kind) {
      case 'continue':
        if (boot !== null && boot !== infusion.boot) book.change(() => book.amendInfusion(infusion, { boot }));
        course.paused(infusion, outcome.isPaused);
        break;
      case 'late':
        // While its answer is waited for, that decides: it tells the parameters, too.
        if (infusion.state !== 'unanswered') break;
        course.began(infusion, { boot, isVerified: true, isPaused: outcome.isPaused });
        break;
      case 'close': {
        const { lastResult } = body;
        const isResult = lastResult?.infusionId === infusion.infusionId;
        course.ended(infusion, outcome.end, isResult ? { deliveredMl: lastResult.deliveredVolumeMl } : {});
        break;
      }
      case 'interrupted':
        // One that was told to stop, and did not start anew, has stopped.
        if (this.#isStopped(infusion) && !hasRebooted(infusion, boot)) course.ended(infusion, 'stopped', {});
        else course.interrupted(infusion);
        break;
      case 'stop':
        course.runsOn(infusion);
        break;
      case 'adopt':
      case 'wait':
      case 'in-step':
        break;
    }
  }

  #isStopped({ deviceId, infusionId }: InfusionRecord): boolean {
    return this.#ports.stops.unproven(deviceId).some((stop) => stop.infusionId === infusionId);
  }

  #adopt(deviceId: string, { infusionId, isPaused }: Told & { kind: 'active' }, { header }: Status): void {
    const { book, clock, alarms } = this.#ports;
    const nowMs = clock.wallMs();
    book.change(() => {
      book.addInfusion({
        ...{ infusionId, deviceId, state: isPaused ? 'paused' : 'running', parameters: null, subject: null },
        ...{
          actor: 'device',
          source: 'device',
          requestedAtMs: nowMs,
          confirmedAtMs: nowMs,
          boot: header?.boot ?? null,
        },
      });
      book.note({ ...DEVICE, deviceId, action: 'infusion', outcome: 'running: begun at the device', infusionId });
      const message = 'An infusion was begun at the device itself';
      alarms.raise({ deviceId, kind: 'adopted', infusionId, priority: 'low', message });
    });
  }
}

/** How an infusion ended, where the device knows it; a plain one tells only the last word of the one that ran. */
function resultOf(infusion: InfusionRecord, told: Told, { header, body }: Status) {
  const { lastResult } = body;
  if (lastResult?.infusionId === infusion.infusionId) return { infusionId: infusion.infusionId, end: lastResult.end };
  if (header !== null || told.kind !== 'idle' || told.end === null || !isUnderWay(infusion.state)) return null;
  return { infusionId: infusion.infusionId, end: told.end };
}

/** The device started anew since it last had to do with an infusion, as far as it counts its starts. */
const hasRebooted = (infusion: InfusionRecord, boot: number | null): boolean =>
  boot !== null && infusion.boot !== null && boot !== infusion.boot;

import { type EchoedParameters, isSameRequest } from '@perista/core';
import type { AlarmService } from './alarm-service.ts';
import type { AlarmKind } from './alarm-store.ts';
import type { CommandRunner } from './command-runner.ts';
import type { Deliveries } from './deliveries.ts';
import { DEVICE, type Doer, type FleetBook, SERVER } from './fleet-book.ts';
import type { InfusionPatch, InfusionRecord } from './infusion-store.ts';
import type { StopWatch } from './stop-watch.ts';

export interface CoursePorts {
  readonly book: FleetBook;
  readonly alarms: AlarmService;
  readonly runner: CommandRunner;
  readonly stops: StopWatch;
  readonly deliveries: Deliveries;
}

/** How a device said that it began. */
export interface Beginning {
  readonly boot: number | null;
  /** It named the infusion. */
  readonly isVerified: boolean;
  readonly isPaused?: boolean;
  /** With which parameters, as far as it told. */
  readonly echoed?: EchoedParameters | undefined;
}

/** Alarms that hold while an infusion is open, and no longer. */
const WHILE_OPEN: readonly AlarmKind[] = ['unanswered', 'late-start', 'parameters-differ', 'adopted'];

/**
 * What happens to an infusion, with all that goes with it: its start, its alarms, its stops. Each is one transaction,
 * and none changes anything that is over.
 */
export class InfusionCourse {
  readonly #ports: CoursePorts;

  constructor(ports: CoursePorts) {
    this.#ports = ports;
  }

  /** The device runs it. Late, and with an alarm, where nobody waited any more; stopped where it runs something else. */
  began(infusion: InfusionRecord, { boot, isVerified, isPaused = false, echoed }: Beginning): void {
    const { book, alarms } = this.#ports;
    const { infusionId, deviceId } = infusion;
    book.change(() => {
      const isLate = infusion.state === 'unanswered';
      const begun = book.moveInfusion(infusionId, 'confirmed', DEVICE, { isLate, isVerified, boot, reason: null });
      if (begun === null) return;
      this.#settleStart(infusionId, 'done');
      alarms.clear(deviceId, (alarm) => alarm.kind === 'unanswered' && alarm.infusionId === infusionId);
      if (isPaused) book.moveInfusion(infusionId, 'paused', DEVICE);
      if (isLate) {
        const message = 'The device began after the wait for its answer was over';
        alarms.raise({ deviceId, kind: 'late-start', infusionId, priority: 'high', message });
      }
      this.compare(infusion, echoed);
    });
  }

  /** Stops what runs with other parameters than were asked for. */
  compare({ infusionId, deviceId, parameters }: InfusionRecord, echoed: EchoedParameters | undefined): void {
    if (parameters === null || echoed === undefined || isSameRequest(parameters, echoed)) return;
    const { book, alarms, stops } = this.#ports;
    book.change(() => {
      const message = 'The device runs other parameters than it was asked for; it is stopped';
      alarms.raise({ deviceId, kind: 'parameters-differ', infusionId, priority: 'high', message });
      stops.order(deviceId, infusionId, SERVER);
    });
  }

  paused(infusion: InfusionRecord, isPaused: boolean): void {
    const { book, runner } = this.#ports;
    const input = isPaused ? 'paused' : 'resumed';
    const order = isPaused ? 'PAUSE_INFUSION' : 'RESUME_INFUSION';
    const isNew = (infusion.state === 'paused') !== isPaused;
    const obeyed = book
      .openCommands(infusion.deviceId)
      .filter(({ command, infusionId }) => command === order && infusionId === infusion.infusionId);
    if (!isNew && obeyed.length === 0) return;
    book.change(() => {
      if (isNew) book.moveInfusion(infusion.infusionId, input, DEVICE);
      for (const { commandId } of obeyed) runner.move(commandId, 'done', DEVICE);
    });
  }

  /**
   * It is over, and how is known. `deliveredMl` as the device told it, else as it told last; what is known of it after its
   * end is still written down.
   */
  ended(
    infusion: InfusionRecord,
    end: 'completed' | 'stopped',
    told: Pick<InfusionPatch, 'deliveredMl' | 'reason'>,
  ): void {
    const { book, stops } = this.#ports;
    const { infusionId, deviceId } = infusion;
    book.change(() => {
      const given = this.#given(infusion, told);
      if (this.#end(infusion, () => book.moveInfusion(infusionId, end, DEVICE, given))) return;
      if (given.deliveredMl !== undefined) book.amendInfusion(infusion, { deliveredMl: given.deliveredMl });
      stops.proven(deviceId, infusionId);
    });
  }

  /** It is over, and nobody knows how: at least what was told last was given. */
  interrupted(infusion: InfusionRecord): void {
    const { book, alarms } = this.#ports;
    const { infusionId, deviceId } = infusion;
    this.#end(infusion, () => {
      const given = this.#given(infusion, {});
      const loMl = given.deliveredMl ?? infusion.deliveredMl ?? 0;
      const ended = book.moveInfusion(infusionId, 'lost', SERVER, { ...given, loMl });
      if (ended === null) return null;
      const message = `It ended without a result: at least ${Number(loMl.toPrecision(4))} ml were given`;
      alarms.raise({ deviceId, kind: 'interrupted', infusionId, priority: 'high', message, isOver: true });
      return ended;
    });
  }

  /** Somebody at the device, or the device itself, said no, perhaps because it was told to. Whether that meant anything. */
  rejected(infusion: InfusionRecord, reason: string): boolean {
    const { book } = this.#ports;
    const isTold = book
      .openCommands(infusion.deviceId)
      .some(({ command, infusionId }) => command === 'CANCEL' && infusionId === infusion.infusionId);
    return this.#close(infusion, isTold ? 'never-begun' : 'rejected', DEVICE, reason);
  }

  /** Nobody wants it any more. A device that begins all the same is stopped. */
  cancelled(infusion: InfusionRecord, by: Doer, reason: string): boolean {
    return this.#close(infusion, 'cancelled', by, reason);
  }

  /** It surely never began. */
  neverBegun(infusion: InfusionRecord, input: 'never-sent' | 'never-begun', by: Doer, reason: string): boolean {
    return this.#close(infusion, input, by, reason);
  }

  /** The wait is over, and nobody knows whether it began: whoever may still begin is told not to, and is asked. */
  unanswered(infusion: InfusionRecord, reason: string): void {
    const { book, alarms } = this.#ports;
    const { infusionId, deviceId } = infusion;
    book.change(() => {
      if (book.moveInfusion(infusionId, 'no-answer', SERVER, { reason }) === null) return;
      const message = `Nobody knows whether it began. ${reason}`;
      alarms.raise({ deviceId, kind: 'unanswered', infusionId, priority: 'medium', message });
    });
  }

  /** It runs though it is over for the server. */
  runsOn(infusion: InfusionRecord): void {
    const { book, alarms, stops } = this.#ports;
    const { infusionId, deviceId, confirmedAtMs, state } = infusion;
    book.change(() => {
      const kind = confirmedAtMs === null ? 'late-start' : 'stop-not-proven';
      const message = `The device runs it though it was ${state}; it is stopped`;
      alarms.raise({ deviceId, kind, infusionId, priority: 'high', message });
      stops.order(deviceId, infusionId, SERVER);
    });
  }

  #close(
    infusion: InfusionRecord,
    input: 'rejected' | 'cancelled' | 'never-sent' | 'never-begun',
    by: Doer,
    reason: string,
  ): boolean {
    return this.#end(infusion, () => this.#ports.book.moveInfusion(infusion.infusionId, input, by, { reason }));
  }

  /** Whether `move` ended it; what goes with an infusion goes with it. */
  #end({ infusionId, deviceId }: InfusionRecord, move: () => InfusionRecord | null): boolean {
    const { book, alarms, stops } = this.#ports;
    return book.change(() => {
      const ended = move();
      if (ended === null) return false;
      this.#dropCommands(ended);
      alarms.clear(deviceId, ({ kind, infusionId: of }) => of === infusionId && WHILE_OPEN.includes(kind));
      // One that nobody wants any more may still begin.
      if (ended.state !== 'cancelled') stops.proven(deviceId, infusionId);
      return true;
    });
  }

  /** Commands about an infusion that is over mean nothing any more; its cancel does until the device has it. */
  #dropCommands({ infusionId, state }: InfusionRecord): void {
    const { book, runner } = this.#ports;
    if (state === 'completed' || state === 'stopped') this.#settleStart(infusionId, 'done');
    if (state === 'rejected') this.#settleStart(infusionId, 'rejected');
    for (const { command, commandId } of book.commands.ofInfusion(infusionId)) {
      const isStanding = command === 'STOP_INFUSION' || (command === 'CANCEL' && state === 'cancelled');
      if (!isStanding) runner.move(commandId, 'cancelled', SERVER, 'Its infusion is over');
    }
  }

  #settleStart(infusionId: string, outcome: 'done' | 'rejected'): void {
    const { book, runner } = this.#ports;
    const start = book.startOf(infusionId);
    if (start === undefined) return;
    if (outcome === 'done') runner.move(start.commandId, 'accepted', DEVICE);
    runner.move(start.commandId, outcome, DEVICE);
  }

  /** How much was given, as far as told. */
  #given({ infusionId }: InfusionRecord, told: Pick<InfusionPatch, 'deliveredMl' | 'reason'>): InfusionPatch {
    const newest = this.#ports.deliveries.take(infusionId);
    return { ...(newest !== undefined && { deliveredMl: newest }), ...told };
  }
}

import { type Cancel, type Clock, COMMAND_TIMES, isFinalCommand, type Log } from '@perista/core';
import { tolerant } from '../background.ts';
import type { AlarmService } from './alarm-service.ts';
import type { AlarmKind } from './alarm-store.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CommandRecord } from './command-store.ts';
import { DEVICE, type Doer, type FleetBook, SERVER } from './fleet-book.ts';

export interface StopWatchPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly alarms: AlarmService;
  readonly runner: CommandRunner;
}

/** What is wrong for as long as it may run. */
const WHILE_UNPROVEN: readonly AlarmKind[] = ['stop-not-proven', 'late-start', 'parameters-differ'];

const isStop = ({ command }: CommandRecord): boolean => command === 'STOP_INFUSION';

/**
 * Stops until it is proven that nothing runs: a stop is sent again each 3 s, also by the next server, and from the
 * first of them on an alarm stands.
 */
export class StopWatch {
  readonly #ports: StopWatchPorts;
  readonly #timers = new Map<string, Cancel>();
  #isStopped = false;

  constructor(ports: StopWatchPorts) {
    this.#ports = ports;
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Goes on with what a server that is gone had not proven. */
  inherit(): void {
    for (const command of this.#ports.book.commands.allOpen()) if (isStop(command)) this.#send(command.commandId);
  }

  /**
   * Stops an infusion, or with null whatever the device runs. One that is not proven yet is sent once more.
   * @throws PeristaError E301
   */
  order(deviceId: string, infusionId: string | null, by: Doer): CommandRecord {
    const { book } = this.#ports;
    return book.change(() => {
      const going = this.unproven(deviceId).find((stop) => stop.infusionId === infusionId);
      const stop = going ?? this.#write(deviceId, infusionId, by);
      if (going !== undefined) {
        book.note({ ...by, deviceId, action: 'STOP_INFUSION', infusionId, commandId: going.commandId });
      }
      book.afterwards(() => this.#send(stop.commandId));
      return stop;
    });
  }

  /** Stops of a device that wait for their proof. */
  unproven(deviceId: string): CommandRecord[] {
    return this.#ports.book.openCommands(deviceId).filter(isStop);
  }

  /** The device can hear again. */
  sendAgain(deviceId: string): void {
    for (const { commandId } of this.unproven(deviceId)) this.#send(commandId);
  }

  /** An infusion, or with null all that the device may have run, surely does not run. @throws PeristaError E301 */
  proven(deviceId: string, infusionId: string | null): void {
    const { book, alarms, runner } = this.#ports;
    const isMeant = (of: { readonly infusionId: string | null }) => infusionId === null || of.infusionId === infusionId;
    const meant = this.unproven(deviceId).filter(isMeant);
    if (meant.length === 0) return;
    book.change(() => {
      for (const stop of meant) {
        runner.move(stop.commandId, 'done', DEVICE);
        book.afterwards(() => this.#forget(stop.commandId));
      }
      alarms.clear(deviceId, (alarm) => WHILE_UNPROVEN.includes(alarm.kind) && isMeant(alarm));
    });
  }

  /** The device would not: that is no proof, and it is asked anew. @throws PeristaError E301 */
  refused({ commandId, deviceId, infusionId }: CommandRecord): void {
    const { book } = this.#ports;
    book.change(() => {
      book.afterwards(() => this.#forget(commandId));
      const next = this.#write(deviceId, infusionId, SERVER);
      book.afterwards(() => this.#wait(next.commandId));
    });
  }

  #write(deviceId: string, infusionId: string | null, by: Doer): CommandRecord {
    const payload = { infusionId };
    return this.#ports.runner.orderHeld({ deviceId, command: 'STOP_INFUSION', infusionId, payload, by });
  }

  #send(commandId: string): void {
    this.#wait(commandId);
    this.#ports.runner.send(commandId);
  }

  #wait(commandId: string): void {
    this.#forget(commandId);
    if (this.#isStopped) return;
    const onWaited = () => this.#onWaited(commandId);
    this.#timers.set(commandId, this.#ports.clock.after(COMMAND_TIMES.stopProvenMs, onWaited));
  }

  #onWaited(commandId: string): void {
    this.#forget(commandId);
    const { book, log } = this.#ports;
    let next: string | null = commandId;
    tolerant(log, 'tell that a stop is not proven', () => {
      const stop = book.commands.find(commandId);
      next = stop === undefined || isFinalCommand(stop.state) ? null : this.#tellUnproven(stop);
    });
    if (next !== null) this.#send(next);
  }

  /** The command that is to be sent now: one that the device has and does not obey gives way to another. */
  #tellUnproven({ commandId, deviceId, infusionId, receivedAtMs, decidedAtMs }: CommandRecord): string {
    const { book, alarms, runner } = this.#ports;
    return book.change(() => {
      runner.move(commandId, 'no-answer', SERVER, 'Nothing proves yet that it does not run');
      const message = 'The device was told to stop, and nothing proves that it does not run';
      alarms.raise({ deviceId, kind: 'stop-not-proven', infusionId, priority: 'high', message });
      if (receivedAtMs === null && decidedAtMs === null) return commandId;
      runner.move(commandId, 'cancelled', SERVER, 'Another stop takes its place');
      return this.#write(deviceId, infusionId, SERVER).commandId;
    });
  }

  #forget(commandId: string): void {
    this.#timers.get(commandId)?.();
    this.#timers.delete(commandId);
  }
}

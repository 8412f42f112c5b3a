import { isFinalCommand, isUnderWay } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';
import type { CommandRunner } from './command-runner.ts';
import type { CommandRecord } from './command-store.ts';
import { DEVICE, type FleetBook } from './fleet-book.ts';
import type { InfusionCourse } from './infusion-course.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { Inquiries } from './inquiries.ts';
import type { StartAnswers } from './start-answers.ts';
import type { StopWatch } from './stop-watch.ts';

export interface AckPorts {
  readonly book: FleetBook;
  readonly answers: StartAnswers;
  readonly course: InfusionCourse;
  readonly inquiries: Inquiries;
  readonly runner: CommandRunner;
  readonly stops: StopWatch;
}

type Ack = MessageOf<'ack'>;

/** How far devices say that they are with commands, and what follows for infusions. */
export class CommandAcks {
  readonly #ports: AckPorts;

  constructor(ports: AckPorts) {
    this.#ports = ports;
  }

  /** One of a command that was not given to this device changes nothing. @throws PeristaError E301 */
  hear(deviceId: string, ack: Ack): void {
    const { book, runner } = this.#ports;
    const { commandId, stage, reason } = ack.body;
    const command = book.commands.find(commandId);
    if (command === undefined || command.deviceId !== deviceId) return;
    book.change(() => {
      if (stage === 'rejected' || stage === 'failed') this.#refused(command, stage, reason);
      else if (command.command === 'START_INFUSION') this.#start(command, ack);
      else if (stage === 'done') this.#done(command);
      else runner.move(commandId, stage, DEVICE, reason);
    });
  }

  /** Who carries out a start has begun, whether the confirmation has come or not. */
  #start(command: CommandRecord, { header, body }: Ack): void {
    const { answers, runner } = this.#ports;
    const infusion = this.#infusionOf(command);
    if (body.stage === 'received' || body.stage === 'accepted' || infusion === undefined) {
      runner.move(command.commandId, body.stage, DEVICE, body.reason);
      return;
    }
    answers.began(infusion, { boot: header?.boot ?? null, isVerified: true });
  }

  #refused(command: CommandRecord, stage: 'rejected' | 'failed', reason: string | undefined): void {
    const { course, inquiries, runner, stops } = this.#ports;
    const infusion = this.#infusionOf(command);
    const moved = runner.move(command.commandId, stage, DEVICE, reason);
    if (command.command === 'START_INFUSION') {
      if (infusion !== undefined) course.rejected(infusion, reason ?? 'The device gave no reason');
      return;
    }
    if (moved !== null && command.command === 'STOP_INFUSION') stops.refused(command);
    inquiries.ask(command.deviceId);
  }

  #done(command: CommandRecord): void {
    const { book, course, inquiries, runner, stops } = this.#ports;
    const { deviceId, commandId } = command;
    const infusion = this.#infusionOf(command);
    const meant =
      infusion === undefined ? book.openInfusions(deviceId).filter(({ state }) => isUnderWay(state)) : [infusion];
    const isStop = command.command === 'STOP_INFUSION';
    // A stop that gave way to another one still proves that what it named was stopped.
    if (isFinalCommand(command.state) && !(isStop && infusion !== undefined)) return;
    if (isStop) {
      for (const each of meant) course.ended(each, 'stopped', {});
      stops.proven(deviceId, command.infusionId);
      return;
    }
    runner.move(commandId, 'done', DEVICE);
    if (command.command === 'PAUSE_INFUSION' || command.command === 'RESUME_INFUSION') {
      for (const each of meant) course.paused(each, command.command === 'PAUSE_INFUSION');
    } else if (command.command === 'CANCEL' && infusion !== undefined) {
      // What runs already is not cancelled: how it is then, only the device knows.
      if (isUnderWay(infusion.state)) inquiries.ask(deviceId);
      else course.neverBegun(infusion, 'never-begun', DEVICE, 'The device will not begin it');
    }
  }

  #infusionOf({ infusionId }: CommandRecord): InfusionRecord | undefined {
    return infusionId === null ? undefined : this.#ports.book.infusions.find(infusionId);
  }
}

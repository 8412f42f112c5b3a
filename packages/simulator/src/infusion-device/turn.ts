import type { AckStage } from '@perista/core';
import type { UpTopicName } from '@perista/protocol/fleet';
import { batteryAt } from './battery.ts';
import type { Answer, DeviceBuild, DeviceEffect, DeviceState, Moment, Quirks } from './device-state.ts';
import { speaksEveryMs, statusBody } from './status-body.ts';

/** So many commands are known again. */
const ANSWERS_KEPT = 200;

/** One step of the machine while it is made; nothing outside changes. */
export class Turn {
  state: DeviceState;
  readonly effects: DeviceEffect[] = [];
  readonly build: DeviceBuild;
  readonly moment: Moment;
  readonly quirks: Quirks;

  constructor(state: DeviceState, build: DeviceBuild, moment: Moment, quirks: Quirks) {
    this.state = { ...state, battery: batteryAt(state.battery, moment.nowMs) };
    this.build = build;
    this.moment = moment;
    this.quirks = quirks;
  }

  change(part: Partial<DeviceState>): void {
    this.state = { ...this.state, ...part };
  }

  do(effect: DeviceEffect): void {
    this.effects.push(effect);
  }

  tell(name: UpTopicName, body: object): void {
    this.do({ kind: 'tell', name, body });
  }

  tellStatus(as?: string): void {
    this.change({ statusDueMs: this.moment.nowMs + speaksEveryMs(this.state, this.build) });
    this.tell('status', statusBody(this.state, this.build, as));
  }

  answerOf(commandId: string): Answer | undefined {
    return this.state.answers.find((answer) => answer.commandId === commandId);
  }

  /** Says how far a command is, and keeps that for whoever sends it again. */
  acknowledge(commandId: string, stage: AckStage, more: Omit<Answer, 'commandId' | 'stage'> = {}): void {
    const { answers } = this.state;
    const answer: Answer = { ...this.answerOf(commandId), ...more, commandId, stage };
    const others = answers.filter((each) => each.commandId !== commandId);
    this.change({ answers: [...others, answer].slice(-ANSWERS_KEPT) });
    this.tell('ack', ackBody(answer));
    this.do({ kind: 'remember' });
  }
}

export const ackBody = ({ commandId, stage, reason, infusionId }: Answer) => ({
  commandId,
  stage,
  ...(reason !== undefined && { reason }),
  ...(infusionId !== undefined && { infusionId }),
});

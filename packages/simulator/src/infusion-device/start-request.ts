import type { InfusionParameters } from '@perista/core';
import type { CommandMessage } from '@perista/protocol/fleet';
import { ALARM_KINDS } from './device-alarms.ts';
import { begin, over } from './infusion-run.ts';
import { readParameters } from './read-parameters.ts';
import type { Turn } from './turn.ts';

/** Why a START is not even shown to a person; null if it is. */
export function whyNotAsk(turn: Turn, { payload }: CommandMessage): string | null {
  const { asked, run, overIds } = turn.state;
  const { infusionId } = payload;
  if (infusionId == null) return 'payload.infusionId is missing';
  if (run !== null) return `infusion ${run.infusionId} is under way`;
  if (asked !== null) return `infusion ${asked.payload.infusionId} waits to be accepted`;
  if (overIds.includes(infusionId)) return `infusion ${infusionId} is over`;
  const halting = haltingAlarm(turn);
  if (halting !== null) return halting;
  const parameters = readParameters(payload, turn.build.limits);
  return typeof parameters === 'string' ? parameters : null;
}

/** Why the pump may not turn now, in words. */
export function haltingAlarm({ state }: Turn): string | null {
  const halting = state.alarms.find(({ code }) => ALARM_KINDS[code].halts);
  return halting === undefined ? null : ALARM_KINDS[halting.code].message;
}

/** A person accepts: it is told, and the pump turns. */
export function accept(turn: Turn, asked: CommandMessage): void {
  const { commandId, payload } = asked;
  const parameters = readParameters(payload, turn.build.limits) as InfusionParameters;
  const infusionId = String(payload.infusionId);
  const confirmation = { commandId, infusionId, confirmed: true, parameters: echo(parameters, turn.quirks.echoFactor) };
  turn.change({ asked: null });
  turn.acknowledge(commandId, 'accepted', { infusionId, confirmation });
  turn.tell('infusion', confirmation);
  turn.acknowledge(commandId, 'executing');
  begin(turn, infusionId, parameters);
  turn.acknowledge(commandId, 'done');
}

function echo(parameters: InfusionParameters, factor: number): InfusionParameters {
  const { flowRateMlMin, plannedVolumeMl } = parameters;
  if (factor === 1) return parameters;
  return { ...parameters, flowRateMlMin: flowRateMlMin * factor, plannedVolumeMl: plannedVolumeMl * factor };
}

/** It never begins: a person, a rule, a CANCEL or a STOP said no. */
export function decline(turn: Turn, { commandId, payload }: CommandMessage, reason: string): void {
  const infusionId = payload.infusionId ?? undefined;
  const confirmation = { commandId, infusionId: infusionId ?? null, confirmed: false, reason };
  turn.acknowledge(commandId, 'rejected', { reason, infusionId, confirmation });
  turn.tell('infusion', confirmation);
}

/** The person need not decide any more. */
export function withdraw(turn: Turn, asked: CommandMessage, reason: string): void {
  turn.change({ asked: null });
  if (asked.payload.infusionId != null) over(turn, asked.payload.infusionId);
  decline(turn, asked, reason);
  turn.do({ kind: 'ask-no-more', reason });
}

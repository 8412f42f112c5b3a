import {
  checkParameters,
  completeParameters,
  DEFAULT_INFUSION_LIMITS,
  type ErrorCode,
  type InfusionParameters,
  isUnderWay,
  type ParameterMistake,
} from '@perista/core';
import type { InfusionRequest } from '@perista/protocol/api';
import { type FieldError, WrongFields } from '../wrong-fields.ts';
import { isReady } from './device-view.ts';
import type { FleetBook } from './fleet-book.ts';
import type { DeviceLine, DeviceLook, DeviceSight } from './fleet-ports.ts';
import type { InfusionRecord } from './infusion-store.ts';

export interface StartRulePorts {
  readonly book: FleetBook;
  readonly line: DeviceLine;
  readonly sight: DeviceSight;
}

/** Why a device would not be started now. */
export interface StartObstacle {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Rate, time, volume and bolus as they are sent: what is not given follows. @throws WrongFields E504, with all mistakes */
export function parametersOf({
  flowRateMlMin,
  plannedTimeMin,
  plannedVolumeMl,
  bolus,
}: InfusionRequest): InfusionParameters {
  const given = { flowRateMlMin, plannedTimeMin, plannedVolumeMl };
  const count = Object.values(given).filter((value) => value !== undefined).length;
  const isWhole = flowRateMlMin !== undefined && plannedTimeMin !== undefined && plannedVolumeMl !== undefined;
  const whole = isWhole ? { flowRateMlMin, plannedTimeMin, plannedVolumeMl } : completeParameters(given);
  if (whole === undefined) throw new WrongFields([mistakeError({ rule: 'two-of-three', given: count })], 'E504');
  const parameters = { ...whole, bolus: bolus ?? { enabled: false, volumeMl: 0 } };
  const mistakes = checkParameters(parameters, DEFAULT_INFUSION_LIMITS);
  if (mistakes.length > 0) throw new WrongFields(mistakes.map(mistakeError), 'E504');
  return parameters;
}

const UNITS = { flowRateMlMin: 'ml/min', plannedTimeMin: 'min', plannedVolumeMl: 'ml', bolusVolumeMl: 'ml' } as const;
const PATHS = { bolusVolumeMl: 'bolus.volumeMl' } as const;

function mistakeError(mistake: ParameterMistake): FieldError {
  switch (mistake.rule) {
    case 'two-of-three': {
      const message = `must have two of flowRateMlMin, plannedTimeMin and plannedVolumeMl, and has ${mistake.given}`;
      return { path: '', message };
    }
    case 'contradiction': {
      const message = `must be rate times time, ${mistake.follows} ml, or be left out; is ${mistake.value} ml`;
      return { path: mistake.key, message };
    }
    case 'range': {
      const { key, value, least, most } = mistake;
      const path = key === 'bolusVolumeMl' ? PATHS[key] : key;
      return { path, message: `must be ${least} to ${most} ${UNITS[key]}, is ${value} ${UNITS[key]}` };
    }
  }
}

/** Whether and why not a device may be started: it must be online, fresh and idle, and nothing of it may be open. */
export class StartRules {
  readonly #ports: StartRulePorts;

  constructor(ports: StartRulePorts) {
    this.#ports = ports;
  }

  obstacle(deviceId: string): StartObstacle | null {
    const { line, sight } = this.#ports;
    const look = sight.look(deviceId);
    if (look === undefined) return { code: 'E501', message: `There is no device ${deviceId}` };
    if (!line.isUp) return { code: 'E309', message: `Devices cannot be reached: ${line.why}` };
    return presenceObstacle(deviceId, look) ?? this.#openObstacle(deviceId) ?? statusObstacle(deviceId, look);
  }

  /**
   * A start that nobody answered gives way to a new one once the broker has its cancel: the device gets that first.
   * Undefined if there is none.
   */
  givingWay(deviceId: string): InfusionRecord | undefined {
    const { book } = this.#ports;
    const start = book
      .openInfusions(deviceId)
      .find(({ source, state }) => source === 'server' && state === 'unanswered');
    if (start === undefined) return undefined;
    const isCancelled = book.commands
      .ofInfusion(start.infusionId)
      .some(({ command, publishedAtMs }) => command === 'CANCEL' && publishedAtMs !== null);
    return isCancelled ? start : undefined;
  }

  #openObstacle(deviceId: string): StartObstacle | null {
    const { book } = this.#ports;
    if (book.openCommands(deviceId).some(({ command }) => command === 'STOP_INFUSION')) {
      return busy(`${deviceId} was told to stop, and nothing proves yet that it does not run`);
    }
    const givingWay = this.givingWay(deviceId)?.infusionId;
    const open = book.openInfusions(deviceId).find(({ infusionId }) => infusionId !== givingWay);
    if (open === undefined) return null;
    if (isUnderWay(open.state)) return busy(`${deviceId} runs infusion ${open.infusionId}`);
    if (open.state === 'unanswered') return busy(`Nobody knows whether ${deviceId} began infusion ${open.infusionId}`);
    return busy(`${deviceId} has not answered the start of infusion ${open.infusionId} yet`);
  }
}

const busy = (message: string): StartObstacle => ({ code: 'E503', message });

const presenceObstacle = (deviceId: string, { presence, presenceReason }: DeviceLook): StartObstacle | null =>
  presence === 'online'
    ? null
    : { code: 'E502', message: `${deviceId} is ${presence}${presenceReason === null ? '' : `: ${presenceReason}`}` };

function statusObstacle(deviceId: string, { status }: DeviceLook): StartObstacle | null {
  if (status === null) return busy(`${deviceId} has not told yet whether it is idle`);
  if (isReady(status)) return null;
  const what = status.activeInfusionId
    ? `it runs infusion ${status.activeInfusionId}`
    : `it says "${status.status ?? 'nothing'}"`;
  return busy(`${deviceId} is not idle: ${what}`);
}

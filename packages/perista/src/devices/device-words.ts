import type { DeviceHappening } from '@perista/simulator/infusion-device';

type Told = Extract<DeviceHappening, { kind: 'told' }>;

/** What happens to a device, as a line for the person beside it. */
export function inWords(happening: DeviceHappening): string {
  switch (happening.kind) {
    case 'booted':
      return `switched on, for the ${ordinal(happening.boot)} time`;
    case 'connected':
      return 'connected to the broker';
    case 'disconnected':
      return `no connection to the broker: ${happening.reason}`;
    case 'command':
      return commandWords(happening.input);
    case 'ask':
      return `shall infuse ${parameterWords(happening.message.payload)}: type "start" to accept, "reject" to refuse`;
    case 'ask-no-more':
      return `the start need not be decided any more: ${happening.reason}`;
    case 'pointless':
      return `nothing was done: ${happening.reason}`;
    case 'told':
      return toldWords(happening);
  }
}

function commandWords(input: Extract<DeviceHappening, { kind: 'command' }>['input']): string {
  if (input.kind === 'garbled') return `command ${input.commandId} is refused: ${input.reason}`;
  if (input.kind !== 'command') return input.kind;
  const { command, commandId, actor, payload } = input.message;
  const about = payload.infusionId == null ? '' : ` of ${payload.infusionId}`;
  return `command ${command}${about}, from ${actor} (${commandId})`;
}

function parameterWords(payload: Readonly<Record<string, unknown>>): string {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = payload;
  const infusion = `${plannedVolumeMl} ml at ${flowRateMlMin} ml/min in ${plannedTimeMin} min`;
  const { enabled, volumeMl } = (bolus ?? {}) as { enabled?: boolean; volumeMl?: number };
  return enabled ? `a bolus of ${volumeMl} ml and ${infusion}` : infusion;
}

function toldWords({ name, body }: Told): string {
  const said = body as Readonly<Record<string, unknown>>;
  switch (name) {
    case 'progress':
      return progressWords(said);
    case 'status':
      return `told status ${said.status}`;
    case 'infusion':
      return said.confirmed ? 'told that the infusion is confirmed' : `told that it is not confirmed: ${said.reason}`;
    case 'completion':
      return `told that ${said.infusionId} is ${said.end}, ${said.deliveredVolumeMl} ml delivered`;
    case 'error':
      return `told the ${said.phase} of alarm ${said.code}: ${said.message}`;
    case 'ack':
      return `told ${said.stage} of ${said.commandId}${said.reason === undefined ? '' : `: ${said.reason}`}`;
    case 'backfill':
      return `told again what stands in ${said.fromSeq} to ${said.toSeq}`;
    case 'actions':
      return `told that somebody pressed ${said.action}`;
  }
}

function progressWords(said: Readonly<Record<string, unknown>>): string {
  const { state, deliveredVolumeMl, progressPercent, flowRateMlMin, batteryLevel } = said;
  if (deliveredVolumeMl === undefined) return `told progress: ${state}, battery ${batteryLevel} %`;
  return `told progress: ${state}, ${deliveredVolumeMl} ml (${progressPercent} %) at ${flowRateMlMin} ml/min, battery ${batteryLevel} %`;
}

function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}

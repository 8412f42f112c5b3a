import { contradictionIn, mistakeInWords } from '@perista/core';
import { type CommandParameters, type CommandPayload, readParameters } from '@perista/protocol/fleet';

/** What a start asks of a pump, with what is told back: the hub compares it with what it meant. */
export interface AskedDose {
  readonly request: { readonly volume_ml: number; readonly duration_s: number };
  readonly parameters: CommandParameters;
}

/** Or why it asks for what a pump cannot do, in words. */
export function doseOf(payload: CommandPayload): AskedDose | string {
  const parameters = readParameters(payload);
  if (typeof parameters === 'string') return parameters;
  if (parameters.bolus.enabled) return 'payload.bolus: this pump gives no bolus; start it as an infusion of its own';
  const contradiction = contradictionIn(parameters);
  if (contradiction !== null) return `payload.${mistakeInWords(contradiction)}`;
  const { plannedVolumeMl, plannedTimeMin } = parameters;
  return { request: { volume_ml: plannedVolumeMl, duration_s: plannedTimeMin * 60 }, parameters };
}

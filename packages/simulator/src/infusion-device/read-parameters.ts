import { checkParameters, type InfusionLimits, type InfusionParameters, mistakeInWords } from '@perista/core';
import { type CommandPayload, readParameters as readAny } from '@perista/protocol/fleet';

/** Parameters of a start as the device would run them, or what is wrong with them, in words. */
export function readParameters(payload: CommandPayload, limits: InfusionLimits): InfusionParameters | string {
  const parameters = readAny(payload);
  if (typeof parameters === 'string') return parameters;
  const [mistake] = checkParameters(parameters, limits);
  return mistake === undefined ? parameters : mistakeInWords(mistake);
}

import { checkParameters, type InfusionLimits, type InfusionParameters, type ParameterMistake } from '@perista/core';
import { CommandParameters, type CommandPayload } from '@perista/protocol/fleet';

/** Parameters of a start as the device would run them, or what is wrong with them, in words. */
export function readParameters(payload: CommandPayload, limits: InfusionLimits): InfusionParameters | string {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = payload;
  const parsed = CommandParameters.safeParse({ flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `payload.${issue?.path.join('.')}: ${issue?.message}`;
  }
  const [mistake] = checkParameters(parsed.data, limits);
  return mistake === undefined ? parsed.data : inWords(mistake);
}

function inWords(mistake: ParameterMistake): string {
  switch (mistake.rule) {
    case 'range':
      return `${mistake.key} must be from ${mistake.least} to ${mistake.most}, not ${mistake.value}`;
    case 'contradiction':
      return `${mistake.key} is ${mistake.value}, but rate and time give ${mistake.follows}`;
    case 'two-of-three':
      return `two of rate, time and volume must be given, not ${mistake.given}`;
  }
}

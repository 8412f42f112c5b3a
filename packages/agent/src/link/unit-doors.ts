import { PeristaError } from '@perista/core';
import type { ClearFault, PutUnitConfig, ReplyKind, SetRtc, StopDose } from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import { parseUnitSetup } from '../pumps/pump-setup.ts';
import type { StopProof } from '../safety/stop-until-proven.ts';
import { putImageConfig } from './image-doors.ts';

/** Stops a pump, at once and whoever asks; without effect if a dose is named that does not run on it. */
export async function stopDose({ units }: AgentContext, { pumpId, doseId }: StopDose): Promise<ReplyKind> {
  const unit = units.find(pumpId);
  if (unit === undefined) throw new PeristaError('E404', `The agent has no pump "${pumpId}"`);
  const isMeant = doseId === '' || unit.dose?.order.doseId === doseId;
  return stopReply(isMeant ? [[pumpId, await unit.stop({ cause: 'stop', failure: null })]] : []);
}

/** Emergency stop: every board is told at once, then the latch is made durable. */
export async function stopAll({ units, latch }: AgentContext): Promise<ReplyKind> {
  const stops = units.stopAll({ cause: 'emergency-stop', failure: null });
  const latched = latch.set();
  const [proofs] = await Promise.all([stops, latched]);
  return stopReply([...proofs]);
}

function stopReply(proofs: readonly (readonly [string, StopProof | null])[]): ReplyKind {
  const seenAtRest = ([, proof]: readonly [string, StopProof | null]) => proof?.kind === 'at-rest';
  return {
    case: 'stop',
    value: {
      atRest: proofs.filter(seenAtRest).map(([pumpId]) => pumpId),
      unproven: proofs.filter((one) => !seenAtRest(one)).map(([pumpId]) => pumpId),
    },
  };
}

export async function releaseStop({ latch }: AgentContext): Promise<ReplyKind> {
  await latch.release();
  return { case: 'done', value: {} };
}

/** @throws PeristaError with what still stands in the pump's way */
export async function clearFault({ units, epoch }: AgentContext, { pumpId }: ClearFault): Promise<ReplyKind> {
  const unit = units.find(pumpId);
  if (unit === undefined) throw new PeristaError('E404', `The agent has no pump "${pumpId}"`);
  if (unit.dose !== null) throw new PeristaError('E406', 'A fault cannot be cleared while a dose runs on the pump');
  await epoch.repair();
  const failure = await unit.clearFault();
  if (failure !== null) throw new PeristaError(failure.code, failure.message);
  return { case: 'done', value: {} };
}

/** Years that the registers of the clock can hold. */
const [RTC_FROM_MS, RTC_TO_MS] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];

/** @throws PeristaError E402, E307 */
export async function setRtc({ rtc }: AgentContext, { utcMs }: SetRtc): Promise<ReplyKind> {
  if (!(utcMs >= RTC_FROM_MS && utcMs < RTC_TO_MS)) {
    throw new PeristaError('E402', `utc_ms must be of the years 2000 to 2099, not ${utcMs}`);
  }
  await rtc.set(utcMs);
  return { case: 'done', value: {} };
}

/** Of the pumps or of the image, one a time. @throws PeristaError E402 */
export async function putUnitConfig(context: AgentContext, wire: PutUnitConfig): Promise<ReplyKind> {
  if (wire.image !== undefined) {
    if (wire.pumps.length === 0 && wire.configHash === '') return putImageConfig(context, wire.image);
    throw new PeristaError('E402', 'PutUnitConfig has either pumps or an image, not both');
  }
  await context.units.apply(parseUnitSetup(wire));
  return { case: 'done', value: {} };
}

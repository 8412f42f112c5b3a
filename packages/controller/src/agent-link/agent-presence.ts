import { type ErrorCode, isInputCode, PeristaError } from '@perista/core';
import type { BlockedBy } from '@perista/protocol/api';
import { type AgentState, PumpActivity, type PumpState } from '@perista/protocol/link';

/** What is known of the agent now. */
export type AgentPresence =
  | { readonly kind: 'present'; readonly state: AgentState }
  | { readonly kind: 'lost'; readonly code: ErrorCode; readonly reason: string };

/** Why the agent is not there, from the error that told it. */
export function lostBecause({ code, message }: PeristaError): AgentPresence {
  if (code !== 'E201') return { kind: 'lost', code, reason: message };
  return {
    kind: 'lost',
    code,
    reason: `The agent, which drives the pumps, cannot be reached: ${message}. It is tried again all the time; see whether it runs.`,
  };
}

export const NOT_YET_HEARD: AgentPresence = lostBecause(new PeristaError('E201', 'it was not heard yet'));

/** `state` with the newer news of one pump in it. */
export function withPump(state: AgentState, pump: PumpState): AgentState {
  const others = state.pumps.filter(({ pumpId }) => pumpId !== pump.pumpId);
  return { ...state, pumps: [...others, pump] };
}

const INPUT_ADVICE = 'It does not dose until that is well again; see to it and to the wire of the sensor.';

/** What keeps a pump from being used just now, as the agent tells it: its motor board or an input. Null if nothing does or nobody knows. */
export function whyOffline(presence: AgentPresence, pumpId: string): BlockedBy | null {
  if (presence.kind === 'lost') return null;
  const pump = presence.state.pumps.find((one) => one.pumpId === pumpId);
  if (pump?.activity !== PumpActivity.OFFLINE) return null;
  if (isInputCode(pump.faultCode)) return { code: pump.faultCode, reason: `${pump.faultMessage}. ${INPUT_ADVICE}` };
  const message = pump.faultMessage === '' ? 'it does not answer' : pump.faultMessage;
  return {
    code: pump.faultCode === '' ? 'E101' : pump.faultCode,
    reason: `Its motor board cannot be used: ${message}. Check its supply and its line.`,
  };
}

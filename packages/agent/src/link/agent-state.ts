import type { AgentContext } from '../agent-context.ts';
import { pumpStateToWire } from './to-wire.ts';

/** Snapshot of the agent for the link. */
export const agentState = ({ clock, latch, units, rtc }: AgentContext) => ({
  emergencyStop: latch.isSet,
  pumps: units.all.map(pumpStateToWire),
  monotonicMs: clock.monotonicMs(),
  configHash: units.configHash,
  rtc: rtc.state,
});

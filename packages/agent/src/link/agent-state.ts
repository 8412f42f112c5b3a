import type { AgentContext } from '../agent-context.ts';
import { pumpStateToWire } from './to-wire.ts';

/** Snapshot of the agent for the link. It has no real-time clock chip yet and says so. */
export const agentState = ({ clock, latch, units }: AgentContext) => ({
  emergencyStop: latch.isSet,
  pumps: units.all.map(pumpStateToWire),
  monotonicMs: clock.monotonicMs(),
  configHash: units.configHash,
  rtc: NO_RTC,
});

export const NO_RTC = { present: false };

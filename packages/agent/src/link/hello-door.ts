import { PeristaError } from '@perista/core';
import type { Envelope, Hello, ReplyKind } from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import { agentState } from './agent-state.ts';

/**
 * Opens a session: a new epoch is durable before it is answered under. Epoch 0 only asks for the highest one. Where the
 * controller is latched, the agent latches too; it stops everything at once and does not wait for standstill.
 * @throws PeristaError E203 for an epoch below the highest, or one chosen by what another run of the agent remembered
 */
export async function hello(context: AgentContext, wire: Hello, { epoch, agentSession }: Envelope): Promise<ReplyKind> {
  if (epoch !== 0n) {
    if (agentSession !== context.session) throw new PeristaError('E203', 'The agent has restarted since it was asked');
    await context.epoch.adopt(epoch);
  }
  if (wire.emergencyStop && !context.latch.isSet) {
    context.units.stopAll({ cause: 'emergency-stop', failure: null }).catch(context.onBroken);
    await context.latch.set();
  }
  return {
    case: 'hello',
    value: {
      agentVersion: context.version,
      agentSession: context.session,
      highestEpoch: context.epoch.highest,
      monotonicMs: context.clock.monotonicMs(),
      configHash: context.units.configHash,
      rtc: context.rtc.state,
      state: agentState(context),
    },
  };
}

import type { Chronicle } from '../chronicle.ts';
import type { Invariant, Verdict } from '../invariant.ts';

/** Whoever holds a relay and falls silent is cut by then, ms. ADR 20. */
const CUT_MS = 300;

const isAnyOn = (chronicle: Chronicle) => [...chronicle.pumps.values()].some((pump) => pump.isRelay && pump.isMoving());

export const relayCut: Invariant = {
  id: 'I14',
  rule: 'agent killed or standing still, or guard killed ⇒ its relay is off within 300 ms',
  begin() {
    /** Since when nobody renews, or nobody guards, what was on then. */
    let silentMs: number | null = null;
    let unguardedMs: number | null = null;
    const judge = (chronicle: Chronicle): Verdict => {
      for (const [sinceMs, who] of [
        [silentMs, 'the agent fell silent'],
        [unguardedMs, 'the guard died'],
      ] as const) {
        if (sinceMs === null || chronicle.nowMs <= sinceMs + CUT_MS) continue;
        return `a relay was on ${Math.round(chronicle.nowMs - sinceMs)} ms after ${who}`;
      }
      return null;
    };
    const fallSilent = (chronicle: Chronicle) => {
      // Where nobody is left to cut it, the hook of the service does.
      if (chronicle.processes.has('guard') && isAnyOn(chronicle)) silentMs ??= chronicle.nowMs;
      else unguardedMs = null;
    };
    return {
      'process-ended': ({ process }, chronicle) => {
        if (process === 'agent') fallSilent(chronicle);
        if (process !== 'guard') return null;
        silentMs = null;
        if (chronicle.isAgentAwake && isAnyOn(chronicle)) unguardedMs = chronicle.nowMs;
        return null;
      },
      'agent-froze': (_, chronicle) => {
        fallSilent(chronicle);
        return null;
      },
      'agent-thawed': () => {
        silentMs = null;
        return null;
      },
      'relays-driven': (_, chronicle) => {
        const verdict = judge(chronicle);
        silentMs = null;
        unguardedMs = null;
        return verdict;
      },
      always: judge,
    };
  },
};

import { type Clock, type Motion, type Refusal, refusals } from '@perista/core';
import { PLAN_DAYS, type Plan, type PlanDraft } from '@perista/protocol/api';
import type { ContainerRecord } from '../containers/container-row.ts';
import type { ContainerStore } from '../containers/container-store.ts';
import type { Turns } from '../dosing/turns.ts';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import type { DoseStore, OpenDose } from '../ledger/dose-store.ts';
import { DAY_MS } from '../ledger/durations.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { PumpLocks } from '../pumps/pump-locks.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import type { PlanPreview } from '../services.ts';
import { type DraftedPlans, type DraftPorts, draftPlans } from './draft-plans.ts';
import { PlanLedger } from './plan-ledger.ts';
import { type OpenSupposed, PlanRun } from './plan-run.ts';
import { clockChangesIn, collisionsOf, planContainer, planDose } from './plan-view.ts';

/** Others have their turn after so many instants, a few milliseconds of work. */
const INSTANTS_AT_ONCE = 100;
/** More are not looked at; a day of six pumps has some hundreds at most. */
const MOST_DOSES = 20_000;

export interface PlanServicePorts extends DraftPorts {
  readonly clock: Clock;
  readonly doses: Pick<DoseStore, 'open' | 'charges'>;
  readonly containers: Pick<ContainerStore, 'list'>;
  readonly locks: Pick<PumpLocks, 'snapshot'>;
  readonly chargeClock: Pick<ChargeClock, 'nowMs'>;
  readonly timeKeeper: Pick<TimeKeeper, 'untrusted'>;
  readonly isStopLatched: () => boolean;
  readonly turns: Pick<Turns, 'past'>;
  readonly whyPlanOff: () => Refusal | null;
}

/** What the calendar will do: the executor's own rules on a clock that is thought up. Reads only. */
export class PlanService implements PlanPreview {
  readonly #ports: PlanServicePorts;

  constructor(ports: PlanServicePorts) {
    this.#ports = ports;
  }

  async preview({ days = PLAN_DAYS, ...draft }: PlanDraft): Promise<Plan> {
    const { containers, timezone, clock } = this.#ports;
    const fromMs = Math.floor(clock.wallMs());
    const drafted = draftPlans(this.#ports, draft, fromMs);
    const before = containers.list();
    const { run, ledger } = this.#begin(drafted, before, fromMs);
    const askedMs = fromMs + days * DAY_MS;
    const untilMs = await this.#walk(run, askedMs);
    return {
      from: timestamp(fromMs),
      until: timestamp(untilMs),
      complete: untilMs === askedMs,
      timezone,
      doses: run.foreseen.map(planDose),
      collisions: collisionsOf(run.foreseen),
      containers: before.map((each) => planContainer(each, ledger.get(each.containerId), run, fromMs)),
      clock_changes: clockChangesIn([timezone, ...drafted.timezones], fromMs, untilMs),
    };
  }

  /** All that is read is read here, at once: what changes while the preview is walked does not change it. */
  #begin({ plans, calibrations }: DraftedPlans, containers: readonly ContainerRecord[], fromMs: number) {
    const { pumps, doses, locks, chargeClock, timeKeeper, isStopLatched, turns, whyPlanOff } = this.#ports;
    const all = new Map(pumps.list().map((pump) => [pump.pumpId, pump]));
    const calibrated = new Map([...all.keys()].map((id) => [id, calibrations.get(id) ?? pumps.activeCalibration(id)]));
    const isLatched = isStopLatched();
    const { untrusted } = timeKeeper;
    const chargeNowMs = chargeClock.nowMs();
    const ledger = new PlanLedger({ pumps: [...all.values()], containers, charges: doses.charges(chargeNowMs) });
    const run = new PlanRun(
      {
        ledger,
        plans,
        past: turns.past(),
        chargeAheadMs: chargeNowMs - fromMs,
        pumps: { get: (id) => all.get(id) ?? pumps.get(id), activeCalibration: (id) => calibrated.get(id) },
        locks: locks.snapshot(),
        isStopLatched: () => isLatched,
        open: doses.open().flatMap((dose) => supposed(dose, all.get(dose.pump_id), fromMs)),
        whyPlanOff: whyPlanOff() ?? (untrusted === null ? null : refusals.clockUntrusted(untrusted)),
      },
      fromMs,
    );
    return { run, ledger };
  }

  /** Up to when all is known, ms since 1970. */
  async #walk(run: PlanRun, untilMs: number): Promise<number> {
    const instants = run.walk(untilMs, MOST_DOSES);
    for (let count = 1; ; count++) {
      const { done, value } = instants.next();
      if (done === true) return value;
      if (count % INSTANTS_AT_ONCE === 0) await this.#letOthers();
    }
  }

  #letOthers(): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.after(0, resolve));
  }
}

/** A dose that is not over: what it may still give is supposed to be given whole. */
function supposed(dose: OpenDose, pump: PumpRecord | undefined, nowMs: number): OpenSupposed[] {
  if (pump === undefined) return [];
  const { dose_id, pump_id, direction, planned_hi_ml, mutex, sent_epoch, motion, duration_s } = dose;
  const durationMs = motion === null ? (duration_s ?? 0) * 1000 : (JSON.parse(motion) as Motion).durationMs;
  return [
    {
      ...{ dose_id, pump_id, direction, planned_hi_ml, mutex, durationMs },
      containerId: pump.containerId,
      isSent: sent_epoch !== null,
      acceptedMs: dose.accepted_at_ms,
      startBeforeMs: dose.start_before_ms ?? dose.accepted_at_ms,
      endsMs: sent_epoch === null ? null : Math.max(nowMs, (dose.started_at_ms ?? nowMs) + durationMs),
      apartUntilMs: null,
      foreseen: null,
    },
  ];
}

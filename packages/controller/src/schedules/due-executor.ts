import {
  type Cancel,
  type Clock,
  callDue,
  type Decided,
  decideDue,
  isPeristaError,
  type Log,
  type Refusal,
  refusals,
} from '@perista/core';
import type { DoseService } from '../dosing/dose-service.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { failureFields } from '../log-fields.ts';
import type { EventLog } from '../services.ts';
import type { CalendarDose, DuePlan, PlanSource } from './calendar-dose.ts';

/** The safety net: plans are looked at this often even if the clock was set meanwhile. Seed section 5.4. */
const SWEEP_MS = 10_000;

/** So many of a plan that were passed over are dealt with in one go; after a long time of standing still the rest follows at once. */
const MOST_AT_ONCE = 500;

export interface DueExecutorPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: readonly PlanSource[];
  readonly doses: Pick<DoseService, 'orderDue' | 'forgoDue'>;
  readonly timeKeeper: Pick<TimeKeeper, 'untrusted' | 'latestMs' | 'raiseTo'>;
  readonly events: Pick<EventLog, 'append'>;
  /** Why nothing is dosed by plan, or null. */
  readonly whyPlanOff: () => Refusal | null;
}

/** What one plan asks for by now. */
interface Look {
  readonly plan: DuePlan;
  readonly doses: readonly CalendarDose[];
  /** All that was due before is in `doses`, or has its row; ms since 1970. */
  readonly untilMs: number;
  /** When the first dose that is not in `doses` is due, ms since 1970; infinite if none ever is. */
  readonly nextMs: number;
  /** More of the past is to be dealt with. */
  readonly isCut: boolean;
}

/**
 * Orders the doses of all plans as they fall due, and writes down those whose window passed unattended. Each has one dose
 * id for ever, so whatever restarts between its order and the note that it was dealt with repeats nothing.
 */
export class DueExecutor {
  readonly #ports: DueExecutorPorts;
  #cancel: Cancel = () => {};
  #isDoubtTold = false;
  #doubtedSinceMs: number | null = null;
  #isStopped = false;

  constructor(ports: DueExecutorPorts) {
    this.#ports = ports;
  }

  /** Looks at all plans now, and again when the next dose is due. */
  look(): void {
    if (this.#isStopped) return;
    this.#cancel();
    let waitMs = SWEEP_MS;
    try {
      waitMs = this.#sweep();
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(failureFields(error), 'plans could not be looked at');
    }
    this.#cancel = this.#ports.clock.after(waitMs, () => this.look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /**
   * Deals with all that is due, so that a plan can be changed: what the new one would have asked for earlier is never
   * asked for. Up to when that is, ms since 1970.
   */
  settleDue(): number {
    const { timeKeeper, whyPlanOff } = this.#ports;
    const { untrusted } = timeKeeper;
    if (untrusted !== null) this.#forgo(refusals.clockUntrusted(untrusted));
    else while (this.#sweep() === 0);
    const whyOff = whyPlanOff();
    if (whyOff !== null) this.#forgo(whyOff);
    const untilMs = timeKeeper.latestMs();
    timeKeeper.raiseTo(untilMs);
    return untilMs;
  }

  #plans(): DuePlan[] {
    return this.#ports.sources.flatMap((source) => source.plans());
  }

  /** Nothing is dosed by a clock or a plan that is not trusted, and nothing is forgotten: what may be due by now is missed. */
  #forgo(why: Refusal): void {
    const { doses, timeKeeper } = this.#ports;
    const untilMs = timeKeeper.latestMs() + 1;
    for (const plan of this.#plans()) {
      for (const dose of plan.dosesFrom(plan.decidedUntilMs)) {
        if (dose.dueMs >= untilMs) break;
        doses.forgoDue(dose, 'missed', why);
      }
      plan.markDecided(untilMs);
    }
  }

  /** How long until the next look, ms; 0 if more of the past is to be dealt with. */
  #sweep(): number {
    if (!this.#isTrusted()) return SWEEP_MS;
    const nowMs = Math.floor(this.#ports.clock.wallMs());
    const looks = this.#plans().map((plan) => lookAt(plan, nowMs));
    const isCut = looks.some((look) => look.isCut);
    // What is given late depends on all that its pump was passed over: so the long past comes first, alone.
    this.#decide(isCut ? looks.filter((look) => look.isCut) : looks, nowMs);
    return isCut ? 0 : Math.min(SWEEP_MS, ...looks.map(({ nextMs }) => nextMs - nowMs));
  }

  #decide(looks: readonly Look[], nowMs: number): void {
    const whyOff = this.#ports.whyPlanOff();
    const due = looks.flatMap(({ doses }) => doses);
    // Nothing is decided beyond the mark: a clock that falls behind what was decided is not trusted.
    if (due.length > 0) this.#ports.timeKeeper.raiseTo(nowMs);
    for (const decided of decideDue(due, nowMs)) this.#carryOut(decided, nowMs, whyOff);
    for (const { plan, doses, untilMs } of looks) {
      // A dose in its window is not lost while somebody may still confirm the plan.
      const open = whyOff === null ? undefined : doses.find((dose) => callDue(dose, nowMs) !== 'over');
      const isNews = doses.length > 0 || untilMs <= nowMs;
      if (isNews) plan.markDecided(open?.dueMs ?? untilMs);
    }
  }

  #carryOut({ dose, decision }: Decided<CalendarDose>, nowMs: number, whyOff: Refusal | null): void {
    const { doses } = this.#ports;
    const [lateS, windowS] = lateness(dose, nowMs);
    if (whyOff !== null && decision !== 'miss') return;
    switch (decision) {
      case 'give':
        doses.orderDue(dose, null);
        return;
      case 'give-late':
        doses.orderDue(dose, lateS);
        return;
      case 'skip':
        doses.forgoDue(dose, 'skipped', refusals.lateSkipped(lateS));
        return;
      case 'superseded':
        doses.forgoDue(dose, 'missed', refusals.superseded(lateS));
        return;
      case 'miss':
        doses.forgoDue(dose, 'missed', whyOff ?? refusals.windowOver(lateS, windowS));
        return;
    }
  }

  /** Tells once when the clock is not trusted for a while, as after a start, and once when it is again. */
  #isTrusted(): boolean {
    const { timeKeeper, clock, events } = this.#ports;
    const reason = timeKeeper.untrusted;
    if (reason === null) {
      if (this.#isDoubtTold) events.append({ kind: 'clock_trusted' });
      this.#isDoubtTold = false;
      this.#doubtedSinceMs = null;
      return true;
    }
    this.#doubtedSinceMs ??= clock.monotonicMs();
    if (!this.#isDoubtTold && clock.monotonicMs() - this.#doubtedSinceMs >= SWEEP_MS) {
      events.append({ kind: 'clock_untrusted', severity: 'alarm', data: { reason } });
      this.#isDoubtTold = true;
    }
    return false;
  }
}

/** By how much a dose is late, and by how much it might be, s. */
const lateness = ({ dueMs, startBeforeMs }: CalendarDose, nowMs: number): [number, number] => [
  (nowMs - dueMs) / 1000,
  (startBeforeMs - dueMs) / 1000,
];

function lookAt(plan: DuePlan, nowMs: number): Look {
  const doses: CalendarDose[] = [];
  for (const dose of plan.dosesFrom(plan.decidedUntilMs)) {
    if (dose.dueMs > nowMs) return { plan, doses, untilMs: nowMs + 1, nextMs: dose.dueMs, isCut: false };
    if (doses.length >= MOST_AT_ONCE && callDue(dose, nowMs) === 'over') {
      return { plan, doses, untilMs: dose.dueMs, nextMs: dose.dueMs, isCut: true };
    }
    doses.push(dose);
  }
  return { plan, doses, untilMs: nowMs + 1, nextMs: Number.POSITIVE_INFINITY, isCut: false };
}

import { assert, callDue, decideDue, type Refusal, refusals } from '@perista/core';
import { type JudgingPorts, refuseBlocked, refuseWaiting } from '../dosing/admission.ts';
import { dueOrder } from '../dosing/order-kinds.ts';
import { type Past, Round, refuseApart } from '../dosing/turns.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import type { AskingPlan, CalendarDose } from '../schedules/calendar-dose.ts';
import { mutexOf, type PlanLedger, type SupposedDose } from './plan-ledger.ts';

/** What becomes of a dose that the calendar asks for. Instants are ms since 1970. */
export interface ForeseenDose {
  readonly dose: CalendarDose;
  /** What its pulses give, ml; what was asked for where it was refused. */
  readonly volumeMl: number;
  readonly durationS: number | null;
  /** The dose just before it that it waits for. */
  readonly waitsFor: string | null;
  /** Null until it begins. */
  startsMs: number | null;
  end: { readonly kind: 'refused' | 'missed'; readonly why: Refusal } | null;
}

/** A dose that is not over when a preview begins, or that it has accepted. */
export interface OpenSupposed extends SupposedDose {
  readonly durationMs: number;
  readonly acceptedMs: number;
  readonly startBeforeMs: number;
  /** When it ends, once it is sent. */
  endsMs: number | null;
  /** Until when it is kept apart from another pump, as things stand; null if it is not. */
  apartUntilMs: number | null;
  /** Null of what was ordered before the preview. */
  readonly foreseen: ForeseenDose | null;
}

export interface PlanRunPorts extends Omit<JudgingPorts, 'doses' | 'containers' | 'chargeClock' | 'turns'> {
  readonly ledger: PlanLedger;
  /** Earlier or later than the calendar, by so many ms. */
  readonly chargeAheadMs: number;
  readonly plans: readonly AskingPlan[];
  readonly open: readonly OpenSupposed[];
  readonly past: Past;
  /** Why nothing is dosed by plan, or null. */
  readonly whyPlanOff: Refusal | null;
}

interface Head {
  readonly doses: Iterator<CalendarDose>;
  next: CalendarDose | undefined;
}

/**
 * The executor and the queue on a clock that goes from one instant at which something happens to the next. When doses are
 * due, what becomes of them and whether they are admitted is told by the very functions that the executor, the only door
 * and the dispatcher use; here stands only in which order they are asked. Each dose takes as long, and gives as much, as
 * it was planned to.
 */
export class PlanRun {
  readonly foreseen: ForeseenDose[] = [];
  /** When each container first fell below its low mark, and first held too little for a dose. */
  readonly lowMs = new Map<string, number>();
  readonly runsOutMs = new Map<string, number>();
  readonly #ports: PlanRunPorts;
  readonly #judging: JudgingPorts;
  readonly #heads: readonly Head[];
  readonly #unmoved = new Set<OpenSupposed>();
  #open: OpenSupposed[];
  readonly #ends: Past['ends'][number][];
  #nowMs: number;

  constructor(ports: PlanRunPorts, fromMs: number) {
    const { ledger, chargeAheadMs, pumps, locks, isStopLatched } = ports;
    this.#ports = ports;
    this.#nowMs = fromMs;
    const chargeClock = { nowMs: () => this.#nowMs + chargeAheadMs };
    this.#judging = { pumps, locks, isStopLatched, chargeClock, turns: NOT_ASKED, doses: ledger, containers: ledger };
    this.#ends = [...ports.past.ends];
    this.#heads = ports.plans.map((plan) => headOf(plan, fromMs));
    this.#open = [...ports.open];
    for (const dose of this.#open) ledger.accept(dose);
  }

  /**
   * Instants in their order, until all is over that was due before `untilMs`. After `mostDoses` no more fall due. Returns
   * the instant before which all that is due was looked at.
   */
  *walk(untilMs: number, mostDoses: number): Generator<number, number> {
    let endMs = untilMs;
    this.#dispatch();
    for (;;) {
      const dueMs = Math.min(...this.#heads.map(({ next }) => next?.dueMs ?? Number.POSITIVE_INFINITY));
      const openMs = Math.min(...this.#open.map(nextOf));
      const atMs = Math.min(dueMs < endMs ? dueMs : Number.POSITIVE_INFINITY, openMs);
      if (atMs === Number.POSITIVE_INFINITY) return endMs;
      this.#nowMs = Math.max(this.#nowMs, atMs);
      this.#settleEnded();
      this.#dispatch();
      if (dueMs < endMs && dueMs <= this.#nowMs) this.#orderDue();
      if (this.foreseen.length >= mostDoses) endMs = Math.min(endMs, this.#nowMs + 1);
      yield this.#nowMs;
    }
  }

  #orderDue(): void {
    const due = this.#heads.flatMap((head) => take(head, this.#nowMs));
    for (const { dose, decision } of decideDue(due, this.#nowMs)) {
      assert(decision === 'give', 'whoever never sleeps finds nothing late');
      this.#order(dose);
    }
  }

  #order(dose: CalendarDose): void {
    const { pumps, whyPlanOff } = this.#ports;
    const pump = pumps.get(dose.pumpId);
    const base = { dose, volumeMl: dose.volumeMl, durationS: dose.durationS, waitsFor: null, startsMs: null };
    if (whyPlanOff !== null) {
      this.foreseen.push({ ...base, end: { kind: 'missed', why: whyPlanOff } });
      return;
    }
    const decision = dueOrder(this.#judging, dose).judge(pump);
    if (decision.kind === 'refused') {
      this.foreseen.push({ ...base, end: { kind: 'refused', why: decision } });
      this.#noteRefusal(decision, pump);
      return;
    }
    const { plan, chargeMl } = decision;
    const mutex = mutexOf(pump);
    const before = this.#open.findLast((open) => open.mutex === mutex);
    const { volumeMl, durationS } = plan;
    const foreseen: ForeseenDose = { ...base, volumeMl, durationS, waitsFor: before?.dose_id ?? null, end: null };
    this.foreseen.push(foreseen);
    const open: OpenSupposed = {
      dose_id: dose.doseId,
      pump_id: dose.pumpId,
      planned_hi_ml: chargeMl,
      direction: plan.motion.direction,
      mutex,
      containerId: pump.containerId,
      isSent: false,
      durationMs: plan.motion.durationMs,
      acceptedMs: this.#nowMs,
      startBeforeMs: dose.startBeforeMs,
      endsMs: null,
      apartUntilMs: null,
      foreseen,
    };
    this.#open.push(open);
    this.#ports.ledger.accept(open);
    this.#dispatch();
  }

  /** As the dispatcher looks through what is open: the oldest first, one at a time of each group, each apart from others. */
  #dispatch(): void {
    const sent = this.#open.filter(({ isSent }) => isSent);
    const busy = new Set(sent.map(({ mutex }) => mutex));
    const { separations } = this.#ports.past;
    const round = new Round({ separations, ends: this.#ends }, this.#nowMs + this.#ports.chargeAheadMs);
    for (const dose of sent) round.add(dose, (dose.endsMs ?? this.#nowMs) - this.#nowMs);
    for (const dose of this.#open) {
      if (dose.isSent) continue;
      const isBlocked = refuseBlocked(this.#judging, this.#ports.pumps.get(dose.pump_id)) !== null;
      const wait = isBlocked ? null : round.waitOf(dose.pump_id);
      dose.apartUntilMs = wait === null ? null : this.#nowMs + wait.leftMs;
      if (this.#nowMs >= dose.startBeforeMs) this.#miss(dose, refuseApart(wait));
      else if (wait !== null) round.add(dose, wait.leftMs + dose.durationMs);
      else if (!isBlocked && !busy.has(dose.mutex) && !this.#refuseIfUnfit(dose)) {
        busy.add(dose.mutex);
        round.add(dose, dose.durationMs);
        this.#send(dose);
      }
    }
    this.#open = this.#open.filter((dose) => !this.#unmoved.has(dose));
    this.#unmoved.clear();
  }

  #send(dose: OpenSupposed): void {
    dose.isSent = true;
    dose.endsMs = this.#nowMs + dose.durationMs;
    if (dose.foreseen !== null) dose.foreseen.startsMs = this.#nowMs;
  }

  #miss(dose: OpenSupposed, apart: Refusal | null): void {
    const waitedS = (this.#nowMs - dose.acceptedMs) / 1000;
    const over = refusals.windowOver(waitedS, (dose.startBeforeMs - dose.acceptedMs) / 1000);
    this.#endUnmoved(dose, 'missed', apart ?? over);
  }

  #refuseIfUnfit(dose: OpenSupposed): boolean {
    const refusal = refuseWaiting(this.#judging, dose);
    if (refusal === null) return false;
    this.#endUnmoved(dose, 'refused', refusal);
    this.#noteRefusal(refusal, this.#ports.pumps.get(dose.pump_id));
    return true;
  }

  #endUnmoved(dose: OpenSupposed, kind: 'refused' | 'missed', why: Refusal): void {
    this.#ports.ledger.drop(dose);
    this.#unmoved.add(dose);
    if (dose.foreseen !== null) dose.foreseen.end = { kind, why };
  }

  #settleEnded(): void {
    const { ledger, chargeAheadMs } = this.#ports;
    const over = this.#open.filter(({ endsMs }) => endsMs !== null && endsMs <= this.#nowMs);
    for (const dose of over) {
      ledger.settle(dose, this.#nowMs + chargeAheadMs);
      this.#noteEnd(dose.pump_id, this.#nowMs + chargeAheadMs);
      const { containerId, levelMl, lowMl } = ledger.get(dose.containerId);
      if (levelMl < lowMl && !this.lowMs.has(containerId)) this.lowMs.set(containerId, this.#nowMs);
    }
    if (over.length > 0) this.#open = this.#open.filter((dose) => !over.includes(dose));
  }

  /** Only the last of each pump matters. */
  #noteEnd(pumpId: string, endMs: number): void {
    const place = this.#ends.findIndex((end) => end.pumpId === pumpId);
    this.#ends.splice(place < 0 ? this.#ends.length : place, 1, { pumpId, endMs });
  }

  #noteRefusal({ reason }: Refusal, { containerId }: PumpRecord): void {
    if (reason === 'container' && !this.runsOutMs.has(containerId)) this.runsOutMs.set(containerId, this.#nowMs);
  }
}

const nextOf = ({ endsMs, startBeforeMs, apartUntilMs }: OpenSupposed): number =>
  endsMs ?? Math.min(startBeforeMs, apartUntilMs ?? startBeforeMs);

/** Whether a dose waits is asked in each look at the queue; its window is the calendar's either way. */
const NOT_ASKED: JudgingPorts['turns'] = { waitOfNew: () => null };

function headOf(plan: AskingPlan, fromMs: number): Head {
  const doses = plan.dosesFrom(Math.max(plan.decidedUntilMs, fromMs))[Symbol.iterator]();
  return { doses, next: nextIn(doses) };
}

function take(head: Head, nowMs: number): CalendarDose[] {
  const taken: CalendarDose[] = [];
  while (head.next !== undefined && callDue(head.next, nowMs) !== 'not-yet') {
    taken.push(head.next);
    head.next = nextIn(head.doses);
  }
  return taken;
}

function nextIn(doses: Iterator<CalendarDose>): CalendarDose | undefined {
  const { done, value } = doses.next();
  return done === true ? undefined : value;
}

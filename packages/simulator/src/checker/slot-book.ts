/** What a weekly plan asks of a pump, as it stands in the books. */
export interface PlanInForce {
  readonly pumpId: string;
  /** From 1. */
  readonly channel: number;
  readonly isEnabled: boolean;
  /** Bit 0 is Monday. */
  readonly days: number;
  readonly dosesADay: number;
  readonly weeklyMl: number;
}

/** One time at which a plan asks for a dose. */
export interface DueSlot {
  readonly pumpId: string;
  readonly dueMs: number;
  /** As P1 spells it. */
  readonly doseId: string;
}

/** A dose as far as its slot asks for it. */
interface SlotDose {
  readonly row: { readonly ended_at_ms: number | null } | null;
}

const DAY_MS = 86_400_000;
const HALF_DAY_MS = DAY_MS / 2;
const CHANNELS = 6;
/** Late only. */
export const WINDOW_MS = 1_800_000;

/** Whether and when a half of a day has a slot of `plan`, ms since 1970. Its own arithmetic: the product's is judged by it. */
function slotOf({ pumpId, channel, days, dosesADay }: PlanInForce, half: number): DueSlot | null {
  const utcDay = Math.floor(half / 2);
  const isEvening = half % 2 === 1;
  const mondayFirst = (new Date(utcDay * DAY_MS).getUTCDay() + 6) % 7;
  if ((days & (1 << mondayFirst)) === 0 || (isEvening && dosesADay < 2)) return null;
  const dueMs = half * HALF_DAY_MS + ((channel - 1) * HALF_DAY_MS) / CHANNELS;
  return { pumpId, dueMs, doseId: `${pumpId}.${utcDay}.${isEvening ? 'evening' : 'morning'}` };
}

export const dosesAWeek = ({ days, dosesADay }: PlanInForce): number =>
  dosesADay * days.toString(2).replaceAll('0', '').length;

/** When the half day of a pump began in which `wallMs` lies: at its slot, whether or not the plan asks for it. */
export function slotStartMs({ channel }: PlanInForce, wallMs: number): number {
  const offsetMs = ((channel - 1) * HALF_DAY_MS) / CHANNELS;
  return Math.floor((wallMs - offsetMs) / HALF_DAY_MS) * HALF_DAY_MS + offsetMs;
}

/** The last slot of `plan` that is due at `wallMs` or before, looking back a week. */
export function lastSlot(plan: PlanInForce, wallMs: number): DueSlot | null {
  for (let half = Math.floor(wallMs / HALF_DAY_MS); half * HALF_DAY_MS > wallMs - 8 * DAY_MS; half--) {
    const slot = slotOf(plan, half);
    if (slot !== null && slot.dueMs <= wallMs) return slot;
  }
  return null;
}

/** The first slot of `plan` that is due after `wallMs`, looking forward a week. */
export function nextSlot(plan: PlanInForce, wallMs: number): DueSlot | null {
  if (!plan.isEnabled) return null;
  for (let half = Math.floor(wallMs / HALF_DAY_MS); half * HALF_DAY_MS < wallMs + 8 * DAY_MS; half++) {
    const slot = slotOf(plan, half);
    if (slot !== null && slot.dueMs > wallMs) return slot;
  }
  return null;
}

/** The weekly plans in force, and which of their slots have not ended yet. */
export class SlotBook {
  readonly #plans = new Map<string, PlanInForce>();
  /** The oldest slot of each pump that has no end yet. */
  readonly #pending = new Map<string, DueSlot>();
  /** Slots that were due and undecided when their plan was replaced. */
  readonly forgone: DueSlot[] = [];
  readonly #find: (doseId: string) => SlotDose | undefined;

  constructor(find: (doseId: string) => SlotDose | undefined) {
    this.#find = find;
  }

  get plans(): readonly PlanInForce[] {
    return [...this.#plans.values()];
  }

  of(pumpId: string): PlanInForce | undefined {
    return this.#plans.get(pumpId);
  }

  /** A plan counts from now on. */
  set(plan: PlanInForce, wallMs: number): void {
    const before = this.#pending.get(plan.pumpId);
    const isForgone = before !== undefined && before.dueMs < wallMs && this.#find(before.doseId)?.row == null;
    if (isForgone) this.forgone.push(before);
    this.#plans.set(plan.pumpId, plan);
    this.#await(plan, wallMs);
  }

  /** Somebody says that it is `wallMs` now: what falls due from now on counts, whatever clocks have shown before. */
  accept(wallMs: number): void {
    for (const plan of this.#plans.values()) {
      const pending = this.#pending.get(plan.pumpId);
      if (pending === undefined || pending.dueMs > wallMs) this.#await(plan, wallMs);
    }
  }

  /** The books were replaced: nothing is due until it is known which plans stand in them. */
  startOver(): void {
    this.#plans.clear();
    this.#pending.clear();
  }

  /** A slot whose time has come and that has no end, or null. */
  undecided(wallMs: number): DueSlot | null {
    for (const [pumpId, slot] of this.#pending) {
      if (slot.dueMs > wallMs) continue;
      if (this.#find(slot.doseId)?.row?.ended_at_ms == null) return slot;
      const plan = this.#plans.get(pumpId);
      if (plan !== undefined) this.#await(plan, slot.dueMs);
      const next = this.undecided(wallMs);
      if (next !== null) return next;
    }
    return null;
  }

  #await(plan: PlanInForce, afterMs: number): void {
    const next = nextSlot(plan, afterMs);
    if (next === null) this.#pending.delete(plan.pumpId);
    else this.#pending.set(plan.pumpId, next);
  }
}

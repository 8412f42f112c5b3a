/** Number of a device's start, and of a message within it. */
export interface MessageNumber {
  readonly boot: number;
  readonly seq: number;
}

/** Messages that did not come, first to last, all of one start of the device. */
export interface SeqGap {
  readonly boot: number;
  readonly fromSeq: number;
  readonly toSeq: number;
}

export type OrderVerdict =
  /** The newest there is. */
  | { readonly kind: 'new'; readonly hasRebooted: boolean; readonly gap: SeqGap | null }
  /** It was missing, and others overtook it. */
  | { readonly kind: 'late' }
  | { readonly kind: 'dropped'; readonly reason: 'duplicate' | 'old-boot' };

/** Stretches of missing messages that are remembered; the oldest is forgotten first. */
const MOST_GAPS = 32;
/** A device that counts its starts anew is believed once it said so often, and its old self is silent for so long. */
const ANEW_MESSAGES = 3;
const ANEW_SILENCE_MS = 60_000;

/** Which of a device's messages are new: `boot` is one more at each start of it, `seq` at each message. */
export class MessageOrder {
  #last: MessageNumber | null;
  #lastMs = Number.NEGATIVE_INFINITY;
  #missing: readonly SeqGap[] = [];
  #anew: { readonly boot: number; readonly seq: number; readonly count: number } | null = null;

  constructor(last: MessageNumber | null) {
    this.#last = last;
  }

  get last(): MessageNumber | null {
    return this.#last;
  }

  judge(number: MessageNumber, nowMs: number): OrderVerdict {
    const last = this.#last;
    if (last === null) return this.#take(number, nowMs, false);
    if (number.boot > last.boot) return this.#take(number, nowMs, true);
    if (number.boot < last.boot) {
      return this.#countsAnew(number, nowMs)
        ? this.#take(number, nowMs, true)
        : { kind: 'dropped', reason: 'old-boot' };
    }
    if (number.seq > last.seq) return this.#take(number, nowMs, false);
    if (!this.#missing.some((gap) => holds(gap, number))) return { kind: 'dropped', reason: 'duplicate' };
    this.fill({ boot: number.boot, fromSeq: number.seq, toSeq: number.seq });
    return { kind: 'late' };
  }

  /** All that is missing, for each start of the device from the first to the last. */
  missing(): SeqGap[] {
    const byBoot = new Map<number, SeqGap>();
    for (const gap of this.#missing) {
      const { boot, fromSeq, toSeq } = byBoot.get(gap.boot) ?? gap;
      byBoot.set(boot, { boot, fromSeq: Math.min(fromSeq, gap.fromSeq), toSeq: Math.max(toSeq, gap.toSeq) });
    }
    return [...byBoot.values()];
  }

  /** What is still missing of a stretch. */
  missingOf({ boot, fromSeq, toSeq }: SeqGap): SeqGap[] {
    return this.#missing
      .filter((gap) => gap.boot === boot && gap.fromSeq <= toSeq && gap.toSeq >= fromSeq)
      .map((gap) => ({ boot, fromSeq: Math.max(gap.fromSeq, fromSeq), toSeq: Math.min(gap.toSeq, toSeq) }));
  }

  /** These came, or will never come. */
  fill(filled: SeqGap): void {
    this.#missing = this.#missing.flatMap((gap) => without(gap, filled));
  }

  #take(number: MessageNumber, nowMs: number, hasRebooted: boolean): OrderVerdict {
    const before = this.#last;
    const isNext = before === null || hasRebooted || number.seq === before.seq + 1;
    const gap = isNext ? null : { boot: number.boot, fromSeq: before.seq + 1, toSeq: number.seq - 1 };
    if (gap !== null) this.#missing = [...this.#missing.slice(1 - MOST_GAPS), gap];
    this.#last = number;
    this.#lastMs = nowMs;
    this.#anew = null;
    return { kind: 'new', hasRebooted, gap };
  }

  /** A memory that was wiped counts from the beginning: nobody else may shut the device out for ever. */
  #countsAnew({ boot, seq }: MessageNumber, nowMs: number): boolean {
    if (nowMs - this.#lastMs < ANEW_SILENCE_MS) return false;
    const before = this.#anew;
    const isGoingOn = before !== null && before.boot === boot && seq > before.seq;
    this.#anew = { boot, seq, count: isGoingOn ? before.count + 1 : 1 };
    return this.#anew.count >= ANEW_MESSAGES;
  }
}

const holds = ({ boot, fromSeq, toSeq }: SeqGap, number: MessageNumber): boolean =>
  number.boot === boot && number.seq >= fromSeq && number.seq <= toSeq;

function without(gap: SeqGap, filled: SeqGap): SeqGap[] {
  if (gap.boot !== filled.boot || filled.toSeq < gap.fromSeq || filled.fromSeq > gap.toSeq) return [gap];
  const before = { ...gap, toSeq: filled.fromSeq - 1 };
  const after = { ...gap, fromSeq: filled.toSeq + 1 };
  return [before, after].filter(({ fromSeq, toSeq }) => fromSeq <= toSeq);
}

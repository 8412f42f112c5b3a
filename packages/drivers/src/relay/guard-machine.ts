/** What the guard of the relays knows. Instants are monotonic ms of the guard's own clock. */
export interface GuardState {
  /** When what is driven has to go off unless it is renewed. */
  readonly untilMs: number | null;
  /** Since when a relay is on that is not counted yet; null where all are known to be off. */
  readonly onSinceMs: number | null;
  /** On-time that was counted and not told yet. */
  readonly untoldMs: number;
  /** Writes on their way, oldest first. */
  readonly writes: readonly GuardWrite[];
  /** Why the guard obeys no more; null while it does. */
  readonly over: string | null;
}

interface GuardWrite {
  readonly channel: number | null;
  /** Whether an order waits for it. */
  readonly isOrdered: boolean;
}

export type GuardInput =
  | { readonly kind: 'order'; readonly channel: number | null; readonly forMs: number }
  /** The deadline that was asked for may have come. */
  | { readonly kind: 'time' }
  /** The oldest write took effect. */
  | { readonly kind: 'written' }
  /** Nobody can give orders any more, or what came is none, or the lines failed. */
  | { readonly kind: 'end'; readonly why: string };

/** To be done in this order. */
export type GuardEffect =
  | { readonly kind: 'drive'; readonly channel: number | null }
  | { readonly kind: 'answer'; readonly wasOnMs: number }
  /** All off, and then the end. */
  | { readonly kind: 'finish'; readonly why: string };

export const GUARD_AT_START: GuardState = {
  untilMs: null,
  onSinceMs: null,
  untoldMs: 0,
  writes: [],
  over: null,
};

/**
 * One step of the guard. Each order keeps at most one relay on, and only for as long as it says; after the end all is off and
 * nothing is obeyed. On-time is counted from before a write that turns on until after the one that turns off: never too little.
 */
export function stepGuard(state: GuardState, input: GuardInput, nowMs: number): [GuardState, readonly GuardEffect[]] {
  if (state.over !== null) return [state, []];
  switch (input.kind) {
    case 'order': {
      const { channel, forMs } = input;
      const untilMs = channel === null ? null : nowMs + forMs;
      return drive({ ...state, untilMs }, { channel, isOrdered: true }, nowMs);
    }
    case 'time': {
      const isDue = state.untilMs !== null && nowMs >= state.untilMs;
      return isDue ? drive({ ...state, untilMs: null }, { channel: null, isOrdered: false }, nowMs) : [state, []];
    }
    case 'written':
      return written(state, nowMs);
    case 'end':
      return [{ ...state, untilMs: null, over: input.why }, [{ kind: 'finish', why: input.why }]];
  }
}

function drive(state: GuardState, write: GuardWrite, nowMs: number): [GuardState, readonly GuardEffect[]] {
  const onSinceMs = state.onSinceMs ?? (write.channel === null ? null : nowMs);
  const writes = [...state.writes, write];
  return [{ ...state, onSinceMs, writes }, [{ kind: 'drive', channel: write.channel }]];
}

function written(state: GuardState, nowMs: number): [GuardState, readonly GuardEffect[]] {
  const [oldest, ...writes] = state.writes;
  const countedMs = state.untoldMs + (state.onSinceMs === null ? 0 : nowMs - state.onSinceMs);
  const isDark = state.writes.every(({ channel }) => channel === null);
  const next = { ...state, writes, onSinceMs: isDark || state.onSinceMs === null ? null : nowMs, untoldMs: countedMs };
  if (oldest?.isOrdered !== true) return [next, []];
  return [{ ...next, untoldMs: 0 }, [{ kind: 'answer', wasOnMs: countedMs }]];
}

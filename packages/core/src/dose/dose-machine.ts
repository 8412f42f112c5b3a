import type { ErrorCode } from '../errors/catalogue.ts';
import type { EndCause } from './dose.ts';
import {
  advanceTravel,
  type Encoder,
  exceedsCap,
  type Travel,
  travelAfterFault,
  travelOutOfTouch,
  type Waypoint,
} from './recover-dose.ts';

/** Why something did not work, as far as a person and a program need it. */
export interface DoseFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

export type StopCause = Extract<EndCause, 'stop' | 'emergency-stop' | 'lease-lost' | 'cap' | 'fault'>;

/** A wish to end the dose; a fault says which, and a stop may say why. */
export type StopWish =
  | { readonly cause: Exclude<StopCause, 'fault' | 'stop'>; readonly failure: null }
  | { readonly cause: 'stop'; readonly failure: DoseFailure | null }
  | { readonly cause: 'fault'; readonly failure: DoseFailure };

/** How a dose ended. */
export interface DoseEnding {
  readonly cause: EndCause;
  readonly failure: DoseFailure | null;
  readonly travel: Travel;
}

/** Whether the shaft was seen at rest after stop was sent. */
type Standstill = { readonly kind: 'awaited' | 'unproven' } | { readonly kind: 'seen'; readonly position: number };

export type DoseMachineState =
  | { readonly kind: 'reading-baseline' }
  | { readonly kind: 'journalling-start'; readonly baseline: number; readonly withdrawn: StopWish | null }
  | { readonly kind: 'moving'; readonly last: Waypoint }
  | {
      readonly kind: 'stopping';
      readonly last: Waypoint;
      readonly wish: StopWish;
      readonly standstill: Standstill;
      readonly motionIsOver: boolean;
      readonly reachedTarget: boolean;
      /** Readings since the motion ended mean nothing beside those before. */
      readonly isOutOfTouch: boolean;
      /** The counters of the board are known not to have begun anew in the motion. */
      readonly isUnbroken: boolean;
      /** Where the shaft was read last in a motion that failed. */
      readonly seen: number | null;
    }
  | { readonly kind: 'journalling-end'; readonly ending: DoseEnding }
  | { readonly kind: 'ended'; readonly ending: DoseEnding }
  /** Given up before START was journalled: nothing moved and nothing is recorded. */
  | { readonly kind: 'not-started'; readonly wish: StopWish };

/**
 * How the motion ended; `position` is null where the board could not be read, or restarted. `withdrawn`: between chunks.
 * `seen` is where the shaft was read last before it was stopped; null where it did not turn. `reach` is the most that it
 * can have turned since the last tick, where that is more than the tick announced. `isUnbroken`: the counters of the
 * board are known not to have begun anew.
 */
export type MotionOutcome =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'at-target'; readonly position: number }
  | {
      readonly kind: 'stopped';
      readonly position: number | null;
      readonly reach?: number;
      readonly isUnbroken?: boolean;
    }
  | {
      readonly kind: 'fault';
      readonly failure: DoseFailure;
      readonly position: number | null;
      readonly seen: number | null;
      readonly reach?: number;
      readonly isUnbroken?: boolean;
    };

export type DoseInput =
  | { readonly kind: 'baseline-read'; readonly position: number }
  | { readonly kind: 'baseline-failed'; readonly failure: DoseFailure }
  | { readonly kind: 'start-journalled' }
  | { readonly kind: 'start-journal-failed'; readonly failure: DoseFailure }
  /** The driver stands at `position` and would turn on by `nextChunkCounts` at most. */
  | { readonly kind: 'tick'; readonly position: number; readonly nextChunkCounts: number }
  | { readonly kind: 'tick-journal-failed'; readonly failure: DoseFailure }
  | { readonly kind: 'stop-requested'; readonly wish: StopWish }
  | { readonly kind: 'motion-ended'; readonly outcome: MotionOutcome }
  | { readonly kind: 'standstill-seen'; readonly position: number }
  /** Stop was repeated up to its limit and standstill was not seen. */
  | { readonly kind: 'standstill-unproven'; readonly failure: DoseFailure }
  | { readonly kind: 'end-journalled' }
  | { readonly kind: 'end-journal-failed' };

export type DoseEffect =
  | { readonly kind: 'read-baseline' }
  | { readonly kind: 'journal-start'; readonly baseline: number }
  | { readonly kind: 'move' }
  | { readonly kind: 'journal-tick'; readonly waypoint: Waypoint }
  | { readonly kind: 'stop-motor' }
  | { readonly kind: 'journal-end'; readonly ending: DoseEnding }
  | { readonly kind: 'retry-journal-end'; readonly ending: DoseEnding }
  | { readonly kind: 'report' };

export interface DoseTransition {
  readonly state: DoseMachineState;
  readonly effects: readonly DoseEffect[];
}

/** What does not change during the dose. */
export interface DoseTerms {
  readonly encoder: Encoder;
  /** The shaft must not turn further than this, whatever the motion says. */
  readonly capCounts: number;
  /** A motion may end by so many counts later than its tick announced, and is told as it was; none if left out. */
  readonly overrunCounts?: number;
}

/** The first state of a dose, and what to do first. */
export const beginDose = (): DoseTransition => ({
  state: { kind: 'reading-baseline' },
  effects: [{ kind: 'read-baseline' }],
});

/**
 * One step of a dose (P8 to P13 of the dose protocol): what `input` makes of `state`, and what is to be done about it.
 * Null if the input does not fit the state. Motion is begun by one effect only, after START is durable and at most once.
 */
export function stepDose(terms: DoseTerms, state: DoseMachineState, input: DoseInput): DoseTransition | null {
  const handle = STEPS[state.kind][input.kind] as Step<DoseMachineState, DoseInput> | undefined;
  return handle?.(state, input, terms) ?? null;
}

type Step<S, I> = (state: S, input: I, terms: DoseTerms) => DoseTransition | null;
type StateOf<K extends DoseMachineState['kind']> = Extract<DoseMachineState, { kind: K }>;
type InputOf<K extends DoseInput['kind']> = Extract<DoseInput, { kind: K }>;
type Steps = {
  readonly [S in DoseMachineState['kind']]: { readonly [I in DoseInput['kind']]?: Step<StateOf<S>, InputOf<I>> };
};

const NO_TRAVEL: Travel = { lo: 0, hi: 0 };

const STEPS: Steps = {
  'reading-baseline': {
    'baseline-read': (_, { position }) => ({
      state: { kind: 'journalling-start', baseline: position, withdrawn: null },
      effects: [{ kind: 'journal-start', baseline: position }],
    }),
    'baseline-failed': (_, { failure }) => giveUp(fault(failure)),
    'stop-requested': (_, { wish }) => giveUp(wish),
  },
  'journalling-start': {
    'start-journalled': ({ baseline, withdrawn }) =>
      withdrawn === null ? move(baseline) : end({ ...withdrawn, travel: NO_TRAVEL }),
    'start-journal-failed': ({ withdrawn }, { failure }) => giveUp(withdrawn ?? fault(failure)),
    'stop-requested': (state, { wish }) =>
      state.withdrawn === null ? { state: { ...state, withdrawn: wish }, effects: [] } : null,
  },
  moving: {
    tick: ({ last }, { position, nextChunkCounts }, { encoder, capCounts, overrunCounts }) => {
      const waypoint = { position, nextChunkCounts, travel: advanceTravel(encoder, last, position, { overrunCounts }) };
      return exceedsCap(encoder, waypoint, capCounts)
        ? stopping({ ...waypoint, nextChunkCounts: 0 }, { cause: 'cap', failure: null })
        : { state: { kind: 'moving', last: waypoint }, effects: [{ kind: 'journal-tick', waypoint }] };
    },
    'tick-journal-failed': ({ last }, { failure }) => stopping(last, fault(failure)),
    'stop-requested': ({ last }, { wish }) => stopping(last, wish),
    'motion-ended': ({ last }, { outcome }, terms) => {
      if (outcome.kind === 'at-target') {
        const travel = advanceTravel(terms.encoder, last, outcome.position, terms);
        return end({ cause: 'target', failure: null, travel });
      }
      const wish: StopWish = outcome.kind === 'fault' ? fault(outcome.failure) : { cause: 'stop', failure: null };
      const stop = stopping(asReached(last, outcome), wish);
      return { ...stop, state: { ...stop.state, motionIsOver: true, ...sightOf(outcome) } };
    },
  },
  stopping: {
    'motion-ended': (state, { outcome }, terms) =>
      settle(terms, {
        ...state,
        last: asReached(state.last, outcome),
        motionIsOver: true,
        reachedTarget: outcome.kind === 'at-target',
        ...sightOf(outcome),
        wish: outcome.kind === 'fault' ? fault(outcome.failure) : state.wish,
        standstill: seenAtRest(outcome) ?? state.standstill,
      }),
    'standstill-seen': (state, { position }, terms) =>
      settle(terms, { ...state, standstill: { kind: 'seen', position } }),
    'standstill-unproven': (state, { failure }, terms) => {
      if (state.standstill.kind === 'seen') return null;
      if (ranAway(state.wish)) return { state, effects: [{ kind: 'stop-motor' }] };
      const wish = state.wish.cause === 'fault' ? state.wish : fault(failure);
      return settle(terms, { ...state, wish, standstill: { kind: 'unproven' } });
    },
  },
  'journalling-end': {
    'end-journalled': ({ ending }) => ({ state: { kind: 'ended', ending }, effects: [{ kind: 'report' }] }),
    'end-journal-failed': (state) => ({ state, effects: [{ kind: 'retry-journal-end', ending: state.ending }] }),
  },
  ended: {},
  'not-started': {},
};

const fault = (failure: DoseFailure): StopWish => ({ cause: 'fault', failure });

const giveUp = (wish: StopWish): DoseTransition => ({
  state: { kind: 'not-started', wish },
  effects: [{ kind: 'report' }],
});

const move = (baseline: number): DoseTransition => ({
  state: { kind: 'moving', last: { position: baseline, travel: NO_TRAVEL, nextChunkCounts: 0 } },
  effects: [{ kind: 'move' }],
});

const end = (ending: DoseEnding): DoseTransition => ({
  state: { kind: 'journalling-end', ending },
  effects: [{ kind: 'journal-end', ending }],
});

const stopping = (last: Waypoint, wish: StopWish): DoseTransition & { readonly state: StateOf<'stopping'> } => ({
  state: {
    kind: 'stopping',
    last,
    wish,
    standstill: { kind: 'awaited' },
    motionIsOver: false,
    reachedTarget: false,
    isOutOfTouch: false,
    isUnbroken: false,
    seen: null,
  },
  effects: [{ kind: 'stop-motor' }],
});

/** Ends the dose once the motion is over and the shaft was seen at rest, or could not be seen for too long. */
function settle({ encoder, overrunCounts }: DoseTerms, state: StateOf<'stopping'>): DoseTransition {
  const { last, wish, standstill, seen, isUnbroken } = state;
  if (!state.motionIsOver || standstill.kind === 'awaited') return { state, effects: [] };
  const position = standstill.kind === 'seen' ? standstill.position : null;
  if (state.isOutOfTouch && !ranAway(wish)) {
    return end({ ...wish, travel: travelOutOfTouch(encoder, last, position, seen) });
  }
  if (wish.cause === 'fault') {
    return end({ ...wish, travel: travelAfterFault(encoder, last, position, seen, { isUnbroken }) });
  }
  const ending = state.reachedTarget ? ({ cause: 'target', failure: null } as const) : wish;
  return end({ ...ending, travel: advanceTravel(encoder, last, position, { overrunCounts, isUnbroken }) });
}

function seenAtRest(outcome: MotionOutcome): Standstill | null {
  if (outcome.kind === 'fault' || outcome.kind === 'withdrawn' || outcome.position === null) return null;
  return { kind: 'seen', position: outcome.position };
}

/** The last tick, announcing as much as may have become of it. */
function asReached(last: Waypoint, outcome: MotionOutcome): Waypoint {
  const reach = 'reach' in outcome ? (outcome.reach ?? 0) : 0;
  return { ...last, nextChunkCounts: Math.max(last.nextChunkCounts, reach) };
}

const sightOf = (outcome: MotionOutcome) => ({
  isOutOfTouch: outcome.kind !== 'withdrawn' && outcome.position === null,
  isUnbroken: 'isUnbroken' in outcome && outcome.isUnbroken === true,
  seen: outcome.kind === 'fault' ? outcome.seen : null,
});

/** A board that turns by itself has no chunk that bounds it: only standstill does. */
const ranAway = (wish: StopWish): boolean => wish.failure?.code === 'E103' || wish.failure?.code === 'E109';

import type { Dose, Pump } from '@perista/protocol/api';
import type {
  DoseProgressNews,
  DoseSettledNews,
  EventNews,
  LiveClosing,
  PumpRemovedNews,
  PumpStateNews,
  PumpsSnapshot,
  UnitState,
  UnitStateNews,
} from '@perista/protocol/live';

/** How the screen stands to the server. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** What is shown is what was last known at `sinceMs`, wall clock. */
  | { readonly kind: 'lost'; readonly sinceMs: number }
  | { readonly kind: 'closed'; readonly reason: LiveClosing };

/** What the server last told. */
export interface LiveState {
  readonly connection: Connection;
  /** Number of the last message of this subscription. */
  readonly seq: number;
  /** Null until the first snapshot. */
  readonly unit: UnitState | null;
  readonly pumps: readonly Pump[];
  /** Doses that ended while this page looked on, newest first. */
  readonly settled: readonly Dose[];
}

export type LiveNews =
  | ({ readonly kind: 'pump:state' } & PumpStateNews)
  | ({ readonly kind: 'pump:removed' } & PumpRemovedNews)
  | ({ readonly kind: 'unit:state' } & UnitStateNews)
  | ({ readonly kind: 'dose:progress' } & DoseProgressNews)
  | ({ readonly kind: 'dose:settled' } & DoseSettledNews)
  | ({ readonly kind: 'event' } & EventNews);

const MOST_SETTLED = 20;

export const NOTHING_YET: LiveState = {
  connection: { kind: 'connecting' },
  seq: 0,
  unit: null,
  pumps: [],
  settled: [],
};

/** A snapshot replaces everything that was known; only what ended before our eyes stays told. */
export function takeSnapshot(state: LiveState, snapshot: PumpsSnapshot): LiveState {
  const { seq, pumps, emergency_stop, health, agent } = snapshot;
  return {
    connection: { kind: 'live' },
    seq,
    unit: { emergency_stop, health, agent },
    pumps,
    settled: state.settled,
  };
}

/** The state after a message; `gap` when one before it was missed and only a snapshot can help. */
export function takeNews(state: LiveState, news: LiveNews): LiveState | 'gap' {
  if (news.seq !== state.seq + 1) return 'gap';
  return { ...state, ...changes(state, news), seq: news.seq };
}

function changes(state: LiveState, news: LiveNews): Partial<LiveState> {
  switch (news.kind) {
    case 'pump:state':
      return { pumps: withPump(state.pumps, news.pump) };
    case 'pump:removed':
      return { pumps: state.pumps.filter(({ id }) => id !== news.pump_id) };
    case 'unit:state':
      return { unit: { emergency_stop: news.emergency_stop, health: news.health, agent: news.agent } };
    case 'dose:progress':
      return { pumps: state.pumps.map((pump) => withProgress(pump, news)) };
    case 'dose:settled':
      return { settled: [news.dose, ...state.settled].slice(0, MOST_SETTLED) };
    case 'event':
      return {};
  }
}

function withPump(pumps: readonly Pump[], fresh: Pump): readonly Pump[] {
  const isKnown = pumps.some(({ id }) => id === fresh.id);
  return isKnown ? pumps.map((pump) => (pump.id === fresh.id ? fresh : pump)) : [...pumps, fresh];
}

function withProgress(pump: Pump, { pump_id, dose_id, progress }: DoseProgressNews): Pump {
  if (pump.id !== pump_id || pump.current_dose?.dose_id !== dose_id) return pump;
  return { ...pump, current_dose: { ...pump.current_dose, progress } };
}

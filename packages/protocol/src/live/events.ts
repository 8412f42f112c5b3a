import type { Dose, EmergencyStop, Health, LogEvent, Pump } from '../api/index.ts';

/** Path of Socket.IO on the address of the API. */
export const LIVE_PATH = '/socket.io';

/** Path of the plain WebSocket, for tools without Socket.IO. */
export const PLAIN_LIVE_PATH = '/ws';

/** Every message of a subscription has the next number; a gap means that a new snapshot is needed. */
export interface Numbered {
  readonly seq: number;
}

/** The unit as a whole. `agent` is false while nobody drives the pumps. */
export interface UnitState {
  readonly emergency_stop: EmergencyStop;
  readonly health: Health;
  readonly agent: boolean;
}

/** Everything a viewer of the pumps sees, at one instant; `seq` counts on from here. */
export interface PumpsSnapshot extends Numbered, UnitState {
  /** RFC 3339 UTC, the server's clock. */
  readonly at: string;
  readonly pumps: readonly Pump[];
}

export interface PumpStateNews extends Numbered {
  readonly pump: Pump;
}

export interface PumpRemovedNews extends Numbered {
  readonly pump_id: string;
}

export interface UnitStateNews extends Numbered, UnitState {}

/** Latest value only: what came between two flushes is left out. */
export interface DoseProgressNews extends Numbered {
  readonly pump_id: string;
  readonly dose_id: string;
  readonly progress: NonNullable<Dose['progress']>;
}

export interface DoseSettledNews extends Numbered {
  readonly dose: Dose;
}

export interface EventNews extends Numbered {
  readonly event: LogEvent;
}

/** Why the server closes a connection, told in `live:closed` just before. */
export type LiveClosing = 'logged-out' | 'too-slow' | 'too-many-viewers' | 'unit-unreadable' | 'server-stopping';

/** With what a plain WebSocket is closed for that reason. */
export const LIVE_CLOSE_CODES = {
  'logged-out': 4401,
  'too-slow': 4408,
  'too-many-viewers': 4429,
  'unit-unreadable': 4503,
  'server-stopping': 1001,
} as const satisfies Record<LiveClosing, number>;

/** `data` of a `connect_error`: why a client was not let in, such as `E401`. The message is a sentence. */
export interface LiveRefusal {
  readonly code: string;
}

/** Answer to a subscription. */
export type SubscribeAnswer<Snapshot> =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Server to browser. Names are part of the contract with foreign clients. */
export interface ServerToClientEvents {
  /** In place of the answer, to a client that asked without a callback. */
  'pumps:snapshot': (snapshot: PumpsSnapshot) => void;
  'pump:state': (news: PumpStateNews) => void;
  'pump:removed': (news: PumpRemovedNews) => void;
  'unit:state': (news: UnitStateNews) => void;
  'dose:progress': (news: DoseProgressNews) => void;
  'dose:settled': (news: DoseSettledNews) => void;
  event: (news: EventNews) => void;
  'live:closed': (news: { readonly reason: LiveClosing }) => void;
}

/** Browser to server. */
export interface ClientToServerEvents {
  /** Answered with a snapshot; from then on deltas follow. Asking again starts anew. */
  'subscribe:pumps': (answer: (result: SubscribeAnswer<PumpsSnapshot>) => void) => void;
  'unsubscribe:pumps': () => void;
}

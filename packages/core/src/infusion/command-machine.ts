/** A command's way, in the order in which it is told to people. */
export const COMMAND_STATES = [
  'created',
  'published',
  'received',
  'accepted',
  'rejected',
  'executing',
  'done',
  'failed',
  'unanswered',
  'expired',
  'cancelled',
] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** Nothing that comes later changes these. `failed`: it surely had no effect. */
export const FINAL_COMMAND_STATES = ['rejected', 'done', 'failed', 'expired', 'cancelled'] as const;

/** What a device tells of a command, on its topic `ack`. */
export const ACK_STAGES = ['received', 'accepted', 'rejected', 'executing', 'done', 'failed'] as const;
export type AckStage = (typeof ACK_STAGES)[number];

export type CommandInput = 'published' | 'never-sent' | 'no-answer' | 'cancelled' | AckStage;

type Transitions = Readonly<Partial<Record<CommandInput, CommandState>>>;

const DECISIONS: Transitions = {
  accepted: 'accepted',
  rejected: 'rejected',
  executing: 'executing',
  done: 'done',
  failed: 'failed',
};
/** Of a command that the device may have. */
const SENT: Transitions = { ...DECISIONS, 'no-answer': 'unanswered', cancelled: 'cancelled' };

const TRANSITIONS: Readonly<Record<CommandState, Transitions>> = {
  // A device may be faster than the broker's acknowledgement to us.
  created: { ...SENT, published: 'published', received: 'received', 'never-sent': 'expired' },
  published: { ...SENT, received: 'received' },
  received: SENT,
  accepted: { executing: 'executing', done: 'done', failed: 'failed', 'no-answer': 'unanswered' },
  executing: { done: 'done', failed: 'failed', 'no-answer': 'unanswered' },
  // A late answer is an answer.
  unanswered: { ...DECISIONS, cancelled: 'cancelled' },
  rejected: {},
  done: {},
  failed: {},
  expired: {},
  cancelled: {},
};

/** The next state, or null where the input means nothing to this one. States only go on, never back. */
export function nextCommandState(state: CommandState, input: CommandInput): CommandState | null {
  const next = TRANSITIONS[state][input] ?? null;
  return next === state ? null : next;
}

export const isFinalCommand = (state: CommandState): boolean =>
  (FINAL_COMMAND_STATES as readonly CommandState[]).includes(state);

/** How long each step of a command may take, ms. */
export const COMMAND_TIMES = {
  /** Until the broker has it. */
  publishedMs: 2_000,
  /** Until the device has it, each time it is sent: once and two more times under the same id. */
  receivedMs: 5_000,
  sendings: 3,
  /** Until a person at the device has accepted a start; a setting within {@link ACCEPT_WITHIN_MS}. */
  acceptedMs: 30_000,
  /** Until a stop is proven; after that an alarm stands until it is. */
  stopProvenMs: 3_000,
} as const;

/** Least and most of what people may wait for an accept, ms. */
export const ACCEPT_WITHIN_MS = [10_000, 300_000] as const;

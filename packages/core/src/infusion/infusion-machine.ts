/** Somebody may still have to do with it. */
export const OPEN_INFUSION_STATES = ['requested', 'awaiting_confirmation', 'running', 'paused', 'unanswered'] as const;
export const INFUSION_ENDS = ['completed', 'stopped', 'rejected', 'interrupted', 'cancelled'] as const;

export type OpenInfusionState = (typeof OPEN_INFUSION_STATES)[number];
export type InfusionEnd = (typeof INFUSION_ENDS)[number];
/** `unanswered`: nobody knows whether the device began. It is not an end. */
export type InfusionState = OpenInfusionState | InfusionEnd;

/** What becomes known about an infusion. */
export type InfusionInput =
  | { readonly kind: 'published' }
  /** It surely never reached the device. */
  | { readonly kind: 'never-sent' }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'no-answer' }
  /** By an operator, while the device has not confirmed. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'stopped' }
  /** The device came back idle and does not know how it went. */
  | { readonly kind: 'lost' }
  /** The device came back idle and never began. */
  | { readonly kind: 'never-begun' };

export type InfusionInputKind = InfusionInput['kind'];

type Transitions = Readonly<Partial<Record<InfusionInputKind, InfusionState>>>;

const ON_THE_WAY: Transitions = {
  confirmed: 'running',
  rejected: 'rejected',
  'no-answer': 'unanswered',
  cancelled: 'cancelled',
  // A device that tells how it went has begun, whether its confirmation came or not.
  completed: 'completed',
  stopped: 'stopped',
  lost: 'interrupted',
  'never-begun': 'cancelled',
};

const UNDER_WAY: Transitions = { completed: 'completed', stopped: 'stopped', lost: 'interrupted' };

/** Every transition there is. What is not here changes nothing. */
const TRANSITIONS: Readonly<Record<InfusionState, Transitions>> = {
  requested: { ...ON_THE_WAY, published: 'awaiting_confirmation', 'never-sent': 'cancelled' },
  awaiting_confirmation: ON_THE_WAY,
  unanswered: ON_THE_WAY,
  running: { ...UNDER_WAY, paused: 'paused' },
  paused: { ...UNDER_WAY, resumed: 'running' },
  completed: {},
  stopped: {},
  rejected: {},
  interrupted: {},
  cancelled: {},
};

/** The next state, or null where the input means nothing to this one (a repetition, or news that came too late). */
export function nextInfusionState(state: InfusionState, input: InfusionInputKind): InfusionState | null {
  const next = TRANSITIONS[state][input] ?? null;
  return next === state ? null : next;
}

export const isOpenInfusion = (state: InfusionState): state is OpenInfusionState =>
  (OPEN_INFUSION_STATES as readonly InfusionState[]).includes(state);

/** The device is known to hold it: it turns, or would turn on at a RESUME. */
export const isUnderWay = (state: InfusionState): boolean => state === 'running' || state === 'paused';

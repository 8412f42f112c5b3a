import type { Device, Infusion } from '@perista/protocol/api';

/** What became of a start, as far as the server knows. */
export type StartOutcome =
  | { readonly kind: 'running'; readonly infusion: Infusion }
  /** The device said no. */
  | { readonly kind: 'rejected'; readonly infusion: Infusion }
  /** Nobody knows; a confirmation may still come. */
  | { readonly kind: 'unanswered'; readonly infusion: Infusion }
  /** Called off, here or elsewhere, or never sent. */
  | { readonly kind: 'cancelled'; readonly infusion: Infusion }
  /** It began and is over already. */
  | { readonly kind: 'over'; readonly infusion: Infusion };

const OUTCOMES: Readonly<Record<Infusion['state'], StartOutcome['kind'] | null>> = {
  requested: null,
  awaiting_confirmation: null,
  running: 'running',
  paused: 'running',
  unanswered: 'unanswered',
  rejected: 'rejected',
  cancelled: 'cancelled',
  completed: 'over',
  stopped: 'over',
  interrupted: 'over',
};

/** Null while it is waited for. Only the infusion of this very command counts: another one says nothing about it. */
export function startOutcome(device: Device | null, commandId: string): StartOutcome | null {
  const infusion = device?.infusion;
  if (infusion == null || infusion.commandId !== commandId) return null;
  const kind = OUTCOMES[infusion.state];
  return kind === null ? null : { kind, infusion };
}

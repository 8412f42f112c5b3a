import { type InfusionState, isOpenInfusion, isUnderWay } from './infusion-machine.ts';

/** The infusion that the server last had for a device, and what it believed of it. */
export interface ServerView {
  readonly infusionId: string;
  readonly state: InfusionState;
}

/** What a device tells of itself when it comes back. */
export interface DeviceView {
  /** What it runs or holds paused; null: it is idle. */
  readonly activeInfusionId: string | null;
  readonly isPaused: boolean;
  /** The result of the server's infusion, where the device knows it. */
  readonly result: { readonly infusionId: string; readonly end: 'completed' | 'stopped' } | null;
  /** It has started anew since the server last heard of it. */
  readonly hasRebooted: boolean;
}

/**
 * What follows once server and device see each other again. `backfill`: samples were missed. `alarm`: somebody has to look.
 */
export type Reconciliation =
  | { readonly kind: 'in-step' }
  | { readonly kind: 'continue'; readonly infusionId: string; readonly isPaused: boolean }
  | { readonly kind: 'close'; readonly infusionId: string; readonly end: 'completed' | 'stopped' }
  /** At least what was last told was given; nobody knows how much more. */
  | { readonly kind: 'interrupted'; readonly infusionId: string }
  /** It may still begin: the command waits at the device, or in the broker. */
  | { readonly kind: 'wait'; readonly infusionId: string }
  | { readonly kind: 'late'; readonly infusionId: string; readonly isPaused: boolean }
  /** Begun at the device itself. */
  | { readonly kind: 'adopt'; readonly infusionId: string; readonly isPaused: boolean }
  /** It runs what the server had ended: STOP, and an alarm until that is proven. */
  | { readonly kind: 'stop'; readonly infusionId: string };

/**
 * The matrix of what server and device believe. The server's own last infusion comes first: a device that runs another
 * one has ended it, by itself or by a person. `server` is null where there never was one.
 */
export function reconcile(server: ServerView | null, device: DeviceView): Reconciliation[] {
  const { activeInfusionId: active, isPaused } = device;
  if (server !== null && active === server.infusionId) return [same(server, isPaused)];
  const own = server === null ? [] : gone(server, device);
  if (active !== null) return [...own, { kind: 'adopt', infusionId: active, isPaused }];
  return own.length === 0 ? [{ kind: 'in-step' }] : own;
}

/** The device runs what the server asked for. */
function same({ infusionId, state }: ServerView, isPaused: boolean): Reconciliation {
  if (isUnderWay(state)) return { kind: 'continue', infusionId, isPaused };
  if (isOpenInfusion(state)) return { kind: 'late', infusionId, isPaused };
  return { kind: 'stop', infusionId };
}

/** The device does not run what the server asked for. */
function gone(
  { infusionId, state }: ServerView,
  { result, hasRebooted, activeInfusionId }: DeviceView,
): Reconciliation[] {
  const isKnown = result !== null && result.infusionId === infusionId;
  if (!isOpenInfusion(state)) return [];
  if (isKnown) return [{ kind: 'close', infusionId, end: result.end }];
  // One that was never confirmed may have begun all the same, and ended with the device's memory.
  if (isUnderWay(state) || hasRebooted || activeInfusionId !== null) return [{ kind: 'interrupted', infusionId }];
  return [{ kind: 'wait', infusionId }];
}

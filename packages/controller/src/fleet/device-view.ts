import type { DeviceView } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';

type Status = MessageOf<'status'>['body'];

/** What a device told of itself in words of one dialect: what runs, apart from the result and the starts it counted. */
export type Running =
  | { readonly kind: 'idle'; readonly end: 'completed' | 'stopped' | null }
  | { readonly kind: 'active'; readonly infusionId: string; readonly isPaused: boolean }
  /** Something runs; a plain device, or one that was started by hand, does not name it. */
  | { readonly kind: 'unnamed'; readonly isPaused: boolean }
  /** It told of other things. */
  | { readonly kind: 'silent' };

const IDLE_WORDS = new Set(['idle', 'completed', 'stopped']);
const RUNNING_WORDS = new Set(['running', 'paused']);

/** A device that tells this takes a start. */
const READY_WORDS = new Set(['online', 'idle', 'completed', 'stopped']);

export function runningOf({ status, activeInfusionId }: Status): Running {
  // A last will is from before, whatever else it says.
  if (status === 'offline') return { kind: 'silent' };
  const isPaused = status === 'paused';
  if (activeInfusionId) return { kind: 'active', infusionId: activeInfusionId, isPaused };
  if (status !== undefined && RUNNING_WORDS.has(status)) return { kind: 'unnamed', isPaused };
  const isIdle = activeInfusionId === null || (status !== undefined && IDLE_WORDS.has(status));
  if (!isIdle) return { kind: 'silent' };
  return { kind: 'idle', end: status === 'completed' || status === 'stopped' ? status : null };
}

/** Whether a device that told this can be started. */
export const isReady = (status: Status): boolean =>
  !status.activeInfusionId && status.status !== undefined && READY_WORDS.has(status.status);

/** How an infusion of the server looks from the device; `result` if the device knows how it ended. */
export function viewOf(
  running: Extract<Running, { kind: 'idle' | 'active' }>,
  result: DeviceView['result'],
  hasRebooted: boolean,
): DeviceView {
  const isActive = running.kind === 'active';
  return {
    activeInfusionId: isActive ? running.infusionId : null,
    isPaused: isActive && running.isPaused,
    result,
    hasRebooted,
  };
}

import type { InfusionRequest, InfusionStarted } from '@perista/protocol/api';

/** A start under its key, and the answer to it where there was one. It outlives a reload, so that it is not sent twice. */
export interface PendingStart {
  readonly key: string;
  readonly request: InfusionRequest;
  readonly started: InfusionStarted | null;
}

const storageKey = (deviceId: string) => `perista.start.${deviceId}`;

export function loadPendingStart(deviceId: string): PendingStart | null {
  const text = sessionStorage.getItem(storageKey(deviceId));
  return text === null ? null : (JSON.parse(text) as PendingStart);
}

export function savePendingStart(deviceId: string, start: PendingStart): void {
  sessionStorage.setItem(storageKey(deviceId), JSON.stringify(start));
}

export function forgetPendingStart(deviceId: string): void {
  sessionStorage.removeItem(storageKey(deviceId));
}

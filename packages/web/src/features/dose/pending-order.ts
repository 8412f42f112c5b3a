import type { DoseRequest } from '@perista/protocol/api';

/** An order that was sent and has no answer yet. It outlives a reload, so that its fate can be asked for. */
export interface PendingOrder {
  readonly key: string;
  readonly request: DoseRequest;
}

const storageKey = (pumpId: string) => `perista.order.${pumpId}`;

export function loadPendingOrder(pumpId: string): PendingOrder | null {
  const text = sessionStorage.getItem(storageKey(pumpId));
  return text === null ? null : (JSON.parse(text) as PendingOrder);
}

export function savePendingOrder(pumpId: string, order: PendingOrder): void {
  sessionStorage.setItem(storageKey(pumpId), JSON.stringify(order));
}

export function forgetPendingOrder(pumpId: string): void {
  sessionStorage.removeItem(storageKey(pumpId));
}

/** Random enough that no two orders ever share it; also where the page has no secure context. */
export function newOrderKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

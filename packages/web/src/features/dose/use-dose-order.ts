import { doseIdFromKey } from '@perista/core';
import type { Dose, DoseAccepted, DoseRequest } from '@perista/protocol/api';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem, isProblem, request } from '../../api/client.ts';
import { invalidate } from '../../api/queries.ts';
import { useMe } from '../../app/session-context.tsx';
import {
  forgetPendingOrder,
  loadPendingOrder,
  newOrderKey,
  type PendingOrder,
  savePendingOrder,
} from './pending-order.ts';

/** How an order stands. */
export type OrderState =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending'; readonly order: PendingOrder }
  | { readonly kind: 'accepted'; readonly volumeMl: number; readonly doseId: string }
  | { readonly kind: 'refused'; readonly problem: ApiProblem }
  /** No answer came: it may have arrived or not, and is being asked for. */
  | { readonly kind: 'unknown'; readonly order: PendingOrder }
  /** The server does not know it: nothing was given. The next order takes its key, should it arrive after all. */
  | { readonly kind: 'not-arrived'; readonly order: PendingOrder };

/** Sends an order under its key to where it is taken; resolves to the id of its dose. */
export type PostOrder = (order: PendingOrder) => Promise<string>;

const ASK_EVERY_MS = 2_000;
/** An order that was taken for lost has arrived after all: what became of it has to be asked. */
const KEY_USED = 'E407';

/**
 * Sends orders of one pump, one at a time. However often it is pressed, repeated or reloaded, one order is one dose: its
 * key is kept until its answer was seen.
 */
export function useDoseOrder(pumpId: string, post: PostOrder = postTo(`/api/pumps/${pumpId}/doses`)) {
  const { key_scope: keyScope } = useMe();
  const [state, setState] = useState<OrderState>(() => {
    const order = loadPendingOrder(pumpId);
    return order === null ? { kind: 'none' } : { kind: 'unknown', order };
  });
  const isSending = useRef(false);

  const settle = useCallback(
    (next: OrderState) => {
      if (next.kind === 'accepted' || next.kind === 'refused') forgetPendingOrder(pumpId);
      setState(next);
      void invalidate('doses');
    },
    [pumpId],
  );

  const send = async (doseRequest: DoseRequest) => {
    if (isSending.current || state.kind === 'unknown') return;
    isSending.current = true;
    const order = { key: state.kind === 'not-arrived' ? state.order.key : newOrderKey(), request: doseRequest };
    savePendingOrder(pumpId, order);
    setState({ kind: 'sending', order });
    settle(await sendOrder(post, order));
    isSending.current = false;
  };

  const asked = state.kind === 'unknown' ? state.order : null;
  useEffect(() => {
    if (asked === null) return;
    const leave = new AbortController();
    const ask = async () => {
      const next = await askFor(pumpId, keyScope, asked, leave.signal);
      if (!leave.signal.aborted && next !== null) settle(next);
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => {
      leave.abort();
      clearInterval(timer);
    };
  }, [asked, pumpId, settle, keyScope]);

  /** What was told is told; an order that may still arrive keeps its key until another takes it. */
  const forget = () => {
    if (state.kind === 'accepted' || state.kind === 'refused') setState({ kind: 'none' });
  };

  return { state, send, forget };
}

const postTo =
  (path: string): PostOrder =>
  async ({ request: body, key }) =>
    (await request<DoseAccepted>('POST', path, { body, key })).dose_id;

async function sendOrder(post: PostOrder, order: PendingOrder): Promise<OrderState> {
  try {
    return { kind: 'accepted', volumeMl: order.request.volume_ml, doseId: await post(order) };
  } catch (error) {
    const isAnswer = error instanceof ApiProblem && !isProblem(error, KEY_USED);
    return isAnswer ? { kind: 'refused', problem: error } : { kind: 'unknown', order };
  }
}

/** Looks the order up in the ledger; null while nobody answers. */
async function askFor(
  pumpId: string,
  keyScope: string,
  order: PendingOrder,
  signal: AbortSignal,
): Promise<OrderState | null> {
  try {
    const doseId = doseIdFromKey({ actor: keyScope, pumpId, key: order.key });
    const dose = await request<Dose>('GET', `/api/doses/${doseId}`, { signal });
    return { kind: 'accepted', volumeMl: dose.requested_ml, doseId };
  } catch (error) {
    return isProblem(error, 'E404') ? { kind: 'not-arrived', order } : null;
  }
}

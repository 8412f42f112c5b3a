import { LONGEST_ON_MS } from './relay-bank.ts';

/** What the guard says first: how many relays it holds, all off, or why it holds none. */
export type Greeting =
  | { readonly kind: 'armed'; readonly channels: number }
  | { readonly kind: 'refused'; readonly why: string };

export interface RelayOrder {
  readonly channel: number | null;
  readonly forMs: number;
}

/** Longest line that makes sense, in characters: a sentence. */
export const LONGEST_LINE = 1_000;

export const encodeGreeting = (greeting: Greeting): string =>
  greeting.kind === 'armed' ? `armed ${greeting.channels}` : `refused ${greeting.why.replaceAll('\n', ' ')}`;

export function decodeGreeting(line: string): Greeting | null {
  const [, channels, why] = /^(?:armed (\d{1,2})|refused (.+))$/.exec(line) ?? [];
  if (channels !== undefined) return { kind: 'armed', channels: Number(channels) };
  return why === undefined ? null : { kind: 'refused', why };
}

/** `3 250.000`: channel 3 for 250 ms. `0 0`: all off. */
export const encodeOrder = ({ channel, forMs }: RelayOrder): string =>
  channel === null ? '0 0' : `${channel} ${forMs.toFixed(3)}`;

/** null: no order, and so a reason to turn all off. */
export function decodeOrder(line: string, channels: number): RelayOrder | null {
  const [, channel, ms] = /^(\d{1,2}) (\d{1,3}(?:\.\d{1,3})?)$/.exec(line) ?? [];
  if (channel === undefined || ms === undefined) return null;
  const order = { channel: Number(channel), forMs: Number(ms) };
  if (order.channel === 0) return order.forMs === 0 ? { channel: null, forMs: 0 } : null;
  return order.channel <= channels && order.forMs >= 1 && order.forMs <= LONGEST_ON_MS ? order : null;
}

/** How long a relay was on since the answer before, ms. */
export const encodeAnswer = (wasOnMs: number): string => `on ${wasOnMs.toFixed(3)}`;

export function decodeAnswer(line: string): number | null {
  const [, ms] = /^on (\d{1,15}\.\d{3})$/.exec(line) ?? [];
  return ms === undefined ? null : Number(ms);
}

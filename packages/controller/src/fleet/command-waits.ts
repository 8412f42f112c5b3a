import { COMMAND_TIMES } from '@perista/core';
import type { Dialect } from '@perista/protocol/fleet';
import type { CommandRecord } from './command-store.ts';

/** What a command waits for. */
export interface CommandWait {
  readonly ms: number;
  /** What did not come, in words, once that is over. */
  readonly missing: string;
  /** The same command may be sent once more. */
  readonly maySendAgain: boolean;
}

/** A device that gets it later than this after it was issued does not carry it out: by then nobody waits for it. */
export const TTL_MS = COMMAND_TIMES.publishedMs + COMMAND_TIMES.sendings * COMMAND_TIMES.receivedMs;

/** For what a device decides and does by itself. */
const BY_ITSELF_MS = 10_000;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/**
 * The present wait of a command; null where nothing is waited for. A stop has none: it is sent until it is proven.
 * A plain device acknowledges nothing, so the wait for `received` is left out, and nothing is sent to it twice.
 */
export function waitOf(command: CommandRecord, dialect: Dialect | null): CommandWait | null {
  if (command.command === 'STOP_INFUSION') return null;
  const { publishedMs, receivedMs, sendings } = COMMAND_TIMES;
  switch (command.state) {
    case 'created':
      return {
        ms: publishedMs,
        missing: `The broker did not take it within ${seconds(publishedMs)}`,
        maySendAgain: false,
      };
    case 'published':
      if (dialect === 'v0') return decision(command);
      return {
        ms: receivedMs,
        missing: `The device did not say that it has it, though it was sent ${command.sendings} times`,
        maySendAgain: command.sendings < sendings,
      };
    case 'received':
      return decision(command);
    case 'accepted':
    case 'executing':
      return { ms: BY_ITSELF_MS, missing: 'The device accepted it and then told nothing more', maySendAgain: false };
    default:
      return null;
  }
}

function decision({ acceptWithinMs }: CommandRecord): CommandWait {
  const ms = acceptWithinMs ?? BY_ITSELF_MS;
  const missing = acceptWithinMs === null ? 'The device did not answer' : 'Nobody accepted it at the device';
  return { ms, missing: `${missing} within ${seconds(ms)}`, maySendAgain: false };
}

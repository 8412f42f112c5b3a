import { type Clock, isPeristaError } from '@perista/core';
import type { SerialPort } from '../line/serial-port.ts';
import { encodeGreeting } from './guard-words.ts';
import { bytesOfLine } from './line-splitter.ts';
import { RelayGuard } from './relay-guard.ts';
import type { OpenRelayLines } from './relay-lines.ts';

export interface GuardOptions {
  readonly clock: Clock;
  readonly openLines: OpenRelayLines;
  /** From and to whoever doses. */
  readonly pipe: SerialPort;
  /** Resolves to the reason if the guard shall end though its pipe is there. */
  readonly stopAsked: Promise<string>;
}

/**
 * The life of a guard: takes the lines with all off, greets, obeys, and gives them back with all off. Resolves to why it ended,
 * or to why it was never armed, which it tells too. Rejects with PeristaError E110 if relays cannot be turned off.
 */
export async function guardRelays(
  options: GuardOptions,
): Promise<{ readonly kind: 'refused' | 'ended'; readonly why: string }> {
  const { clock, openLines, pipe, stopAsked } = options;
  const lines = await openLines().catch((thrown: unknown) => {
    if (isPeristaError(thrown)) return thrown;
    throw thrown;
  });
  if (isPeristaError(lines)) {
    await pipe.write(bytesOfLine(encodeGreeting({ kind: 'refused', why: lines.message })));
    return { kind: 'refused', why: lines.message };
  }
  const guard = new RelayGuard({ clock, lines, pipe });
  void stopAsked.then((reason) => guard.end(reason));
  const why = await guard.run();
  await lines.close();
  return { kind: 'ended', why };
}

import { type Clock, type Log, PeristaError, withDeadline } from '@perista/core';
import type { OpenSerialPort } from '../line/serial-port.ts';
import { GuardConversation } from './guard-conversation.ts';
import { assertRelayOrder, type RelayBank } from './relay-bank.ts';

/** A process starts within it on the slowest board that is supported, ms. */
const GREETING_LIMIT_MS = 5_000;
/** Without an answer by then the guard is given up: its relays go off at their deadline. */
const ANSWER_LIMIT_MS = 200;
/** Before a guard that could not be armed is followed by the next, ms. */
const PAUSE_MS = 1_000;

export interface GuardedRelayBankOptions {
  readonly channels: number;
  /** Starts a guard, which takes the lines with all off; the pipe is its stdin and stdout, and its end is the guard's. */
  readonly startGuard: OpenSerialPort;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Relays held by a guard. There is always a guard or the attempt to start one: where the kernel keeps lines as they were
 * driven, it is the next guard that turns off what a killed one left on.
 */
export class GuardedRelayBank implements RelayBank {
  readonly channels: number;
  readonly #options: GuardedRelayBankOptions;
  #guard: Promise<GuardConversation>;
  /** Whose count of on-time was not told to the end. */
  #counting: GuardConversation | null = null;
  #closed = false;

  constructor(options: GuardedRelayBankOptions) {
    this.#options = options;
    this.channels = options.channels;
    this.#guard = this.#start();
  }

  async set(channel: number | null, forMs: number): Promise<number> {
    assertRelayOrder(this.channels, channel, forMs);
    if (this.#closed) throw new PeristaError('E110', 'The relays were given back');
    const guard = await this.#livingGuard();
    const lost = this.#counting !== null && this.#counting !== guard;
    this.#counting = null;
    if (lost) throw new PeristaError('E110', 'The guard was lost, and with it how long a relay was on');
    try {
      const wasOnMs = await withDeadline(
        this.#options.clock,
        ANSWER_LIMIT_MS,
        guard.order({ channel, forMs }),
        tooLate,
      );
      if (channel !== null) this.#counting = guard;
      return wasOnMs;
    } catch (thrown) {
      void guard.hangUp();
      throw thrown;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const guard = await this.#guard.catch(() => null);
    await guard?.hangUp();
  }

  /** The one that holds the lines, or the next, which begins with all off. */
  async #livingGuard(): Promise<GuardConversation> {
    const guard = await this.#guard;
    if (!guard.isOver) return guard;
    await guard.ended;
    return this.#guard;
  }

  #start(): Promise<GuardConversation> {
    const { clock, log } = this.#options;
    const guard = this.#open();
    const startNext = () => {
      if (!this.#closed) this.#guard = this.#start();
    };
    guard.then(
      async ({ ended }) => {
        await ended;
        if (!this.#closed) log.error({}, 'the guard of the relays ended; the next one is started');
        startNext();
      },
      (thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        if (!this.#closed) log.error({ why }, 'the relays have no guard; it is tried again');
        clock.after(PAUSE_MS, startNext);
      },
    );
    return guard;
  }

  async #open(): Promise<GuardConversation> {
    const { startGuard, clock, channels } = this.#options;
    const conversation = new GuardConversation(await startGuard());
    try {
      const greeting = await withDeadline(clock, GREETING_LIMIT_MS, conversation.greeting, tooLate);
      if (greeting.kind === 'refused') throw new PeristaError('E110', greeting.why);
      if (greeting.channels !== channels) {
        throw new PeristaError('E110', `The guard holds ${greeting.channels} relays, not ${channels}`);
      }
      return conversation;
    } catch (thrown) {
      void conversation.hangUp();
      throw thrown;
    }
  }
}

const tooLate = () => new PeristaError('E110', 'The guard of the relays does not answer');

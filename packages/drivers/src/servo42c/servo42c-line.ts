import { type Cancel, type Claim, type Clock, Interlock, isPeristaError, type Log, sleep } from '@perista/core';
import { LineConnection } from '../line/line-connection.ts';
import type { OpenSerialPort } from '../line/serial-port.ts';
import { BOARD, type BoardRequest } from './commands.ts';
import { type Conversation, collectingConversation, concat, replyConversation } from './conversation.ts';
import { encodeRequest } from './frame.ts';
import { type ReplyExpectation, scanReply, sortStrayBytes } from './reply-scan.ts';

/** Bauds of the board's table; 25,000 is left out, because no operating system offers it. */
export const DEFAULT_BAUD = 38_400;

/** A request that may be asked again is asked twice in all. */
const ATTEMPTS = 2;
/** Silence before a request, in byte times, so that a board sees where it begins. */
const IDLE_BYTES = 2;
const BITS_PER_BYTE = 10;
/** Silence after a stop, in which its reply and that of a request it passed may come. */
const STOP_QUIET_MS = 10;
/** Silence after a reply that did not come, in which it may come late: nothing in it tells which request it answers. */
const LATE_REPLY_MS = 30;

/** A request was withdrawn because a stop for its board passed it; whether the board heard it is unknown. */
export class PassedByStop extends Error {
  override readonly name = 'PassedByStop';
}

/** What one line has seen since it was made. */
export interface LineCounters {
  readonly answered: number;
  /** Requests that got no reply, each attempt counted. */
  readonly lost: number;
  /** Replies that came when nobody waited any more. */
  readonly late: number;
  /** Bytes that fitted nothing. */
  readonly discardedBytes: number;
}

/** A request from its call to its end. */
interface Job {
  readonly address: number;
  withdrawn: boolean;
  readonly withdraw: () => void;
}

/** The request whose reply is awaited now. */
interface Exchange {
  hear(bytes: Uint8Array): void;
  fail(error: Error): void;
  end(): void;
}

/**
 * One wire with its boards. A reply does not name its question, so there is one request in flight, whichever board it is
 * for; a stop alone waits for nobody. The port is opened at the first request and again after a loss.
 */
export class Servo42cLine {
  readonly #clock: Clock;
  readonly #connection: LineConnection;
  readonly #idleGapMs: number;
  readonly #turns = new Interlock();
  readonly #jobs = new Set<Job>();
  readonly #completionListeners = new Map<number, () => void>();
  #exchange: Exchange | null = null;
  #expired: ReplyExpectation<unknown> | null = null;
  #idleBytes: Uint8Array = new Uint8Array();
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  #echoes = false;
  #counters: LineCounters = { answered: 0, lost: 0, late: 0, discardedBytes: 0 };

  constructor(parts: { open: OpenSerialPort; clock: Clock; log: Log; baud?: number }) {
    this.#clock = parts.clock;
    this.#idleGapMs = (IDLE_BYTES * BITS_PER_BYTE * 1000) / (parts.baud ?? DEFAULT_BAUD);
    this.#connection = new LineConnection({
      ...parts,
      onData: (bytes) => this.#receive(bytes),
      onLost: (error) => this.#exchange?.fail(error),
    });
  }

  get counters(): LineCounters {
    return this.#counters;
  }

  /**
   * Asks the board at `address`, in turn; what may be asked again is.
   * @throws PeristaError E101, E106, E107; PassedByStop
   */
  async request<Reply>(address: number, request: BoardRequest<Reply>): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(address, request);
      } catch (error) {
        const mayAskAgain = request.repeatable && attempt < ATTEMPTS;
        if (!mayAskAgain || !isPeristaError(error, 'E101', 'E107')) throw error;
      }
    }
  }

  /** Sends `bytes` as they are and hands back what comes within `windowMs`: for boards whose language is not known yet. */
  listenAfter(address: number, bytes: Uint8Array, windowMs: number): Promise<Uint8Array> {
    return this.#inTurn(address, bytes, () => collectingConversation(bytes, windowMs));
  }

  /**
   * Writes stop now, whoever waits or is being answered; requests for that board are withdrawn. The reply proves nothing
   * and is not waited for. @throws PeristaError E106
   */
  async stop(address: number): Promise<void> {
    for (const job of this.#jobs) if (job.address === address) job.withdraw();
    this.#keepQuiet(STOP_QUIET_MS);
    const port = await this.#connection.port(true);
    await this.#connection.write(port, encodeRequest(address, BOARD.stop()));
    this.#keepQuiet(STOP_QUIET_MS);
  }

  /** Calls back when the board says, unasked, that a pulse move has ended. It may never say so. One listener a board. */
  onCompletion(address: number, listener: () => void): void {
    this.#completionListeners.set(address, listener);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #ask<Reply>(address: number, request: BoardRequest<Reply>): Promise<Reply> {
    const bytes = encodeRequest(address, request);
    const expectation = () => ({
      address,
      form: request.reply,
      // No status byte looks like a function code, so there an echo is told for sure; elsewhere only if it was seen.
      echo: request.reply.length === 1 || this.#echoes ? bytes : null,
    });
    try {
      const reply = await this.#inTurn(address, bytes, () =>
        replyConversation(request, expectation(), {
          onEcho: () => {
            this.#echoes = true;
          },
          onStray: (strays) => this.#count('discardedBytes', this.#takeStrays(strays).length),
        }),
      );
      this.#count('answered', 1);
      return reply;
    } catch (error) {
      if (isPeristaError(error, 'E101', 'E107')) {
        this.#count('lost', 1);
        this.#expired = { ...expectation(), echo: null };
        this.#keepQuiet(LATE_REPLY_MS);
      }
      throw error;
    }
  }

  async #inTurn<Result>(address: number, bytes: Uint8Array, begin: () => Conversation<Result>): Promise<Result> {
    const claim = this.#turns.acquire('line', `board ${address}`);
    const withdrawal = Promise.withResolvers<never>();
    const job: Job = {
      address,
      withdrawn: false,
      withdraw() {
        job.withdrawn = true;
        withdrawal.reject(new PassedByStop());
        claim.abandon();
      },
    };
    this.#jobs.add(job);
    try {
      const release = await Promise.race([withdrawal.promise, claim.granted]);
      try {
        return await Promise.race([withdrawal.promise, this.#converse(job, bytes, begin)]);
      } finally {
        this.#exchange?.end();
        this.#exchange = null;
        release();
      }
    } finally {
      this.#jobs.delete(job);
      if (job.withdrawn) releaseIfGranted(claim);
    }
  }

  /** Lost its turn once `job` was withdrawn: then it must write nothing any more. */
  async #converse<Result>(job: Job, bytes: Uint8Array, begin: () => Conversation<Result>): Promise<Result> {
    const port = await this.#connection.port(false);
    await this.#untilQuiet();
    if (job.withdrawn) throw new PassedByStop();
    this.#sortIdleBytes();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const conversation = begin();
    let cancelLimit: Cancel = () => {};
    this.#exchange = {
      hear(piece) {
        const outcome = conversation.hear(piece);
        if (outcome !== null) resolve(outcome.result);
      },
      fail: reject,
      end: () => cancelLimit(),
    };
    promise.catch(() => {});
    await this.#connection.write(port, bytes);
    this.#keepQuiet(this.#idleGapMs);
    if (job.withdrawn) throw new PassedByStop();
    cancelLimit = this.#clock.after(conversation.limitMs, () => {
      try {
        resolve(conversation.silence());
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  #receive(bytes: Uint8Array): void {
    this.#keepQuiet(this.#idleGapMs);
    if (this.#exchange !== null) this.#exchange.hear(bytes);
    else this.#idleBytes = this.#takeStrays(this.#dropLateReply(concat(this.#idleBytes, bytes)));
  }

  /** Before a request: nothing that came earlier may be taken for its reply. */
  #sortIdleBytes(): void {
    this.#count('discardedBytes', this.#idleBytes.length);
    this.#idleBytes = new Uint8Array();
    this.#expired = null;
  }

  #dropLateReply(bytes: Uint8Array): Uint8Array {
    if (this.#expired === null) return bytes;
    const scan = scanReply(bytes, this.#expired);
    if (scan.reply === undefined) return bytes;
    this.#expired = null;
    this.#count('late', 1);
    return concat(scan.discarded, bytes.slice(scan.used));
  }

  /** Tells completions on and counts the rest; the unfinished end is handed back. */
  #takeStrays(bytes: Uint8Array): Uint8Array {
    const strays = sortStrayBytes(bytes);
    this.#count('late', strays.lateReplies);
    this.#count('discardedBytes', strays.noiseBytes);
    for (const address of strays.completions) this.#completionListeners.get(address)?.();
    return strays.unfinished;
  }

  #keepQuiet(forMs: number): void {
    this.#quietUntilMs = Math.max(this.#quietUntilMs, this.#clock.monotonicMs() + forMs);
  }

  async #untilQuiet(): Promise<void> {
    for (;;) {
      const leftMs = this.#quietUntilMs - this.#clock.monotonicMs();
      if (leftMs <= 0) return;
      await sleep(this.#clock, leftMs);
    }
  }

  #count(counter: keyof LineCounters, by: number): void {
    this.#counters = { ...this.#counters, [counter]: this.#counters[counter] + by };
  }
}

/** A claim that was granted in the same instant in which its job was withdrawn still holds the line. */
function releaseIfGranted(claim: Claim): void {
  claim.granted.then(
    (release) => release(),
    () => {},
  );
}

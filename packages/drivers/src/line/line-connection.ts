import { type Clock, isPeristaError, type Log, PeristaError, withDeadline } from '@perista/core';
import type { OpenSerialPort, SerialPort } from './serial-port.ts';

/** Pauses between attempts to open a lost line, ms: the first, doubled each time, up to the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** An operating system that has not taken a few bytes by then has lost the device. */
const WRITE_LIMIT_MS = 1000;

/** A serial port that is opened when it is needed, and again after it was lost. */
export class LineConnection {
  readonly #open: OpenSerialPort;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onData: (bytes: Uint8Array) => void;
  readonly #onLost: (error: PeristaError) => void;
  #port: SerialPort | null = null;
  #opening: Promise<SerialPort> | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #nextAttemptMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(parts: {
    open: OpenSerialPort;
    clock: Clock;
    log: Log;
    onData: (bytes: Uint8Array) => void;
    onLost: (error: PeristaError) => void;
  }) {
    this.#open = parts.open;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#onData = parts.onData;
    this.#onLost = parts.onLost;
  }

  /**
   * The open port, opened now if need be. An `urgent` caller does not wait for the pause between attempts.
   * @throws PeristaError E106
   */
  async port(urgent: boolean): Promise<SerialPort> {
    if (this.#closed) throw closedError();
    if (this.#port !== null) return this.#port;
    const pauseMs = this.#nextAttemptMs - this.#clock.monotonicMs();
    if (this.#opening === null && pauseMs > 0 && !urgent) {
      throw new PeristaError('E106', `The serial line is lost; it is tried again in ${Math.ceil(pauseMs)} ms`);
    }
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** @throws PeristaError E106; the port is lost then */
  async write(port: SerialPort, bytes: Uint8Array): Promise<void> {
    try {
      await withDeadline(this.#clock, WRITE_LIMIT_MS, port.write(bytes), () =>
        unusable(`it took no bytes for ${WRITE_LIMIT_MS} ms`),
      );
    } catch (cause) {
      this.#lose(port, asLineError(cause));
      throw asLineError(cause);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const port = this.#port;
    if (port === null) return;
    this.#lose(port, closedError());
  }

  async #connect(): Promise<SerialPort> {
    try {
      const port = await this.#open();
      if (this.#closed) {
        await port.close();
        throw closedError();
      }
      this.#port = port;
      this.#pauseMs = FIRST_PAUSE_MS;
      port.onData((bytes) => {
        if (this.#port === port) this.#onData(bytes);
      });
      port.onClose(() => this.#lose(port, unusable('it was lost')));
      return port;
    } catch (cause) {
      this.#nextAttemptMs = this.#clock.monotonicMs() + this.#pauseMs;
      this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
      throw asLineError(cause);
    }
  }

  /** Once for each port, whoever notices first. */
  #lose(port: SerialPort, error: PeristaError): void {
    if (this.#port !== port) return;
    this.#port = null;
    this.#nextAttemptMs = this.#clock.monotonicMs() + this.#pauseMs;
    if (!this.#closed) this.#log.warn({ code: error.code }, error.message);
    this.#onLost(error);
    port
      .close()
      .catch((cause) => this.#log.debug({ cause: String(cause) }, 'a lost serial port did not close cleanly'));
  }
}

const unusable = (why: string, cause?: unknown) =>
  new PeristaError('E106', `The serial line cannot be used: ${why}`, { cause });

const closedError = () => unusable('it was closed');

const asLineError = (thrown: unknown): PeristaError =>
  isPeristaError(thrown) ? thrown : unusable(thrown instanceof Error ? thrown.message : String(thrown), thrown);

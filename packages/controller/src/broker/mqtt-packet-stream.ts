import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Packet, type Parser, parser } from 'mqtt-packet';
import { LIMITS } from './broker-limits.ts';

/** What looks at a client's packets, and says why the client has to go, or null. */
export interface Watcher {
  weigh(bytes: number): string | null;
  look(packet: Packet): string | null;
}

/** The parser knows the length of a packet as soon as its head is there; its types do not say so. */
type PeekingParser = Parser & { readonly packet?: { readonly length?: number } };

/**
 * A client's connection, of which only those bytes go on whose packets were looked at. A client that is sent away is cut
 * off: nothing of it goes on any more.
 */
export class MqttPacketStream extends Duplex {
  readonly #socket: Socket;
  readonly #watcher: Watcher;
  readonly #parser: PeekingParser = parser();
  #trouble: string | null = null;

  constructor(socket: Socket, watcher: Watcher) {
    // Twice the queue: it is for the broker to notice a client that takes nothing, before a write has to wait.
    super({ allowHalfOpen: false, writableHighWaterMark: 2 * LIMITS.queueBytes });
    this.#socket = socket;
    this.#watcher = watcher;
    this.#parser.on('packet', (packet) => {
      this.#trouble ??= watcher.look(packet);
    });
    this.#parser.on('error', (error: Error) => {
      this.#trouble ??= `it does not speak MQTT: ${error.message}`;
    });
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(bytes, done);
  }

  /** One packet is written in pieces; they leave together, and what many are told is not copied for each. */
  override _writev(pieces: { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.cork();
    for (const [index, { chunk }] of pieces.entries()) {
      if (index === pieces.length - 1) this.#socket.write(chunk, done);
      else this.#socket.write(chunk);
    }
    this.#socket.uncork();
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #take(bytes: Buffer): void {
    this.#trouble ??= this.#watcher.weigh(bytes.length);
    if (this.#trouble === null) {
      this.#parser.parse(bytes);
      if ((this.#parser.packet?.length ?? 0) > LIMITS.packetBytes) {
        this.#trouble ??= `its packet has more than ${LIMITS.packetBytes} bytes`;
      }
    }
    if (this.#trouble !== null) this.destroy(new Error(this.#trouble));
    else if (!this.push(bytes)) this.#socket.pause();
  }
}

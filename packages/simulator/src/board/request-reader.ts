/** A whole request, its checksum proven where the firmware has one. */
export interface Request {
  readonly address: number;
  readonly op: number;
  readonly data: readonly number[];
}

/** How long requests are, in the eyes of one firmware. */
export interface RequestShape {
  readonly checksum: boolean;
  /** Data bytes of an operation; undefined: unknown to this firmware. */
  dataBytes(op: number): number | undefined;
}

const FIRST_ADDRESS = 0xe0;
const LAST_ADDRESS = 0xe9;

/**
 * Cuts the bytes that a board hears into requests, also those for its neighbours on the line. What cannot begin a frame is
 * skipped byte by byte; a beginning that is not carried on within `gapMs` is forgotten.
 */
export class RequestReader {
  readonly #shape: RequestShape;
  readonly #gapMs: number;
  #heard: number[] = [];
  #heardAtMs = Number.NEGATIVE_INFINITY;

  constructor(shape: RequestShape, gapMs: number) {
    this.#shape = shape;
    this.#gapMs = gapMs;
  }

  read(bytes: Iterable<number>, nowMs: number): Request[] {
    if (nowMs - this.#heardAtMs > this.#gapMs) this.#heard = [];
    this.#heardAtMs = nowMs;
    for (const byte of bytes) this.#heard.push(byte);
    const requests: Request[] = [];
    let at = 0;
    while (at < this.#heard.length) {
      const length = this.#frameLength(at);
      if (length === 'unfinished') break;
      const request = length === 'none' ? undefined : this.#request(at, length);
      if (request !== undefined) requests.push(request);
      at += request === undefined || length === 'none' ? 1 : length;
    }
    this.#heard = this.#heard.slice(at);
    return requests;
  }

  forget(): void {
    this.#heard = [];
  }

  #frameLength(at: number): number | 'none' | 'unfinished' {
    const address = this.#heard[at] ?? 0;
    if (address < FIRST_ADDRESS || address > LAST_ADDRESS) return 'none';
    const op = this.#heard[at + 1];
    if (op === undefined) return 'unfinished';
    const dataBytes = this.#shape.dataBytes(op);
    if (dataBytes === undefined) return 'none';
    const length = 2 + dataBytes + (this.#shape.checksum ? 1 : 0);
    return at + length > this.#heard.length ? 'unfinished' : length;
  }

  #request(at: number, length: number): Request | undefined {
    const frame = this.#heard.slice(at, at + length);
    if (this.#shape.checksum ? frame.pop() !== lowByteOfSum(frame) : this.#hasTail(at + length)) return undefined;
    const [address = 0, op = 0, ...data] = frame;
    return { address, op, data };
  }

  /** A firmware without checksums is silent to requests that have one: it takes the byte more for a broken frame. */
  #hasTail(at: number): boolean {
    const next = this.#heard[at];
    return next !== undefined && (next < FIRST_ADDRESS || next > LAST_ADDRESS);
  }
}

/** The board's checksum: low byte of the sum of all bytes before it (manual part 4). */
export function lowByteOfSum(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return sum & 0xff;
}

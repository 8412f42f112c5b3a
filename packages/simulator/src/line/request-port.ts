import type { ByteLine } from './tcp-line.ts';

/** Longer than any request. */
const LONGEST_REQUEST = 16;

/** A byte pipe on which each line is a request; `answer` gives the line that answers it, or null for silence. */
export class RequestPort implements ByteLine {
  readonly #answer: (request: string) => string | null;
  #rest = '';
  #tell: (bytes: Uint8Array) => void = () => {};

  constructor(answer: (request: string) => string | null) {
    this.#answer = answer;
  }

  onData(tell: (bytes: Uint8Array) => void): void {
    this.#tell = tell;
  }

  startOver(): void {
    this.#rest = '';
  }

  write(bytes: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(bytes).toString('latin1')).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_REQUEST);
    for (const line of lines) {
      const answer = this.#answer(line);
      if (answer !== null) this.#tell(Buffer.from(`${answer}\n`));
    }
  }
}

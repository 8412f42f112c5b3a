import { LONGEST_LINE } from './guard-words.ts';

/** ASCII lines out of bytes in any pieces. */
export class LineSplitter {
  #rest = '';

  /** The lines that `bytes` complete; null once something came that is no line. */
  take(bytes: Uint8Array): string[] | null {
    this.#rest += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    const isText = [...lines, this.#rest].every((line) => line.length <= LONGEST_LINE && /^[\x20-\x7e]*$/.test(line));
    return isText ? lines : null;
  }
}

export const bytesOfLine = (line: string): Uint8Array => Buffer.from(`${line}\n`, 'latin1');

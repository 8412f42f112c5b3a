import { LONGEST_LINE } from './guard-words.ts';

const latin1 = new TextDecoder('latin1');

/** ASCII lines out of bytes in any pieces. */
export class LineSplitter {
  #rest = '';

  /** The lines that `bytes` complete; null once something came that is no line. */
  take(bytes: Uint8Array): string[] | null {
    this.#rest += latin1.decode(bytes);
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    const isText = [...lines, this.#rest].every((line) => line.length <= LONGEST_LINE && /^[\x20-\x7e]*$/.test(line));
    return isText ? lines : null;
  }
}

export const bytesOfLine = (line: string): Uint8Array => Uint8Array.from(`${line}\n`, (sign) => sign.charCodeAt(0));

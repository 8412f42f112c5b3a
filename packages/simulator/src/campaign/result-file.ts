import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { LifeLine } from './result.ts';

/** Results of a campaign, one life a line, so that a campaign which was broken off goes on where it was. */
export class ResultFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Lives that stand in the file; a last line that was cut off is left out. */
  read(): LifeLine[] {
    if (!existsSync(this.#path)) return [];
    return readFileSync(this.#path, 'utf8').split('\n').flatMap(parseLine);
  }

  add(life: LifeLine): void {
    appendFileSync(this.#path, `${JSON.stringify(life)}\n`);
  }
}

function parseLine(line: string): LifeLine[] {
  try {
    return [JSON.parse(line) as LifeLine];
  } catch {
    return [];
  }
}

import { createInterface } from 'node:readline';
import type { DeviceHappening } from '@perista/simulator/infusion-device';
import { inWords } from './device-words.ts';

const CLEAR_LINE = '\r\u001b[K';
/** Progress is worth a line each so many percent. */
const PROGRESS_STEP = 10;

/** Terminal or pipe beside one device: lines in, lines out. */
export class DeviceScreen {
  readonly #lines;
  readonly #isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  readonly #isVerbose: boolean;
  #toldStep = 0;
  #toldStatus: string | undefined;
  /** Whoever typed sees what comes of it. */
  #isTyping = false;
  /** Ctrl-C, which a terminal hands over as a key. */
  #isInterrupted = false;

  constructor(deviceId: string, { isVerbose }: { isVerbose: boolean }) {
    this.#isVerbose = isVerbose;
    this.#lines = createInterface({
      input: process.stdin,
      prompt: `${deviceId}> `,
      ...(this.#isTerminal && { output: process.stdout }),
    });
    this.#lines.on('SIGINT', () => {
      this.#isInterrupted = true;
      this.#lines.close();
    });
    // Whoever reads us may go away first.
    process.stdout.on('error', () => {});
  }

  say(words: string): void {
    process.stdout.write(`${this.#isTerminal ? CLEAR_LINE : ''}${words}\n`);
    if (this.#isTerminal) this.#lines.prompt(true);
  }

  show(happening: DeviceHappening): void {
    if (happening.kind !== 'told') this.say(inWords(happening));
    else if (this.#isVerbose) this.say(`told ${happening.name} ${JSON.stringify(happening.body)}`);
    else if (this.#isTyping || this.#isWorthALine(happening)) this.say(inWords(happening));
  }

  /** Hands over each line that is typed until `act` says that it is enough, or nobody can type any more. */
  async read(act: (line: string) => boolean): Promise<'enough' | 'end'> {
    if (this.#isTerminal) this.#lines.prompt();
    for await (const line of this.#lines) {
      this.#isTyping = true;
      const isGoingOn = act(line);
      this.#isTyping = false;
      if (!isGoingOn) return 'enough';
      if (this.#isTerminal) this.#lines.prompt();
    }
    return this.#isInterrupted ? 'enough' : 'end';
  }

  close(): void {
    this.#lines.close();
    if (this.#isTerminal) process.stdout.write(CLEAR_LINE);
  }

  /** What comes each second is not, unless something is new about it. */
  #isWorthALine({ name, body }: Extract<DeviceHappening, { kind: 'told' }>): boolean {
    const { status, progressPercent } = body as { status?: string; progressPercent?: number };
    switch (name) {
      case 'status': {
        const isNew = status !== this.#toldStatus;
        this.#toldStatus = status;
        return isNew;
      }
      case 'progress': {
        const step = progressPercent === undefined ? 0 : Math.floor(progressPercent / PROGRESS_STEP);
        const isNew = step !== this.#toldStep;
        this.#toldStep = step;
        return isNew;
      }
      case 'ack':
      case 'actions':
        return false;
      default:
        return true;
    }
  }
}

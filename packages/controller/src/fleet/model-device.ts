import type { AckStage } from '@perista/core';
import type { CommandMessage, UpTopicName } from '@perista/protocol/fleet';

interface Answer {
  readonly stage: AckStage;
  readonly infusionId: string | null;
  readonly confirmation?: object;
}

export interface Up {
  readonly name: UpTopicName;
  readonly body: object;
  readonly header: { readonly boot: number; readonly seq: number };
}

/**
 * A device that keeps to the rules and no more: it begins what a person accepts, answers the same command the same, and
 * forgets what it runs when its power is cut. It counts how often it truly began each infusion. For tests.
 */
export class ModelDevice {
  /** How often each infusion truly began. */
  readonly begun = new Map<string, number>();
  /** How much was truly given of those that came to an end that the device knows, ml. */
  readonly given = new Map<string, number>();
  active: { readonly infusionId: string; readonly isPaused: boolean } | null = null;
  /** What it told and the broker has not handed over yet. */
  readonly out: Up[] = [];
  #prompt: CommandMessage | null = null;
  #result: { infusionId: string; end: 'completed' | 'stopped'; deliveredVolumeMl: number } | null = null;
  readonly #answers = new Map<string, Answer>();
  readonly #over = new Set<string>();
  #boot = 1;
  #seq = 0;
  #own = 0;

  take(message: CommandMessage): void {
    const { commandId, payload } = message;
    const before = this.#answers.get(commandId);
    if (before !== undefined) {
      this.#tell('ack', { commandId, stage: before.stage });
      if (before.confirmation !== undefined) this.#tell('infusion', before.confirmation);
      return;
    }
    const infusionId = payload.infusionId ?? null;
    this.#answer(commandId, 'received', infusionId);
    const stage = this.#obey(message, infusionId);
    if (stage !== null) this.#answer(commandId, stage, infusionId);
  }

  /** How it ends; null: a person decides, or that is told already. */
  #obey(message: CommandMessage, infusionId: string | null): AckStage | null {
    const isActive = this.active !== null && (infusionId === null || infusionId === this.active.infusionId);
    switch (message.command) {
      case 'START_INFUSION':
        this.#ask(message, infusionId);
        return null;
      case 'STOP_INFUSION':
        if (isActive) this.end('stopped');
        else this.#withdraw(infusionId);
        this.status();
        return 'done';
      case 'CANCEL':
        return isActive ? 'rejected' : this.#cancel(message, infusionId);
      case 'PAUSE_INFUSION':
      case 'RESUME_INFUSION':
        if (!isActive || this.active === null) return 'rejected';
        this.active = { ...this.active, isPaused: message.command === 'PAUSE_INFUSION' };
        this.status();
        return 'done';
      default:
        this.status();
        return 'done';
    }
  }

  #ask(message: CommandMessage, infusionId: string | null): void {
    const isFree = this.active === null && this.#prompt === null;
    if (isFree && infusionId !== null && !this.#over.has(infusionId)) this.#prompt = message;
    else this.#decline(message, 'not now');
  }

  #cancel({ payload: { commandId } }: CommandMessage, infusionId: string | null): AckStage {
    // It may still be on its way.
    if (commandId !== undefined && !this.#answers.has(commandId)) {
      this.#answers.set(commandId, { stage: 'rejected', infusionId });
    }
    this.#withdraw(infusionId);
    return 'done';
  }

  /** A person presses Accept. */
  accept(): void {
    const prompt = this.#prompt;
    if (prompt === null || this.active !== null) return;
    const { commandId, payload } = prompt;
    const infusionId = String(payload.infusionId);
    const confirmation = {
      commandId,
      infusionId,
      confirmed: true,
      parameters: { flowRateMlMin: payload.flowRateMlMin },
    };
    this.#prompt = null;
    this.#begin(infusionId);
    this.#answers.set(commandId, { stage: 'done', infusionId, confirmation });
    this.#tell('infusion', confirmation);
    this.#tell('ack', { commandId, stage: 'done' });
    this.status();
  }

  reject(): void {
    if (this.#prompt === null) return;
    const prompt = this.#prompt;
    this.#prompt = null;
    this.#decline(prompt, 'a person said no');
  }

  /** A person begins something at the device itself. */
  beginOwn(): void {
    if (this.active !== null || this.#prompt !== null) return;
    this.#begin(`own-${this.#boot}-${++this.#own}`);
    this.status();
  }

  end(end: 'completed' | 'stopped'): void {
    if (this.active === null) return;
    const { infusionId } = this.active;
    const deliveredVolumeMl = end === 'completed' ? 20 : 7;
    this.active = null;
    this.#over.add(infusionId);
    this.given.set(infusionId, deliveredVolumeMl);
    this.#result = { infusionId, end, deliveredVolumeMl };
    this.#tell('completion', this.#result);
    this.status();
  }

  progress(): void {
    if (this.active === null) return;
    const { infusionId, isPaused } = this.active;
    this.#tell('progress', { infusionId, state: isPaused ? 'paused' : 'running', deliveredVolumeMl: 3 });
  }

  status(): void {
    const { active } = this;
    const status = active === null ? 'idle' : active.isPaused ? 'paused' : 'running';
    this.#tell('status', { status, activeInfusionId: active?.infusionId ?? null, lastResult: this.#result });
  }

  /** Its power is cut: it still knows what it answered, and not how far it came. */
  reboot(): void {
    if (this.active !== null) {
      this.#over.add(this.active.infusionId);
      this.#result = null;
    }
    this.active = null;
    this.#prompt = null;
    for (const [commandId, answer] of this.#answers) {
      if (answer.stage === 'received') this.#answers.set(commandId, { ...answer, stage: 'failed' });
    }
    this.#boot++;
    this.#seq = 0;
    this.status();
  }

  #begin(infusionId: string): void {
    this.active = { infusionId, isPaused: false };
    this.begun.set(infusionId, (this.begun.get(infusionId) ?? 0) + 1);
  }

  #withdraw(infusionId: string | null): void {
    const prompt = this.#prompt;
    if (prompt !== null && (infusionId === null || prompt.payload.infusionId === infusionId)) {
      this.#prompt = null;
      this.#decline(prompt, 'cancelled');
    }
    if (infusionId !== null) this.#over.add(infusionId);
  }

  #decline({ commandId, payload }: CommandMessage, reason: string): void {
    const infusionId = payload.infusionId ?? null;
    const confirmation = { commandId, infusionId, confirmed: false, reason };
    this.#answers.set(commandId, { stage: 'rejected', infusionId, confirmation });
    this.#tell('ack', { commandId, stage: 'rejected', reason });
    this.#tell('infusion', confirmation);
  }

  #answer(commandId: string, stage: AckStage, infusionId: string | null): void {
    this.#answers.set(commandId, { stage, infusionId });
    this.#tell('ack', { commandId, stage });
  }

  #tell(name: UpTopicName, body: object): void {
    this.out.push({ name, body, header: { boot: this.#boot, seq: ++this.#seq } });
  }
}

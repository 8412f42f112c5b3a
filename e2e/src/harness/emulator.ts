import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What really flowed, as only emulated hardware can tell. */
export interface PumpTruth {
  readonly true_ml: number;
  readonly revolutions: number;
  readonly on_s: number;
  readonly moving: boolean;
  /** Pauses under 1 s belong to one motion. */
  readonly motions: readonly {
    readonly started_at: string;
    readonly ended_at: string | null;
    readonly true_ml: number;
  }[];
}

export interface Fault {
  readonly pump: string;
  readonly fault:
    | 'stall'
    | 'noise'
    | 'drop_completion'
    | 'power_cycle'
    | 'runaway'
    | 'reverse'
    | 'clock_error'
    | 'unplug'
    | 'leak'
    | 'interlock_open'
    | 'level_low'
    | 'inputs_lost';
  readonly value?: number;
  readonly for_s?: number;
}

/** The window on the emulated hardware of a data folder. */
export class EmulatorWindow {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'emulator.json');
  }

  /** All pumps at one instant. */
  async truths(): Promise<Readonly<Record<string, PumpTruth>>> {
    const reply = await this.#fetch('/truth');
    const { pumps } = (await reply.json()) as { pumps: Record<string, PumpTruth> };
    return pumps;
  }

  async truth(pumpId: string): Promise<PumpTruth> {
    const truth = (await this.truths())[pumpId];
    if (truth === undefined) throw new Error(`the emulated hardware has no pump ${pumpId}`);
    return truth;
  }

  async cause(fault: Fault): Promise<void> {
    await this.#fetch('/faults', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
  }

  async clearFaults(): Promise<void> {
    await this.#fetch('/faults', { method: 'DELETE' });
  }

  /** The chips of the relay unit as they are. */
  async chips(): Promise<{ readonly rtc: { readonly stopped: boolean; readonly offset_s: number } }> {
    const reply = await this.#fetch('/chips');
    return (await reply.json()) as { rtc: { stopped: boolean; offset_s: number } };
  }

  /** Changes the chips of the relay unit: `{ rtc: { stopped: true } }`, `{ fram: { supply_bytes: 10 } }`. */
  async changeChips(change: object): Promise<void> {
    await this.#fetch('/chips', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { port } = JSON.parse(readFileSync(this.#file, 'utf8')) as { port: number };
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(5_000) });
    if (!reply.ok) throw new Error(`${path} of the emulated hardware: ${reply.status} ${await reply.text()}`);
    return reply;
  }
}

import { INPUT_NAMES, type InputName, type InputReading, type InputReadings } from '@perista/core';
import { encodeInputs, READ_INPUTS } from '@perista/drivers';
import { RequestPort } from '../line/request-port.ts';

/** Level switch, leak sensor and interlock of each emulated pump: all is well until somebody says otherwise. */
export class EmulatedInputs {
  readonly #readings: Map<string, Record<InputName, InputReading>>;

  constructor(pumpIds: readonly string[]) {
    this.#readings = new Map(pumpIds.map((pumpId) => [pumpId, { leak: true, interlock: true, level: true }]));
  }

  get readings(): ReadonlyMap<string, InputReadings> {
    return this.#readings;
  }

  set(pumpId: string, name: InputName, reading: InputReading): void {
    const readings = this.#readings.get(pumpId);
    if (readings !== undefined) readings[name] = reading;
  }

  setAll(pumpId: string, reading: InputReading): void {
    for (const name of INPUT_NAMES) this.set(pumpId, name, reading);
  }
}

/** The inputs as a byte pipe in place of GPIO. What it does not understand is answered by nothing. */
export const inputPort = (inputs: EmulatedInputs): RequestPort =>
  new RequestPort((request) => (request === READ_INPUTS ? encodeInputs(inputs.readings) : null));

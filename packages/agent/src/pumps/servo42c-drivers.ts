import { type Clock, type Log, PeristaError } from '@perista/core';
import { createServo42cDriver, type SerialLine, Servo42cLine } from '@perista/drivers';
import type { CreateDriver } from './create-driver.ts';

/** Makes drivers and owns what they share. */
export interface DriverSource {
  readonly create: CreateDriver;
  close(): Promise<void>;
}

/** Drivers of MKS-SERVO42C boards; boards of one line share it. */
export function servo42cDrivers(parts: {
  readonly clock: Clock;
  readonly log: Log;
  readonly openLine: (lineId: string) => SerialLine | undefined;
}): DriverSource {
  const { clock, log } = parts;
  const lines = new Map<string, Servo42cLine>();

  function lineOf(lineId: string): Servo42cLine {
    const known = lines.get(lineId);
    if (known !== undefined) return known;
    const serial = parts.openLine(lineId);
    if (serial === undefined) throw new PeristaError('E106', `The settings name no serial line "${lineId}"`);
    const line = new Servo42cLine({ ...serial, clock, log });
    lines.set(lineId, line);
    return line;
  }

  return {
    create: ({ pumpId, lineId, ...config }) =>
      createServo42cDriver({ pumpId, line: lineOf(lineId), config, clock, log }),
    async close() {
      await Promise.all(Array.from(lines.values(), (line) => line.close()));
    },
  };
}

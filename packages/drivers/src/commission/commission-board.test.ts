import { type Direction, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { FakeSerialPort } from '../line/fake-serial-port.ts';
import { FakeBoard } from '../servo42c/fake-board.ts';
import { Servo42cLine } from '../servo42c/servo42c-line.ts';
import { type CommissionResult, type CommissionStep, commissionBoard } from './commission-board.ts';

async function commission(answer: Direction | 'none', prepare: (board: FakeBoard) => void = () => {}) {
  const clock = new VirtualClock();
  const board = new FakeBoard(clock, 64 * 200);
  prepare(board);
  const line = new Servo42cLine({ open: FakeSerialPort.opener(board.farEnd), clock, log: silentLog });
  const questions = { askDirection: async () => answer };
  const options = { address: 0xe0, microstep: 64, stepsPerRev: 200, maxRpm: 100 };
  const walk = async (): Promise<{ steps: CommissionStep[]; result: CommissionResult }> => {
    const steps: CommissionStep[] = [];
    const course = commissionBoard({ line, clock, log: silentLog, questions }, options);
    for (;;) {
      const next = await course.next();
      if (next.done) return { steps, result: next.value };
      steps.push(next.value);
    }
  };
  return { board, ...(await clock.until(walk())) };
}

// Proves that a board is taken into use step by step, and that what was learnt is right.
describe('commissionBoard', () => {
  it('explains each step and measures what the board can', async () => {
    const { steps, result, board } = await commission('forward');
    expect(steps.map(({ step }) => step)).toEqual([
      'firmware',
      'settings',
      'saved run',
      'trial turn',
      'reading in motion',
      'direction',
      'speeds',
    ]);
    expect(result).toMatchObject({ dialect: 'v1.1.2', positionBits: 48, invert: false, pollsWhileMoving: true });
    expect(result.speeds.map(({ code }) => code)).toEqual([2, 5, 10, 20, 40]);
    for (const { code, rpm } of result.speeds) expect(rpm).toBeCloseTo((150 * code) / 64, 0);
    expect(board.orders.at(-1)).toBe('f7');
  });

  it('notes that the head is mounted the other way round', async () => {
    expect((await commission('reverse')).result.invert).toBe(true);
  });

  it('has the board count upwards when it turns forward', async () => {
    const { board } = await commission('forward', (reversed) => {
      reversed.countsBackwards = true;
    });
    expect(board.orders).toContain('86 01');
    expect(board.countsBackwards).toBe(false);
  });

  it('stops where nothing turned', async () => {
    await expect(commission('none')).rejects.toMatchObject({ code: 'E102' });
  });
});

import { seededRandom, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from '../board/board-bench.ts';
import { EmulatedBoard } from '../board/emulated-board.ts';
import type { LineOptions } from './emulated-line.ts';
import { fakeLine } from './fake-line.ts';

function lineWith(addresses: readonly number[], options: Omit<LineOptions, 'boards' | 'clock'> = {}) {
  const clock = new VirtualClock();
  const boards = addresses.map(
    (address) =>
      new EmulatedBoard({
        clock,
        random: seededRandom(address),
        settings: { workMode: 2, address: address - 0xe0 },
        quirks: { turnaroundMs: 2, turnaroundJitter: 0, startLatencyMs: 0, completionLoss: 0 },
      }),
  );
  const port = fakeLine(boards, clock, options);
  const heard: string[] = [];
  port.onData((bytes) => heard.push(hexOf(bytes)));
  return { clock, boards, port, heard };
}

describe('the wire', () => {
  it('takes ten bits a byte each way and the turnaround between', async () => {
    const { clock, port, heard } = lineWith([0xe0]);
    await port.write(bytesOf('e0 30 10'));
    const expectedMs = (11 * 10_000) / 38_400 + 2;
    await clock.advance(expectedMs - 0.01);
    expect(heard).toEqual([]);
    await clock.advance(0.02);
    expect(heard).toEqual(['e0 00 00 00 00 00 00 e0']);
  });

  it('lets each board answer for itself, and one address change', async () => {
    const { clock, port, heard } = lineWith([0xe0, 0xe3]);
    await port.write(bytesOf('e3 3a 1d'));
    await clock.advance(10);
    await port.write(bytesOf('e0 8b 05 70'));
    await clock.advance(10);
    await port.write(bytesOf('e5 3a 1f'));
    await clock.advance(10);
    expect(heard).toEqual(['e3 01 e4', 'e0 01 e1', 'e5 01 e6']);
  });

  it('carries nothing sensible to a board at another baud', async () => {
    const { clock, boards, port, heard } = lineWith([0xe0]);
    await port.write(bytesOf('e0 8a 06 70'));
    await clock.advance(10);
    await port.write(bytesOf('e0 f6 10 e6'));
    await clock.advance(10);
    expect(heard).toEqual(['e0 01 e1']);
    expect(boards[0]?.truth().moving).toBe(false);
  });

  it('garbles boards that talk at once: a completion report and the reply of a neighbour', async () => {
    const { clock, port, heard } = lineWith([0xe0, 0xe3]);
    await port.write(bytesOf('e0 fd 01 00 00 00 32 10'));
    const arrivedMs = (8 * 10_000) / 38_400;
    await clock.advance(arrivedMs + 100 - 2 - (3 * 10_000) / 38_400);
    await port.write(bytesOf('e3 3a 1d'));
    await clock.advance(20);
    expect(heard[0]).toBe('e0 01 e1');
    expect(heard).toHaveLength(3);
    expect(heard.slice(1)).not.toContain('e0 02 e2');
    expect(heard.slice(1)).not.toContain('e3 01 e4');
  });

  it('on RS485 echoes the host and lets boards hear replies: one that ends with an address can swallow a request', async () => {
    const { clock, port, heard } = lineWith([0xe0, 0xe1], { rs485: { echo: true, crossTalk: true } });
    await port.write(bytesOf('e0 3a 1a'));
    await clock.advance(4);
    await port.write(bytesOf('e1 3a 1b'));
    await clock.advance(50);
    expect(heard.slice(0, 2)).toEqual(['e0 3a 1a', 'e0 01 e1']);
    await port.write(bytesOf('e1 3a 1b'));
    await clock.advance(50);
    expect(heard.at(-1)).toBe('e1 01 e2');
  });

  it('can hand over single bytes', async () => {
    const { clock, port, heard } = lineWith([0xe0], { bytewise: true });
    await port.write(bytesOf('e0 3a 1a'));
    await clock.advance(10);
    expect(heard).toEqual(['e0', '01', 'e1']);
  });

  it('closed, takes and gives nothing', async () => {
    const { clock, port, heard } = lineWith([0xe0]);
    let closed = 0;
    port.onClose(() => closed++);
    await port.write(bytesOf('e0 3a 1a'));
    await port.close();
    await port.close();
    await clock.advance(10);
    expect([heard, closed]).toEqual([[], 1]);
    await expect(port.write(bytesOf('e0 3a 1a'))).rejects.toMatchObject({ code: 'E106' });
  });
});

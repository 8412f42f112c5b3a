import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { hostClock, seededRandom, silentLog } from '@perista/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from '../board/board-bench.ts';
import { EmulatedBoard } from '../board/emulated-board.ts';
import { EmulatedLine } from './emulated-line.ts';
import { LOOPBACK, TcpLine } from './tcp-line.ts';

const clock = hostClock(globalThis);
let tcp: TcpLine;

beforeEach(async () => {
  const board = new EmulatedBoard({ clock, random: seededRandom(1) });
  tcp = new TcpLine(new EmulatedLine({ clock, boards: [board] }), clock, silentLog);
  await tcp.listen(0);
});
afterEach(() => tcp.close());

async function client(): Promise<Socket> {
  const socket = connect(tcp.port, LOOPBACK);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, hex: string): Promise<string> {
  socket.write(bytesOf(hex));
  const [reply] = await once(socket, 'data');
  return hexOf(reply);
}

describe('a line on TCP', () => {
  it('carries bytes both ways', async () => {
    const socket = await client();
    expect(await ask(socket, 'e0 30 10')).toBe('e0 00 00 00 00 00 00 e0');
    socket.destroy();
  });

  it('turns a second client away and goes on with the first', async () => {
    const first = await client();
    await ask(first, 'e0 3a 1a');
    const second = await client();
    second.resume();
    await once(second, 'close');
    expect(await ask(first, 'e0 3a 1a')).toBe('e0 01 e1');
    first.destroy();
  });

  it.each([
    ['hung up', (socket: Socket) => socket.end()],
    ['was reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is free again at once when its client %s', async (_how, leave) => {
    const first = await client();
    await ask(first, 'e0 3a 1a');
    leave(first);
    const next = await client();
    expect(await ask(next, 'e0 3a 1a')).toBe('e0 01 e1');
    next.destroy();
  });

  it('is free again after a client that only closed its own direction', async () => {
    const first = connect({ port: tcp.port, host: LOOPBACK, allowHalfOpen: true });
    await once(first, 'connect');
    await ask(first, 'e0 3a 1a');
    first.end();
    const next = await client();
    expect(await ask(next, 'e0 3a 1a')).toBe('e0 01 e1');
    next.destroy();
    first.destroy();
  });

  it('closes with clients connected', async () => {
    const socket = await client();
    socket.resume();
    const closed = once(socket, 'close');
    await tcp.close();
    await closed;
  });
});

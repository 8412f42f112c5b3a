import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { hostClock, silentLog, sleep } from '@perista/core';
import { openSerialLine } from '@perista/drivers';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import { EmulatedLine } from '../line/emulated-line.ts';
import { LOOPBACK, TcpLine } from '../line/tcp-line.ts';
import type { RigWorld } from './emulated-rig.ts';

const clock = hostClock(globalThis);
const realTime = {
  clock,
  run: <T>(promise: Promise<T>) => promise,
  advance: (ms: number) => sleep(clock, ms),
};

/** Real time, and the line on a TCP port. */
export function tcpWorld(): RigWorld {
  return {
    ...realTime,
    async connect(board) {
      const tcp = await listen(board);
      return { open: openSerialLine(`tcp://${LOOPBACK}:${tcp.port}`), close: () => tcp.close() };
    },
  };
}

/** Real time, and a pseudo terminal that the serialport library opens as any serial device; socat carries its bytes. */
export function terminalWorld(): RigWorld {
  return {
    ...realTime,
    async connect(board) {
      const tcp = await listen(board);
      const terminal = await openTerminal(tcp.port).catch(async (error: unknown) => {
        await tcp.close();
        throw error;
      });
      return {
        open: openSerialLine(terminal.path),
        async close() {
          await terminal.close();
          await tcp.close();
        },
      };
    },
  };
}

async function listen(board: EmulatedBoard): Promise<TcpLine> {
  const tcp = new TcpLine(new EmulatedLine({ clock, boards: [board] }), clock, silentLog);
  await tcp.listen(0);
  return tcp;
}

async function openTerminal(port: number): Promise<{ readonly path: string; close(): Promise<void> }> {
  const socat = spawn('socat', ['-d', '-d', 'pty,raw,echo=0', `tcp:${LOOPBACK}:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const missing = once(socat, 'error').then(([cause]) => {
    throw new Error('socat cannot be started; it is in the Debian package "socat": apt-get install socat', { cause });
  });
  const close = async () => {
    if (socat.exitCode !== null || socat.signalCode !== null) return;
    const gone = once(socat, 'exit');
    socat.kill();
    await gone;
  };
  const ready = async () => {
    let path = '';
    for await (const line of createInterface(socat.stderr)) {
      path = /PTY is (\S+)/.exec(line)?.[1] ?? path;
      if (line.includes('starting data transfer loop')) return path;
    }
    throw new Error('socat ended before it carried a byte');
  };
  const path = await Promise.race([ready(), missing]);
  socat.stderr.resume();
  return { path, close };
}

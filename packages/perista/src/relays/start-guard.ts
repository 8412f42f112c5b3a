import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Clock, PeristaError } from '@perista/core';
import type { OpenSerialPort, SerialPort } from '@perista/drivers';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
/** A guard that does not end when its pipe does is killed, ms. */
const END_LIMIT_MS = 500;

/**
 * Starts `perista guard <address>` as a process whose stdin and stdout are the pipe. It has a session of its own: what ends
 * the agent does not end it, and it turns all off when the pipe does.
 */
export function guardStarter(addressNow: () => string, clock: Clock): OpenSerialPort {
  return async () => {
    const child = spawn(process.execPath, [...process.execArgv, MAIN, 'guard', addressNow()], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    child.stdin.on('error', () => {});
    return {
      write: (bytes) =>
        new Promise((resolve, reject) => {
          const fail = (cause?: Error) =>
            reject(new PeristaError('E110', 'The guard of the relays is gone', { cause }));
          if (!child.stdin.writable) return fail();
          child.stdin.write(bytes, (error) => (error ? fail(error) : resolve()));
        }),
      onData: (listener) => void child.stdout.on('data', listener),
      onClose: (listener) => void ended.then(listener),
      async close() {
        child.stdin.end();
        const cancelKill = clock.after(END_LIMIT_MS, () => child.kill('SIGKILL'));
        await ended;
        cancelKill();
      },
    } satisfies SerialPort;
  };
}

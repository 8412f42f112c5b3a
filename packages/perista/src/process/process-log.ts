import type { LogLevel } from '@perista/protocol/settings';
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

const STDERR = 2;

/**
 * Log of a process, on stderr: readable on a terminal, JSON lines elsewhere. Written synchronously, so that the last
 * words of a process are not lost; a reader that went away does not stop a process that drives pumps.
 */
export function processLog(name: string, level: LogLevel): Logger {
  return pino({ level, base: { process: name, pid: process.pid } }, destination());
}

function destination(): DestinationStream {
  const stream = process.stderr.isTTY
    ? pretty({
        destination: STDERR,
        sync: true,
        singleLine: true,
        ignore: 'pid,process',
        messageFormat: '{process}: {msg}',
      })
    : pino.destination({ dest: STDERR, sync: true });
  stream.on('error', () => {});
  return stream;
}

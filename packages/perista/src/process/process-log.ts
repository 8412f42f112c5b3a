import type { LogLevel } from '@perista/protocol/settings';
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

const STDERR = 2;

/** Nothing logs these; should somebody begin to, they are blotted out. */
const SECRET_KEYS = [
  ...['authorization', 'cookie', 'set-cookie', 'bearer', 'token', 'secret'],
  ...['password', 'current_password', 'new_password', 'adminPassword', 'passwordHash'],
];
const DEPTHS = ['', '*', '*.*', '*.*.*'];
const BLOTTED = DEPTHS.flatMap((depth) => SECRET_KEYS.map((key) => `${depth}["${key}"]`));

/**
 * Log of a process, on stderr: readable on a terminal, JSON lines elsewhere. Written synchronously, so that the last
 * words of a process are not lost; a reader that went away does not stop a process that drives pumps.
 */
export function processLog(name: string, level: LogLevel, destination = stderr()): Logger {
  const base = { process: name, pid: process.pid };
  return pino({ level, base, redact: { paths: BLOTTED, censor: '[secret]' } }, destination);
}

function stderr(): DestinationStream {
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

// Proves that the log of a process blots out what looks like a secret, at the depths that things are logged at.
import { expect, it } from 'vitest';
import { processLog } from './process-log.ts';

const KEYS = [
  ...['authorization', 'cookie', 'set-cookie', 'bearer', 'token', 'secret'],
  ...['password', 'current_password', 'new_password', 'adminPassword', 'passwordHash'],
];

function listen() {
  const lines: string[] = [];
  return { lines, log: processLog('controller', 'trace', { write: (line: string) => lines.push(line) }) };
}

it('blots out secrets by their key and leaves the rest', () => {
  const { lines, log } = listen();
  for (const key of KEYS) {
    const secret = { [key]: 'hunter2', beside: 'seen' };
    for (const fields of [secret, { a: secret }, { a: { b: secret } }, { a: { b: { c: secret } } }]) {
      log.info(fields, 'a careless line');
    }
  }
  expect(lines).toHaveLength(KEYS.length * 4);
  for (const line of lines) {
    expect(line).not.toContain('hunter2');
    expect(line).toContain('[secret]');
    expect(line).toContain('"beside":"seen"');
  }
});

it('shows an error with its message and where it comes from', () => {
  const { lines, log } = listen();
  log.error({ err: new Error('the disk is full') }, 'request failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    process: 'controller',
    err: { message: 'the disk is full', stack: expect.stringContaining('process-log.test.ts') },
  });
});

import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PeristaError } from '@perista/core';
import { errnoOf } from './errno.ts';

/** A socket's path must fit `sun_path`: 108 bytes on Linux, 104 on macOS, the closing zero included. */
const LONGEST_PATH = 103;

/** The longest name of a socket there. */
const BROKER_SOCKET = 'broker.sock';

/**
 * ZeroMQ endpoint of the agent that serves `dataDir`.
 * @throws PeristaError E303 if the folder is somebody else's.
 */
export const agentEndpoint = (dataDir: string): string => `ipc://${join(runtimeFolder(dataDir), 'agent.sock')}`;

/**
 * Socket by which the embedded broker lets the controller of `dataDir` in.
 * @throws PeristaError E303 if the folder is somebody else's.
 */
export const brokerSocket = (dataDir: string): string => join(runtimeFolder(dataDir), BROKER_SOCKET);

/**
 * A folder for sockets that only this user can enter. Its name is derived, so that the processes of a unit find each
 * other, and short, because sockets need that.
 */
function runtimeFolder(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const name = `perista-${process.getuid?.() ?? 0}-${hash}`;
  const socket = join(tmpdir(), name, BROKER_SOCKET);
  const folder = Buffer.byteLength(socket) <= LONGEST_PATH ? join(tmpdir(), name) : join('/tmp', name);
  makeOwn(folder);
  return folder;
}

function makeOwn(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      throw new PeristaError(
        'E303',
        `${folder} belongs to another user; remove it or set TMPDIR to a folder of your own`,
      );
    }
    chmodSync(folder, 0o700);
  } catch (cause) {
    if (cause instanceof PeristaError) throw cause;
    throw new PeristaError('E303', `${folder} cannot be used for sockets (${errnoOf(cause)}); set TMPDIR`, { cause });
  }
}

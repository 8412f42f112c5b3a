import { connect, type Socket } from 'node:net';
import { PeristaError } from '@perista/core';
import type { OpenSerialPort, SerialPort } from './serial-port.ts';

const CONNECT_LIMIT_MS = 3000;

/** A serial line behind a TCP server: a device server, or emulated hardware. */
export function tcpSerialPort(host: string, port: number): OpenSerialPort {
  const name = `tcp://${host}:${port}`;
  return async () => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string, cause?: Error) => {
        socket.destroy();
        reject(new PeristaError('E106', `Serial line ${name} cannot be opened: ${why}`, { cause, details: { name } }));
      };
      socket.setTimeout(CONNECT_LIMIT_MS, () => fail(`no answer within ${CONNECT_LIMIT_MS} ms`));
      socket.once('error', (error) => fail(error.message, error));
      socket.once('connect', resolve);
    });
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    return wrap(name, socket);
  };
}

function wrap(name: string, socket: Socket): SerialPort {
  let onClose = () => {};
  // An error is always followed by `close`, which says all there is to say.
  socket.on('error', () => {});
  socket.once('end', () => socket.destroy());
  socket.once('close', () => onClose());
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const fail = (cause?: Error) => reject(new PeristaError('E106', `Serial line ${name} was lost`, { cause }));
        if (!socket.writable) return fail();
        socket.write(bytes, (error) => (error === null || error === undefined ? resolve() : fail(error)));
      }),
    onData(listener) {
      socket.on('data', listener);
    },
    onClose(listener) {
      onClose = listener;
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        socket.once('close', () => resolve());
        socket.destroy();
      }),
  };
}

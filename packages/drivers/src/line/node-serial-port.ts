import { PeristaError } from '@perista/core';
import { SerialPort as Uart } from 'serialport';
import type { OpenSerialPort, SerialPort } from './serial-port.ts';

/** What the operating system says, and what a person can do about it. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /no such file|ENOENT|cannot find/i,
    'there is no such device; check the cable and the name (ls -l /dev/serial/by-id)',
  ],
  [/permission denied|EACCES/i, 'this user may not open it; add the user to the group "dialout" and log in again'],
  [/lock|busy|EBUSY|in use|temporarily unavailable/i, 'another program has it open; close that program first'],
  [/inappropriate ioctl|ENOTTY|not a/i, 'it is not a serial device'],
];

/** A UART or pseudo terminal, 8N1, opened exclusively through the library `serialport`. */
export function nodeSerialPort(path: string, baud: number): OpenSerialPort {
  return async () => {
    const uart = new Uart({
      path,
      baudRate: baud,
      dataBits: 8,
      parity: 'none',
      stopBits: 1,
      lock: true,
      autoOpen: false,
    });
    await new Promise<void>((resolve, reject) => {
      uart.open((error) => (error === null ? resolve() : reject(openError(path, error))));
    });
    return wrap(path, uart);
  };
}

function wrap(path: string, uart: Uart): SerialPort {
  let onClose = () => {};
  // The library reports a lost device by `close` or by `error`; both mean the end here.
  uart.on('error', () => uart.close(() => {}));
  uart.once('close', () => onClose());
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (!uart.isOpen) return reject(new PeristaError('E106', `Serial port ${path} is closed`));
        uart.write(bytes, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(new PeristaError('E106', `Serial port ${path} was lost: ${error.message}`, { cause: error }));
        });
      }),
    onData(listener) {
      uart.on('data', (bytes: Uint8Array) => listener(bytes));
    },
    onClose(listener) {
      onClose = listener;
    },
    close: () =>
      new Promise((resolve) => {
        if (uart.isOpen) uart.close(() => resolve());
        else resolve();
      }),
  };
}

function openError(path: string, cause: Error): PeristaError {
  const remedy = REMEDIES.find(([symptom]) => symptom.test(cause.message))?.[1] ?? cause.message;
  return new PeristaError('E106', `Serial port ${path} cannot be opened: ${remedy}`, { cause, details: { path } });
}

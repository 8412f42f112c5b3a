import { closeSync, openSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { PeristaError } from '@perista/core';
import koffi from 'koffi';
import type { I2cBus } from './i2c-bus.ts';

/** From linux/i2c-dev.h and linux/i2c.h. */
const I2C_TIMEOUT = 0x0702;
const I2C_RDWR = 0x0707;
const I2C_M_RD = 0x0001;

/** In units of 10 ms; a whole record at 100 kHz takes 5 ms, and this thread waits for it. */
const TIMEOUT_10_MS = 5;

const message = koffi.struct({ addr: 'uint16_t', flags: 'uint16_t', len: 'uint16_t', buf: 'uint8_t *' });
const transaction = koffi.struct({ msgs: koffi.pointer(message), nmsgs: 'uint32_t' });
const libc = koffi.load(null);
const transferIoctl = libc.func('ioctl', 'int', ['int', 'unsigned long', koffi.pointer(transaction)]);
const numberIoctl = libc.func('ioctl', 'int', ['int', 'unsigned long', 'unsigned long']);

/** A bus of the kernel (`/dev/i2c-1`). @throws PeristaError E307 */
export function openLinuxI2cBus(path: string): I2cBus {
  const fd = openOrExplain(path);
  if (numberIoctl(fd, I2C_TIMEOUT, TIMEOUT_10_MS) !== 0) {
    const reason = lastError();
    closeSync(fd);
    throw new PeristaError('E307', `${path} is not an I2C bus: ${reason}`);
  }
  return {
    async transfer(address, bytes, readLength) {
      const answer = new Uint8Array(readLength);
      const msgs = [{ addr: address, flags: 0, len: bytes.length, buf: bytes }];
      if (readLength > 0) msgs.push({ addr: address, flags: I2C_M_RD, len: readLength, buf: answer });
      if (transferIoctl(fd, I2C_RDWR, { msgs, nmsgs: msgs.length }) === msgs.length) return answer;
      throw new PeristaError('E307', `Device 0x${address.toString(16)} on ${path}: ${lastError()}`, {
        details: { path, address },
      });
    },
    close: async () => closeSync(fd),
  };
}

function openOrExplain(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (cause) {
    throw new PeristaError(
      'E307',
      `I2C bus ${path} cannot be opened: ${String(cause)}; is I2C switched on, and is this user in the group "i2c"?`,
      { cause },
    );
  }
}

const lastError = () => getSystemErrorMessage(-koffi.errno());

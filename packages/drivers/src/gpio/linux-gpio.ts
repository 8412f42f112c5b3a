import { closeSync, openSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { type ErrorCode, PeristaError } from '@perista/core';
import koffi from 'koffi';
import { GPIO_V2_GET_LINE_IOCTL, requestedFd } from './gpio-words.ts';

const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, ...)');

export interface GpioCalls {
  /** The file descriptor that holds the lines of a `gpio_v2_line_request`, which nobody else can have. */
  take(chip: string, request: Uint8Array, what: string): number;
  /** ioctl(2) on such a descriptor; the kernel may write into `bytes`. */
  control(fd: number, request: number, bytes: Uint8Array, what: string): void;
}

/** The GPIO character device. What fails throws PeristaError `code`, and says that `what`. */
export function gpioCalls(code: ErrorCode): GpioCalls {
  const control: GpioCalls['control'] = (fd, request, bytes, what) => {
    if (ioctl(fd, request, 'void *', bytes) >= 0) return;
    throw new PeristaError(code, `GPIO: ${what}: ${getSystemErrorMessage(-koffi.errno())}`);
  };
  return {
    control,
    take(chip, request, what) {
      const chipFd = openChip(chip, code);
      try {
        control(chipFd, GPIO_V2_GET_LINE_IOCTL, request, what);
        return requestedFd(request);
      } finally {
        closeSync(chipFd);
      }
    },
  };
}

function openChip(chip: string, code: ErrorCode): number {
  try {
    return openSync(chip, 'r+');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PeristaError(code, `GPIO chip ${chip} cannot be opened: ${reason}`, { cause });
  }
}

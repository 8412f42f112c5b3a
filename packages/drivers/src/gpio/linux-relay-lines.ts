import { closeSync, openSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { PeristaError } from '@perista/core';
import koffi from 'koffi';
import type { OpenRelayLines, RelayLines } from '../relay/relay-lines.ts';
import type { GpioAddress } from './gpio-address.ts';
import {
  encodeLineRequest,
  encodeOneOn,
  GPIO_V2_GET_LINE_IOCTL,
  GPIO_V2_LINE_SET_VALUES_IOCTL,
  requestedFd,
} from './gpio-words.ts';

const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, ...)');

const CONSUMER = 'perista relays';

/** Relays on a GPIO chip: all lines in one request, which nobody else can have, and one write for all of them. */
export function linuxRelayLines(address: GpioAddress): OpenRelayLines {
  return async () => {
    const fd = requestLines(address);
    const channels = address.offsets.length;
    return {
      channels,
      async write(channel) {
        control(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, encodeOneOn(channel, channels), `${address.chip} cannot be driven`);
      },
      async close() {
        closeSync(fd);
      },
    } satisfies RelayLines;
  };
}

/** The file descriptor that holds the lines, all off. */
function requestLines({ chip, ...lines }: GpioAddress): number {
  const what = `lines ${lines.offsets.join(', ')} of ${chip} cannot be taken`;
  const chipFd = openChip(chip);
  try {
    const request = encodeLineRequest(lines, CONSUMER);
    control(chipFd, GPIO_V2_GET_LINE_IOCTL, request, what);
    return requestedFd(request);
  } finally {
    closeSync(chipFd);
  }
}

function openChip(chip: string): number {
  try {
    return openSync(chip, 'r+');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PeristaError('E110', `GPIO chip ${chip} cannot be opened: ${reason}`, { cause });
  }
}

function control(fd: number, request: number, bytes: Uint8Array, what: string): void {
  if (ioctl(fd, request, 'void *', bytes) >= 0) return;
  throw new PeristaError('E110', `GPIO: ${what}: ${getSystemErrorMessage(-koffi.errno())}`);
}

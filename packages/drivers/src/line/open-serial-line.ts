import { PeristaError } from '@perista/core';
import { nodeSerialPort } from './node-serial-port.ts';
import type { OpenSerialPort } from './serial-port.ts';
import { tcpSerialPort } from './tcp-serial-port.ts';

/** Bauds that a board and an operating system have in common. */
export const LINE_BAUDS = [9600, 19200, 38400, 57600, 115200] as const;

const DEFAULT_LINE_BAUD = 38400;

/**
 * How to open the line at `address`: `/dev/…` (or `COM3`), or `tcp://host:port`, where the far end knows the baud rate.
 * Nothing is opened yet. @throws PeristaError E306 naming what is wrong with the address or the baud rate
 */
export function openSerialLine(address: string, options: { baud?: number } = {}): OpenSerialPort {
  const baud = checkBaud(options.baud ?? DEFAULT_LINE_BAUD);
  if (address.startsWith('tcp://')) return openTcp(address);
  if (address.startsWith('/') || /^COM\d+$/i.test(address)) return nodeSerialPort(address, baud);
  throw new PeristaError('E306', `Serial line "${address}" must be a device as /dev/ttyAMA0, or tcp://host:port`);
}

function openTcp(address: string): OpenSerialPort {
  const url = URL.canParse(address) ? new URL(address) : null;
  const port = Number(url?.port);
  const isPlain = url !== null && ['', '/'].includes(url.pathname) && url.search === '' && url.username === '';
  if (!isPlain || url.hostname === '' || !Number.isInteger(port) || port < 1) {
    throw new PeristaError('E306', `Serial line "${address}" must be tcp://host:port with a port from 1 to 65535`);
  }
  return tcpSerialPort(url.hostname.replace(/^\[|\]$/g, ''), port);
}

function checkBaud(baud: number): number {
  if (LINE_BAUDS.some((known) => known === baud)) return baud;
  const why =
    baud === 25000 ? '25000, though the board offers it, is a rate that no operating system has' : `not ${baud}`;
  throw new PeristaError('E306', `Baud rate of a serial line must be one of ${LINE_BAUDS.join(', ')}; ${why}`);
}

/** From linux/gpio.h, uAPI v2 (Linux 5.10): requests to ioctl(2) and where things lie in their structures, in bytes. */
export const GPIO_V2_GET_LINE_IOCTL = 0xc250b407;
export const GPIO_V2_LINE_GET_VALUES_IOCTL = 0xc010b40e;
export const GPIO_V2_LINE_SET_VALUES_IOCTL = 0xc010b40f;

const FLAG_ACTIVE_LOW = 1n << 1n;
const FLAG_INPUT = 1n << 2n;
const FLAG_OUTPUT = 1n << 3n;
const FLAGS_OF_BIAS = { up: 1n << 8n, down: 1n << 9n, none: 1n << 10n } as const;
const ATTR_ID_OUTPUT_VALUES = 2;

/** struct gpio_v2_line_request */
const REQUEST = {
  size: 592,
  offsets: 0,
  consumer: 256,
  configFlags: 288,
  configAttributeCount: 296,
  firstAttribute: 320,
  lineCount: 560,
  fd: 588,
} as const;
const CONSUMER_SIZE = 32;
/** struct gpio_v2_line_config_attribute: id, padding, values, mask. */
const ATTRIBUTE = { id: 0, values: 8, mask: 16 } as const;

export interface GpioLines {
  /** Offsets on the chip, in the order of the channels. */
  readonly offsets: readonly number[];
  /** Whether a line is electrically low when it is on; the kernel turns it round. */
  readonly activeLow: boolean;
}

/** struct gpio_v2_line_request for exclusive outputs that are off from the first instant on. */
export function encodeLineRequest({ offsets, activeLow }: GpioLines, consumer: string): Uint8Array {
  const bytes = new Uint8Array(REQUEST.size);
  const view = new DataView(bytes.buffer);
  for (const [place, offset] of offsets.entries()) view.setUint32(REQUEST.offsets + 4 * place, offset, true);
  bytes.set(new TextEncoder().encode(consumer).subarray(0, CONSUMER_SIZE - 1), REQUEST.consumer);
  view.setBigUint64(REQUEST.configFlags, FLAG_OUTPUT | (activeLow ? FLAG_ACTIVE_LOW : 0n), true);
  view.setUint32(REQUEST.configAttributeCount, 1, true);
  view.setUint32(REQUEST.firstAttribute + ATTRIBUTE.id, ATTR_ID_OUTPUT_VALUES, true);
  view.setBigUint64(REQUEST.firstAttribute + ATTRIBUTE.values, 0n, true);
  view.setBigUint64(REQUEST.firstAttribute + ATTRIBUTE.mask, maskOf(offsets.length), true);
  view.setUint32(REQUEST.lineCount, offsets.length, true);
  return bytes;
}

/** What holds an input where nothing is connected to it. */
export type Bias = keyof typeof FLAGS_OF_BIAS;

/** struct gpio_v2_line_request for one exclusive input. */
export function encodeInputRequest(offset: number, bias: Bias, consumer: string): Uint8Array {
  const bytes = new Uint8Array(REQUEST.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(REQUEST.offsets, offset, true);
  bytes.set(new TextEncoder().encode(consumer).subarray(0, CONSUMER_SIZE - 1), REQUEST.consumer);
  view.setBigUint64(REQUEST.configFlags, FLAG_INPUT | FLAGS_OF_BIAS[bias], true);
  view.setUint32(REQUEST.lineCount, 1, true);
  return bytes;
}

/** struct gpio_v2_line_values that asks for the first line of a request. */
export function encodeOneAsked(): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(8, 1n, true);
  return bytes;
}

/** Whether the kernel wrote that the line asked for is high. */
export const isHigh = (values: Uint8Array): boolean => ((values[0] ?? 0) & 1) === 1;

/** The file descriptor that the kernel wrote into the request: it holds the lines. */
export const requestedFd = (request: Uint8Array): number =>
  new DataView(request.buffer, request.byteOffset).getInt32(REQUEST.fd, true);

/** struct gpio_v2_line_values over all `count` lines: `channel` (from 1) on and no other, or none. */
export function encodeOneOn(channel: number | null, count: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, channel === null ? 0n : 1n << BigInt(channel - 1), true);
  view.setBigUint64(8, maskOf(count), true);
  return bytes;
}

const maskOf = (count: number): bigint => (1n << BigInt(count)) - 1n;

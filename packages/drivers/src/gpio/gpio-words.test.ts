// Proves that requests lie in memory as a C compiler lays out linux/gpio.h on 64-bit Linux: the bytes below were printed by one.
import { describe, expect, it } from 'vitest';
import {
  encodeInputRequest,
  encodeLineRequest,
  encodeOneAsked,
  encodeOneOn,
  isHigh,
  requestedFd,
} from './gpio-words.ts';

/** All bytes that are not 0, as `place:hex`. */
const setBytes = (bytes: Uint8Array) =>
  [...bytes].flatMap((byte, place) => (byte === 0 ? [] : [`${place}:${byte.toString(16).padStart(2, '0')}`])).join(' ');

describe('a request of lines', () => {
  it('is for outputs, active low, all off', () => {
    const request = encodeLineRequest({ offsets: [17, 22, 23, 24, 25, 300], activeLow: true }, 'perista relays');
    expect(request).toHaveLength(592);
    expect(setBytes(request)).toBe(
      [
        '0:11 4:16 8:17 12:18 16:19 20:2c 21:01 256:70 257:65 258:72 259:69 260:73 261:74 262:61 263:20 264:72',
        '265:65 266:6c 267:61 268:79 269:73 288:0a 296:01 320:02 336:3f 560:06',
      ].join(' '),
    );
  });

  it('holds the descriptor that the kernel writes', () => {
    const request = encodeLineRequest({ offsets: [17], activeLow: false }, 'perista relays');
    request[588] = 7;
    expect([requestedFd(request), request[288]]).toEqual([7, 0b1000]);
  });
});

describe('a write of lines', () => {
  it('has one bit or none set, and all in the mask', () => {
    expect(setBytes(encodeOneOn(null, 6))).toBe('8:3f');
    for (const channel of [1, 2, 3, 4, 5, 6]) {
      const bits = (1 << (channel - 1)).toString(16).padStart(2, '0');
      expect(setBytes(encodeOneOn(channel, 6))).toBe(`0:${bits} 8:3f`);
    }
  });
});

describe('a request of an input', () => {
  it('is for one line with its bias', () => {
    const flags = (bias: 'up' | 'down' | 'none') => setBytes(encodeInputRequest(5, bias, 'perista')).split(' ');
    expect(encodeInputRequest(5, 'up', 'perista')).toHaveLength(592);
    expect(flags('up')).toEqual([
      ...['0:05', '256:70', '257:65', '258:72', '259:69', '260:73', '261:74', '262:61'],
      ...['288:04', '289:01', '560:01'],
    ]);
    expect(flags('down')).toContain('289:02');
    expect(flags('none')).toContain('289:04');
  });

  it('asks for its level and reads it', () => {
    const values = encodeOneAsked();
    expect([setBytes(values), isHigh(values)]).toEqual(['8:01', false]);
    values[0] = 1;
    expect(isHigh(values)).toBe(true);
  });
});

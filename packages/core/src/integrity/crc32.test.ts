// Proves that the checksum is CRC-32/ISO-HDLC and notices every single flipped bit.
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('crc32', () => {
  it('gives the published check value', () => {
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
  });

  it('agrees with zlib', () => {
    expect(crc32(new Uint8Array())).toBe(0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      }),
    );
  });

  it('changes with any single bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), (bytes, pick) => {
        const bit = pick % (bytes.length * 8);
        const flipped = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(crc32(flipped)).not.toBe(crc32(bytes));
      }),
    );
  });
});

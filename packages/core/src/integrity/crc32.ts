const REFLECTED_POLYNOMIAL = 0xedb88320;

/** What each byte does to the sum when none, one, two or three bytes follow it: so four are taken at a time. */
const [LAST, THIRD, SECOND, FIRST] = slices();

function slices(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const last = Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ REFLECTED_POLYNOMIAL : value >>> 1;
    return value;
  });
  const before = (slice: Int32Array) => slice.map((value) => (value >>> 8) ^ (last[value & 0xff] as number));
  const third = before(last);
  const second = before(third);
  return [last, third, second, before(second)];
}

/** CRC-32/ISO-HDLC (as zlib); "123456789" gives 0xCBF43926. */
export function crc32(bytes: Uint8Array): number {
  const byteAt = (at: number) => bytes[at] as number;
  const wholeWords = bytes.length & ~3;
  let crc = -1;
  let at = 0;
  for (; at < wholeWords; at += 4) {
    const word = crc ^ (byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24));
    crc =
      (FIRST[word & 0xff] as number) ^
      (SECOND[(word >>> 8) & 0xff] as number) ^
      (THIRD[(word >>> 16) & 0xff] as number) ^
      (LAST[word >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (LAST[(crc ^ byteAt(at)) & 0xff] as number);
  return ~crc >>> 0;
}

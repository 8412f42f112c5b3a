/** The only source of chance. Handed in, so that a run can be repeated from its seed. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** `length` uniform bytes; unpredictable in a real process, repeatable in a simulated one. */
  bytes(length: number): Uint8Array;
}

/** What a JavaScript host offers to build a {@link Random} from; `globalThis.crypto` fits. */
export interface RandomHost {
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/** Chance of a running process, fit for secrets: `hostRandom(globalThis.crypto)` in a composition root. */
export function hostRandom(host: RandomHost): Random {
  const bytes = (length: number) => host.getRandomValues(new Uint8Array(length));
  return {
    bytes,
    unit: () => new DataView(bytes(4).buffer).getUint32(0) / 2 ** 32,
  };
}

/** Repeatable chance (mulberry32) for tests, emulated hardware and the simulator; never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    unit: () => uint32() / 2 ** 32,
    bytes: (length) => Uint8Array.from({ length }, () => uint32() & 0xff),
  };
}

/** Lower-case hexadecimal of fresh bytes: ids, tokens. */
export function randomHex(random: Random, byteLength: number): string {
  return Array.from(random.bytes(byteLength), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

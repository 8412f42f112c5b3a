import type { Hasher } from './hasher.ts';

/** A {@link Hasher} for tests: as strict as the real one, but it costs nothing. Counts what it was asked. */
export function fakeHasher(): Hasher & { asked: { hash: number; verify: string[] } } {
  const asked = { hash: 0, verify: [] as string[] };
  return {
    asked,
    async hash(password) {
      asked.hash++;
      return `fake:${password}`;
    },
    async verify(hash, password) {
      asked.verify.push(hash);
      return hash === `fake:${password}`;
    },
  };
}

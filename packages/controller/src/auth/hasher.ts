/** Turns passwords into something safe to keep. Slow on purpose, off the event loop. */
export interface Hasher {
  /** A self-describing hash (PHC string) with a salt of its own. */
  hash(password: string): Promise<string>;
  /** Whether `password` made `hash`; false as well for a hash that cannot be read. */
  verify(hash: string, password: string): Promise<boolean>;
}

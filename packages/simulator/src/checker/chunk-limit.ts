/** One chunk of a second, on a board whose clock is 5 % slow, from its order to rest, ms. */
export const CHUNK_LIMIT_MS = 1_150;

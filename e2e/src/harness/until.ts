const POLL_MS = 50;

/**
 * Asks again and again until `condition` gives something that is neither false nor undefined, and gives that.
 * An error of `condition` counts as "not yet". @throws after `limitMs`, naming `what` and the last error.
 */
export async function until<T>(
  condition: () => T | false | undefined | Promise<T | false | undefined>,
  limitMs: number,
  what: string,
): Promise<T> {
  const deadlineMs = performance.now() + limitMs;
  let cause: unknown;
  for (;;) {
    try {
      const found = await condition();
      if (found !== false && found !== undefined) return found;
    } catch (thrown) {
      cause = thrown;
    }
    if (performance.now() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves to the reason once this process shall stop: a signal (they may come several times), or the end of the process
 * that started it, which closes the channel between the two.
 */
export function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) process.on(signal, () => resolve(signal));
    process.on('disconnect', () => resolve('the process that started this one is gone'));
    process.channel?.unref();
  });
}

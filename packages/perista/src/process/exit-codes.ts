/** How Perista's processes end. */
export const EXIT = {
  ok: 0,
  /** It could not start or could not go on. */
  failed: 1,
  /** Settings or options are wrong; nothing was started. */
  wrongSettings: 2,
  /** It was asked to be started again: settings were saved. */
  again: 64,
  /** A bug of ours; the launcher starts the process again. */
  bug: 70,
} as const;

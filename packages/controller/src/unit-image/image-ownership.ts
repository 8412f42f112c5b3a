/** Whose the image is, from what the database remembers of it; nothing is remembered by a database that never met one. */
export type ImageOwnership =
  /** It follows this database. */
  | 'ours'
  /** Somebody imported it: its plans are to be taken over. */
  | 'imported'
  /** Its plans were taken over, and nobody has said yet that they hold. */
  | 'unconfirmed';

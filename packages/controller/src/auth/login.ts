import type { Actor } from '../services.ts';

/** A session or an API token that is alive. */
export interface Login {
  readonly kind: 'session' | 'token';
  /** Names it to people; nobody can log in with it. */
  readonly loginId: string;
  readonly actor: Actor;
  /** Whose it is. */
  readonly username: string;
  readonly createdAtMs: number;
  /** Infinite for a token without an end. */
  readonly expiresAtMs: number;
}

import { PeristaError } from '@perista/core';
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

/** A token that leaked shall leave no other behind and shut nobody out. @throws E403 for a token */
export function refuseToken({ kind, actor }: Login, act: string): void {
  if (kind === 'token') {
    throw new PeristaError('E403', `${actor.name} is a token; only a person who is logged in ${act}`);
  }
}

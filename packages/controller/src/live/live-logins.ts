import type { LoginProof } from '../auth/login-proof.ts';
import type { Actor } from '../services.ts';

/** Who watches, and by which log-in: a session or an API token. */
export interface LiveLogin {
  readonly actor: Actor;
  readonly loginId: string;
  readonly expiresAtMs: number;
}

/** Log-ins as the live gateway needs them. */
export interface LiveLogins {
  /** The living log-in behind a proof; null if there is none. Being asked keeps a session alive. */
  authenticate(proof: LoginProof): LiveLogin | null;
  /** Told of each log-in that somebody ended: logged out, revoked, replaced. */
  onLoginEnded(listener: (loginId: string) => void): void;
}

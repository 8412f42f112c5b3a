import type { AuthService } from '../auth/auth-service.ts';
import { tokenDigest } from '../auth/node-token-digest.ts';
import type { LiveLogin, LiveLogins, LoginProof } from './live-logins.ts';

/** Log-ins by session cookie alone. */
export class SessionLogins implements LiveLogins {
  readonly #auth: AuthService;
  readonly #parseCookie: (header: string) => Record<string, string | undefined>;

  constructor(auth: AuthService, parseCookie: (header: string) => Record<string, string | undefined>) {
    this.#auth = auth;
    this.#parseCookie = parseCookie;
  }

  authenticate({ cookieHeader }: LoginProof): LiveLogin | null {
    const token = this.#parseCookie(cookieHeader ?? '').perista_session;
    const session = token === undefined ? undefined : this.#auth.findSession(token);
    if (token === undefined || session === undefined) return null;
    const actor = { name: session.username, role: session.role };
    return { actor, loginId: tokenDigest(token), expiresAtMs: Date.parse(session.expires_at) };
  }

  onLoginEnded(): void {}
}

import type { Cancel, Clock, Log } from '@perista/core';
import type { Login } from '../auth/login.ts';
import type { LoginProof } from '../auth/login-proof.ts';
import { tolerant } from '../background.ts';

type Lifetime = Pick<Login, 'expiresAtMs'>;

/** What a proof is worth now; null if nothing. */
type Authenticate = (proof: LoginProof) => Lifetime | null;

/** How often a log-in is asked for again. An open screen counts as use, as a request does. */
const ASK_AGAIN_MS = 60_000;
/** A log-in whose end is due is asked for again at this pace. */
const LEAST_WAIT_MS = 500;

/** Sees to it that nobody watches longer than the log-in lives. */
export class LoginWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #logins: { readonly authenticate: Authenticate };

  constructor(ports: { clock: Clock; log: Log; logins: { readonly authenticate: Authenticate } }) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#logins = ports.logins;
  }

  /** Calls `onOver` once when `proof` proves nothing any more. Log-ins that somebody ends are told elsewhere. */
  watch(proof: LoginProof, login: Lifetime, onOver: () => void): Cancel {
    let cancel: Cancel = () => {};
    let expiresAtMs = login.expiresAtMs;
    const askLater = () => {
      const leftMs = expiresAtMs - this.#clock.wallMs();
      cancel = this.#clock.after(Math.min(ASK_AGAIN_MS, Math.max(LEAST_WAIT_MS, leftMs)), ask);
    };
    const ask = () => {
      let isOver = false;
      tolerant(this.#log, 'see whether a log-in lives', () => {
        const now = this.#logins.authenticate(proof);
        isOver = now === null;
        expiresAtMs = now?.expiresAtMs ?? expiresAtMs;
      });
      if (isOver) onOver();
      else askLater();
    };
    askLater();
    return () => cancel();
  }
}

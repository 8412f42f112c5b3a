import { type Clock, ERRORS, PeristaError } from '@perista/core';
import { Password } from '@perista/protocol/api';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { Hasher } from './hasher.ts';
import type { Login } from './login.ts';
import { type Logins, sessionLogin } from './logins.ts';
import type { PasswordAttempt, PasswordCheck } from './password-check.ts';
import type { LoginOrigin, SessionStore } from './session-store.ts';
import { FIRST_USERNAME, type UserStore } from './user-store.ts';

export interface AuthServicePorts {
  readonly store: Store;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly logins: Logins;
  readonly passwords: PasswordCheck;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
}

/** One's own way in and out: first password, log-in, log-out, another password. */
export class AuthService {
  readonly #ports: AuthServicePorts;

  constructor(ports: AuthServicePorts) {
    this.#ports = ports;
  }

  /** Whether the first password is still to be set. */
  needsSetup(): boolean {
    return !this.#ports.users.hasAny();
  }

  /** Sets the first password. @throws E406 once there is one, E408 when `address` tries too often. */
  async setUp(password: string, address: string): Promise<void> {
    if (!this.needsSetup()) throw alreadySetUp();
    this.#ports.passwords.countSetUp(address);
    const passwordHash = await this.#ports.hasher.hash(password);
    if (!this.#createFirst(passwordHash, { address })) throw alreadySetUp();
  }

  /** The first password out of the settings, without effect if there is one. @throws E306 if it breaks the rule. */
  async setUpFromSettings(password: string): Promise<void> {
    if (!this.needsSetup()) return;
    const checked = Password.safeParse(password);
    if (!checked.success) {
      const rules = checked.error.issues.map((issue) => issue.message).join(' and ');
      throw new PeristaError('E306', `${ERRORS.E306.title}: the administrator's password ${rules}`);
    }
    this.#createFirst(await this.#ports.hasher.hash(password), { from: 'settings' });
  }

  /**
   * Opens a session in place of `oldToken`'s.
   * @throws E401 alike for an unknown user and a wrong password, E408 when there were too many attempts.
   */
  async logIn(
    attempt: PasswordAttempt & LoginOrigin & { readonly oldToken?: string },
  ): Promise<{ token: string; login: Login }> {
    const { store, users, sessions, logins, passwords, events } = this.#ports;
    const { username, address, oldToken } = attempt;
    const checked = await passwords.check(attempt);
    const opened = store.transaction(() => {
      const user = checked && passwords.asChecked(checked);
      if (user === undefined) return undefined;
      const replaced = oldToken === undefined ? [] : sessions.endByToken(oldToken);
      const { token, session, ended } = sessions.open(user, attempt);
      const data = { address, session_id: session.sessionId };
      events.append({ kind: 'login', actor: username, data });
      return { token, login: sessionLogin(session), ended: [...replaced, ...ended] };
    });
    if (opened === undefined) {
      // An unknown name is not written down: people type passwords into the wrong field.
      const actor = users.get(username)?.username ?? null;
      events.append({ kind: 'login_failed', severity: 'warning', actor, data: { address } });
      throw new PeristaError('E401', 'User name or password is wrong');
    }
    logins.tellEnded(opened.ended);
    return opened;
  }

  /** @throws E406 for a token, which is revoked and not logged out. */
  logOut(login: Login, address: string): void {
    const { store, sessions, logins, events } = this.#ports;
    if (login.kind === 'token') {
      throw new PeristaError('E406', `A token is not logged out but revoked: DELETE /api/tokens/${login.loginId}`);
    }
    const ended = store.transaction(() => {
      const data = { address, session_id: login.loginId };
      events.append({ kind: 'logout', actor: login.actor.name, data });
      return sessions.end(login.loginId);
    });
    logins.tellEnded(ended);
  }

  /**
   * Another password of one's own. Every other session of the user ends.
   * @throws E401 if `current` is wrong, E408 when there were too many attempts.
   */
  async changePassword(login: Login, passwords: { current: string; next: string }, address: string): Promise<void> {
    const { store, users, sessions, logins, hasher, events } = this.#ports;
    const { username, actor } = login;
    const checked = await this.#ports.passwords.check({ username, password: passwords.current, address });
    const passwordHash = checked && (await hasher.hash(passwords.next));
    const ended = store.transaction(() => {
      if (checked === undefined || passwordHash === undefined || !this.#ports.passwords.asChecked(checked)) {
        return undefined;
      }
      users.setPassword(username, passwordHash);
      const others = sessions.endAllOf(username, login.loginId);
      const data = { username, address, sessions_ended: others.length };
      events.append({ kind: 'password_changed', severity: 'warning', actor: actor.name, data });
      return others;
    });
    if (ended === undefined) {
      events.append({ kind: 'password_change_failed', severity: 'warning', actor: actor.name, data: { address } });
      throw new PeristaError('E401', 'The present password is wrong');
    }
    logins.tellEnded(ended);
  }

  #createFirst(passwordHash: string, data: Record<string, string>): boolean {
    const { store, users, clock, events } = this.#ports;
    return store.transaction(() => {
      // Whoever came second finds somebody there.
      if (users.hasAny()) return false;
      users.create({ username: FIRST_USERNAME, role: 'admin', passwordHash, createdAtMs: clock.wallMs() });
      events.append({ kind: 'setup', actor: FIRST_USERNAME, data });
      return true;
    });
  }
}

function alreadySetUp(): PeristaError {
  return new PeristaError('E406', 'The first password is already set; log in with it');
}

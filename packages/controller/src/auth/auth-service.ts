import { type Clock, ERRORS, PeristaError, type Random, randomHex } from '@perista/core';
import { Password, type Session } from '@perista/protocol/api';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import type { Hasher } from './hasher.ts';
import { SessionStore } from './session-store.ts';
import { FIRST_USERNAME, UserStore } from './user-store.ts';

export interface AuthPorts {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Pick<EventLog, 'append'>;
  /** Becomes the first password if there is none yet; without effect afterwards. */
  readonly adminPassword?: string;
}

/** An account's log-in from one address, and everything that one address tries. */
const ACCOUNT_RULE = { attempts: 5, windowMs: 60_000, longestShutMs: 15 * 60_000 };
const ADDRESS_RULE = { attempts: 30, windowMs: 60_000, longestShutMs: 15 * 60_000 };

/** Passwords, log-in and log-out. */
export class AuthService {
  readonly #store: Store;
  readonly #users: UserStore;
  readonly #sessions: SessionStore;
  readonly #hasher: Hasher;
  readonly #clock: Clock;
  readonly #events: Pick<EventLog, 'append'>;
  readonly #byAccount: AttemptLimiter;
  readonly #byAddress: AttemptLimiter;
  /** Hash of a password nobody has: an unknown user costs as much time as a wrong password. */
  readonly #decoyHash: string;

  private constructor(ports: AuthPorts, decoyHash: string) {
    this.#store = ports.store;
    this.#users = new UserStore(ports.store);
    this.#sessions = new SessionStore(ports);
    this.#hasher = ports.hasher;
    this.#clock = ports.clock;
    this.#events = ports.events;
    this.#byAccount = new AttemptLimiter(ports.clock, ACCOUNT_RULE);
    this.#byAddress = new AttemptLimiter(ports.clock, ADDRESS_RULE);
    this.#decoyHash = decoyHash;
  }

  /** @throws E306 if `adminPassword` is needed and breaks the rule for passwords. */
  static async start(ports: AuthPorts): Promise<AuthService> {
    const auth = new AuthService(ports, await ports.hasher.hash(randomHex(ports.random, 16)));
    if (ports.adminPassword !== undefined && auth.needsSetup()) await auth.#setFromSettings(ports.adminPassword);
    return auth;
  }

  /** Whether the first password is still to be set. */
  needsSetup(): boolean {
    return !this.#users.hasAny();
  }

  /** Sets the first password. @throws E406 once there is one, E408 when `address` tries too often. */
  async setUp(password: string, address: string): Promise<void> {
    if (!this.needsSetup()) throw alreadySetUp();
    this.#count(this.#byAccount, `setup ${address}`);
    const passwordHash = await this.#hasher.hash(password);
    if (!this.#createFirst(passwordHash, { address })) throw alreadySetUp();
  }

  /**
   * Opens a session in place of `oldToken`'s.
   * @throws E401 alike for an unknown user and a wrong password, E408 when there were too many attempts.
   */
  async logIn(attempt: {
    username: string;
    password: string;
    address: string;
    oldToken?: string;
  }): Promise<{ token: string; session: Session }> {
    const { username, address } = attempt;
    const account = `${address} ${username}`;
    this.#count(this.#byAddress, address);
    this.#count(this.#byAccount, account);

    const user = this.#users.get(username);
    const matches = await this.#hasher.verify(user?.passwordHash ?? this.#decoyHash, attempt.password);
    if (user === undefined || !matches) {
      // An unknown name is not written down: people type passwords into the wrong field.
      this.#events.append({
        kind: 'login_failed',
        severity: 'warning',
        actor: user?.username ?? null,
        data: { address },
      });
      throw new PeristaError('E401', 'User name or password is wrong');
    }
    this.#byAccount.forgive(account);
    this.#byAddress.refund(address);
    return this.#store.transaction(() => {
      this.#events.append({ kind: 'login', severity: 'info', actor: username, data: { address } });
      return this.#sessions.open(user, attempt.oldToken);
    });
  }

  /** Ends the session behind `token`, if there is one. */
  logOut(token: string, address: string): void {
    const session = this.#sessions.find(token);
    if (session === undefined) return;
    this.#store.transaction(() => {
      this.#sessions.close(token);
      this.#events.append({ kind: 'logout', severity: 'info', actor: session.username, data: { address } });
    });
  }

  /** The living session behind `token`. */
  findSession(token: string): Session | undefined {
    return this.#sessions.find(token);
  }

  async #setFromSettings(password: string): Promise<void> {
    const checked = Password.safeParse(password);
    if (!checked.success) {
      const rules = checked.error.issues.map((issue) => issue.message).join(' and ');
      throw new PeristaError('E306', `${ERRORS.E306.title}: the administrator's password ${rules}`);
    }
    this.#createFirst(await this.#hasher.hash(password), { from: 'settings' });
  }

  #createFirst(passwordHash: string, data: Record<string, string>): boolean {
    return this.#store.transaction(() => {
      const created = this.#users.createFirst(passwordHash, this.#clock.wallMs());
      if (created) this.#events.append({ kind: 'setup', severity: 'info', actor: FIRST_USERNAME, data });
      return created;
    });
  }

  #count(limiter: AttemptLimiter, key: string): void {
    const waitMs = limiter.attempt(key);
    if (waitMs === 0) return;
    const waitS = Math.ceil(waitMs / 1000);
    throw new PeristaError('E408', `Too many attempts; try again in ${waitS} s`, { details: { retry_after_s: waitS } });
  }
}

function alreadySetUp(): PeristaError {
  return new PeristaError('E406', 'The first password is already set; log in with it');
}

import { type Clock, PeristaError, type Random, randomHex } from '@perista/core';
import { AttemptLimiter, type AttemptRule } from './attempt-limiter.ts';
import type { Hasher } from './hasher.ts';
import type { UserRow } from './user-store.ts';

export interface PasswordAttempt {
  readonly username: string;
  readonly password: string;
  readonly address: string;
}

/** An account's attempts from one address, and everything that one address tries. */
export interface AttemptRules {
  readonly account: AttemptRule;
  readonly address: AttemptRule;
}

const RULES: AttemptRules = {
  account: { attempts: 5, windowMs: 60_000, longestShutMs: 15 * 60_000 },
  address: { attempts: 30, windowMs: 60_000, longestShutMs: 15 * 60_000 },
};

/** Somebody with a password. */
type Known = Pick<UserRow, 'username' | 'passwordHash'>;

export interface PasswordCheckPorts<User extends Known> {
  readonly users: { get(username: string): User | undefined };
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly random: Random;
  readonly rules?: AttemptRules;
}

/** Whose password it is, at a pace that does not help a guesser. */
export class PasswordCheck<User extends Known = UserRow> {
  readonly #users: PasswordCheckPorts<User>['users'];
  readonly #hasher: Hasher;
  readonly #byAccount: AttemptLimiter;
  readonly #byAddress: AttemptLimiter;
  /** Hash of a password nobody has: an unknown user costs as much time as a wrong password. */
  readonly #decoyHash: string;

  private constructor({ users, hasher, clock, rules = RULES }: PasswordCheckPorts<User>, decoyHash: string) {
    this.#users = users;
    this.#hasher = hasher;
    this.#byAccount = new AttemptLimiter(clock, rules.account);
    this.#byAddress = new AttemptLimiter(clock, rules.address);
    this.#decoyHash = decoyHash;
  }

  static async start<User extends Known>(ports: PasswordCheckPorts<User>): Promise<PasswordCheck<User>> {
    return new PasswordCheck(ports, await ports.hasher.hash(randomHex(ports.random, 16)));
  }

  /**
   * The user whose password it is; undefined alike for an unknown user and a wrong password. It takes a while: whoever
   * acts on it asks {@link asChecked} in the transaction.
   * @throws E408 when there were too many attempts
   */
  async check({ username, password, address }: PasswordAttempt): Promise<User | undefined> {
    const account = `${address} ${username}`;
    count(this.#byAddress, address);
    count(this.#byAccount, account);
    const user = this.#users.get(username);
    const fits = await this.#hasher.verify(user?.passwordHash ?? this.#decoyHash, password);
    if (user === undefined || !fits) return undefined;
    this.#byAccount.forgive(account);
    this.#byAddress.refund(address);
    return user;
  }

  /** The user as it is now, if the password is still the one that was checked. */
  asChecked(checked: User): User | undefined {
    const now = this.#users.get(checked.username);
    return now?.passwordHash === checked.passwordHash ? now : undefined;
  }

  /** Counts an attempt to set the first password. @throws E408 when `address` tries too often */
  countSetUp(address: string): void {
    count(this.#byAccount, `setup ${address}`);
  }
}

function count(limiter: AttemptLimiter, key: string): void {
  const waitMs = limiter.attempt(key);
  if (waitMs === 0) return;
  const waitS = Math.ceil(waitMs / 1000);
  throw new PeristaError('E408', `Too many attempts; try again in ${waitS} s`, { details: { retry_after_s: waitS } });
}

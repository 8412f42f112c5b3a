import type { IncomingHttpHeaders } from 'node:http';
import { type Cancel, type Clock, type Log, PeristaError } from '@perista/core';
import type { LiveClosing } from '@perista/protocol/live';
import type { Login } from '../auth/login.ts';
import type { LoginProof } from '../auth/login-proof.ts';
import { type Logins, loginBehind } from '../auth/logins.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { OriginGuard } from '../origin/origin-guard.ts';
import { LoginWatch } from './login-watch.ts';
import { ViewerSeats } from './viewer-seats.ts';

export interface WatchersPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly guard: OriginGuard;
  readonly logins: Pick<Logins, 'authenticate'>;
  readonly bus: EventBus;
}

/** A connection of somebody who is logged in, over whatever protocol. */
export interface Watcher {
  close(reason: LiveClosing): void;
}

/** Who may watch, how many, and until when: one rule for every way in. */
export class Watchers {
  readonly #ports: WatchersPorts;
  readonly #seats = new ViewerSeats();
  readonly #loginWatch: LoginWatch;
  readonly #loginIds = new Map<Watcher, string>();
  #isStopping = false;

  constructor(ports: WatchersPorts) {
    this.#ports = ports;
    this.#loginWatch = new LoginWatch(ports);
  }

  /** Who is logged in and connected now. */
  get count(): number {
    return this.#loginIds.size;
  }

  start(): void {
    this.#ports.bus.subscribe(this, 'login-ended', ({ loginId }) => this.#endLogin(loginId));
  }

  /** Shows everybody out; nobody comes in any more. */
  stop(): void {
    this.#isStopping = true;
    this.#ports.bus.unsubscribeAll(this);
    for (const watcher of this.#loginIds.keys()) watcher.close('server-stopping');
  }

  /**
   * Decided before anything is answered: a web page of somebody else gets no connection at all.
   * @throws PeristaError E201, E405
   */
  refuseStrangers(headers: IncomingHttpHeaders): void {
    // Clients come back within a moment; while it stops they would be told nothing, and hold it up.
    if (this.#isStopping) throw new PeristaError('E201', 'The server is stopping');
    // Browsers let any page open a connection, and send our cookie along: it is guarded as a write is.
    this.#ports.guard('POST', headers);
  }

  /** Who it is. @throws PeristaError E401 */
  logIn(proof: LoginProof): Login {
    return loginBehind(this.#ports.logins, proof);
  }

  /** Gives `watcher` a seat for as long as its log-in lives, and what gives the seat back; null where none is free. */
  seat(watcher: Watcher, proof: LoginProof, login: Login): Cancel | null {
    const { loginId } = login;
    if (!this.#seats.take(loginId)) return null;
    this.#loginIds.set(watcher, loginId);
    const cancelWatch = this.#loginWatch.watch(proof, login, () => watcher.close('logged-out'));
    return () => {
      if (!this.#loginIds.delete(watcher)) return;
      cancelWatch();
      this.#seats.giveBack(loginId);
    };
  }

  #endLogin(endedId: string): void {
    for (const [watcher, loginId] of this.#loginIds) if (loginId === endedId) watcher.close('logged-out');
  }
}

import type { Cancel, Clock, Log } from '@perista/core';
import { EXIT } from '../process/exit-codes.ts';
import type { News } from '../process/news.ts';
import { BackOff } from './back-off.ts';
import type { ChildCommand, ChildProcess, ProcessEnd, StartChild } from './child-process.ts';

/** One process of the unit: kept running until it is told to stop. */
export class SupervisedProcess {
  readonly name: string;
  readonly #command: (lastAddress: string | undefined) => ChildCommand;
  readonly #startChild: StartChild;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onAgain: () => void;
  readonly #backOff = new BackOff();
  #child: ChildProcess | undefined;
  #address: string | undefined;
  #startedMs = 0;
  #stopping = false;
  #cancelRestart: Cancel | undefined;
  #onEnded: (() => void) | undefined;
  #onFirstNews: ((news: News) => void) | undefined;

  constructor(
    name: string,
    /** What to run; it is told the address of the life before, which a restart keeps. */
    command: (lastAddress: string | undefined) => ChildCommand,
    ports: { startChild: StartChild; clock: Clock; log: Log },
    /** It asked to be started again, for its settings are others now. */
    onAgain: () => void = () => {},
  ) {
    this.#onAgain = onAgain;
    this.name = name;
    this.#command = command;
    this.#startChild = ports.startChild;
    this.#clock = ports.clock;
    this.#log = ports.log;
  }

  /** Resolves when it said for the first time that it is ready or that it cannot start. */
  start(): Promise<News> {
    if (this.#stopping) return Promise.resolve({ kind: 'failed', code: null, message: 'it was told to stop' });
    return new Promise((resolve) => {
      this.#onFirstNews = resolve;
      this.#launch();
    });
  }

  /** Asks it to stop; kills it after `limitMs`. Resolves when it is gone. May be called again. */
  stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart?.();
    const child = this.#child;
    if (child === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const cancelKill = this.#clock.after(limitMs, () => {
        this.#log.error({ pid: child.pid, limitMs }, `${this.name} does not stop and is killed`);
        child.signal('SIGKILL');
      });
      const before = this.#onEnded;
      this.#onEnded = () => {
        cancelKill();
        before?.();
        resolve();
      };
      child.signal('SIGTERM');
    });
  }

  #launch(): void {
    this.#startedMs = this.#clock.monotonicMs();
    const child = this.#startChild(this.#command(this.#address));
    this.#child = child;
    child.onNews((news) => this.#hear(news));
    child.onEnd((end) => this.#bury(end));
  }

  #hear(news: News): void {
    if (news.kind === 'ready') this.#address = news.address;
    if (news.kind === 'failed' && this.#onFirstNews) this.#stopping = true;
    this.#onFirstNews?.(news);
    this.#onFirstNews = undefined;
  }

  #bury(end: ProcessEnd): void {
    const pid = this.#child?.pid;
    this.#child = undefined;
    this.#onEnded?.();
    if (this.#stopping) return;
    if (end.code === EXIT.again) this.#onAgain();
    const uptimeMs = this.#clock.monotonicMs() - this.#startedMs;
    const delayMs = this.#backOff.afterLife(uptimeMs);
    this.#log[end.code === EXIT.again ? 'info' : 'error'](
      { pid, ...end, uptimeMs: Math.round(uptimeMs), delayMs },
      `${this.name} ended and is started again`,
    );
    this.#cancelRestart = this.#clock.after(delayMs, () => this.#launch());
  }
}

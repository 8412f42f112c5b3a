import type { News } from '../process/news.ts';
import type { ChildCommand, ChildProcess, ProcessEnd } from './child-process.ts';

/** A process with a life in memory: ends on SIGTERM unless it is stubborn, always on SIGKILL. */
export class FakeChild implements ChildProcess {
  readonly pid: number;
  readonly command: ChildCommand;
  readonly signals: string[] = [];
  isStubborn = false;
  #onNews: (news: News) => void = () => {};
  #onEnd: (end: ProcessEnd) => void = () => {};

  constructor(pid: number, command: ChildCommand) {
    this.pid = pid;
    this.command = command;
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(name);
    if (name === 'SIGKILL' || !this.isStubborn) this.end({ code: null, signal: name });
  }

  onNews(listener: (news: News) => void): void {
    this.#onNews = listener;
  }

  onEnd(listener: (end: ProcessEnd) => void): void {
    this.#onEnd = listener;
  }

  say(news: News): void {
    this.#onNews(news);
  }

  end(end: ProcessEnd = { code: 1, signal: null }): void {
    this.#onEnd(end);
  }
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type News, parseNews } from '../process/news.ts';

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process that was started, as the launcher sees it. */
export interface ChildProcess {
  readonly pid: number | undefined;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  onNews(listener: (news: News) => void): void;
  /** Called once. */
  onEnd(listener: (end: ProcessEnd) => void): void;
}

export interface ChildCommand {
  /** Subcommand of perista and its options. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type StartChild = (command: ChildCommand) => ChildProcess;

const MAIN = join(import.meta.dirname, '..', 'main.ts');

/**
 * Starts `perista <args>` on this Node. It gets a session of its own, so that Ctrl-C reaches only the launcher, which
 * stops it in the right order; its channel tells it when the launcher is gone.
 */
export const startChild: StartChild = ({ args, env }) => {
  const child = spawn(process.execPath, [...process.execArgv, MAIN, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    pid: child.pid,
    signal: (name) => child.kill(name),
    onNews: (listener) => {
      child.on('message', (message) => {
        const news = parseNews(message);
        if (news) listener(news);
      });
    },
    onEnd: (listener) => {
      let told = false;
      const tellOnce = (end: ProcessEnd) => {
        if (!told) listener(end);
        told = true;
      };
      child.on('exit', (code, signal) => tellOnce({ code, signal }));
      child.on('error', () => {
        if (child.pid === undefined) tellOnce({ code: null, signal: null });
      });
    },
  };
};

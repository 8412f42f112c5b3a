import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from './temp-folder.ts';

/** Calls by which a process changes a file or tells another process something. */
const CALLS = 'write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync,sendto,sendmsg,sendmmsg';
/** Threads of one process wake each other through these; nobody else sees it. */
const WITHIN_PROCESS = 'anon_inode:[eventfd]';
/** `4711<ZMQbg/IO/0> sendto(30<socket:[815]>, …` */
const TRACED_CALL = /^(\d+)<(.+?)> (\w+)\(\d+<(.*?)>[,)\s]/;

/** The instant before a call: a thread of the process, by name, is about to make its n-th call of a kind. */
export interface CallPoint {
  readonly thread: string;
  readonly call: string;
  readonly nth: number;
  /** File or socket that the call was for. */
  readonly target: string;
}

/** A process that dies at a call point. */
export interface Doomed {
  /** Resolves when the process is dead, on the clock of `performance.now`; never, if it does not come so far. */
  readonly diedAtMs: Promise<number>;
  /** Lets it live on. */
  spare(): Promise<void>;
}

/**
 * All calls that threads of a process make during `work` and that others can see. Threads are told apart by name, as
 * strace counts for each: a process with one thread for files (UV_THREADPOOL_SIZE=1) has no two that make such calls.
 */
export async function callPoints(pid: number, work: () => Promise<void>): Promise<CallPoint[]> {
  const file = join(tempFolder(), 'calls.txt');
  const strace = await attach('-f', '-Y', '-y', '-s', '0', '-e', `trace=${CALLS}`, '-o', file, '-p', String(pid));
  await work();
  await detach(strace);
  const counts = new Map<string, number>();
  const points = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, , thread, call, target] = TRACED_CALL.exec(line) ?? [];
      if (thread === undefined || call === undefined || target === undefined) return [];
      const nth = (counts.get(`${thread} ${call}`) ?? 0) + 1;
      counts.set(`${thread} ${call}`, nth);
      return [{ thread, call, nth, target }];
    });
  return points.filter(({ target }) => target !== WITHIN_PROCESS);
}

/** From now on the process is killed with SIGKILL when it reaches the point: the call itself is not carried out. */
export async function killAt(pid: number, { thread, call, nth }: CallPoint): Promise<Doomed> {
  const inject = `inject=${call}:signal=KILL:when=${nth}`;
  const strace = await attach(
    '-e',
    `trace=${call}`,
    '-e',
    inject,
    '-o',
    '/dev/null',
    '-p',
    String(taskOf(pid, thread)),
  );
  let isSpared = false;
  const diedAtMs = new Promise<number>((resolve) => {
    strace.once('exit', () => isSpared || resolve(performance.now()));
  });
  return {
    diedAtMs,
    async spare() {
      isSpared = true;
      await detach(strace);
    },
  };
}

/** Starts strace; resolves when it holds its process. */
async function attach(...args: readonly string[]): Promise<ChildProcess> {
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (piece) => {
      said += String(piece);
      if (said.includes('attached')) resolve();
    });
    strace.once('error', (cause) =>
      reject(new Error('strace cannot be started; it is in the Debian package "strace"', { cause })),
    );
    strace.once('exit', () => reject(new Error(`strace cannot hold the process: ${said}`)));
  });
  return strace;
}

async function detach(strace: ChildProcess): Promise<void> {
  if (strace.exitCode !== null || strace.signalCode !== null) return;
  const gone = once(strace, 'exit');
  strace.kill('SIGINT');
  await gone;
}

function taskOf(pid: number, thread: string): number {
  const tasks = `/proc/${pid}/task`;
  const task = readdirSync(tasks).find((one) => readFileSync(join(tasks, one, 'comm'), 'utf8').trim() === thread);
  if (task === undefined) throw new Error(`process ${pid} has no thread ${thread}`);
  return Number(task);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

/** Processes of a unit that hold a lock in its data folder. */
export type PartName = 'agent' | 'controller' | 'emulate' | 'broker';
/** What every unit of a test has. Only tests of MQTT have a broker as well. */
export const PARTS: readonly PartName[] = ['agent', 'controller', 'emulate'];
const ALL_PARTS: readonly PartName[] = [...PARTS, 'broker'];

const PARTS_LIMIT_MS = 15_000;

const root = join(import.meta.dirname, '..', '..', '..');
const bootstrap = join(root, 'packages', 'perista', 'bootstrap.mjs');
const main = join(root, 'packages', 'perista', 'src', 'main.ts');

export type Environment = Readonly<Record<string, string | undefined>>;

/** A process that a test started, with all it wrote. */
export interface TestProcess {
  readonly pid: number;
  output(): string;
  /** Resolves when it ended and everything it wrote was read. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  kill(signal: NodeJS.Signals): void;
  /** Types a line, if somebody is at its keys. */
  type(line: string): void;
  /** Nobody types any more. */
  leaveKeys(): void;
}

/** Ways to start Perista: itself, or as users do with those in front of it. */
const THROUGH = {
  main: (args: readonly string[]) => [process.execPath, '--disable-warning=ExperimentalWarning', main, ...args],
  bootstrap: (args: readonly string[]) => [process.execPath, bootstrap, ...args],
  npm: ([command = '', ...args]: readonly string[]) => ['npm', 'run', command, '--', ...args],
};

export interface RunOptions {
  readonly dataDir?: string;
  readonly env?: Environment;
  readonly through?: keyof typeof THROUGH;
  /** Somebody is at its keys. */
  readonly typing?: boolean;
}

const programs: TestProcess[] = [];
const started: { dataDir: string; process: TestProcess }[] = [];

/** Runs `perista <args>` as a process on a data folder of its own. It ends with the tests of the file, at the latest. */
export function runPerista(args: readonly string[], options: RunOptions = {}): TestProcess {
  const { dataDir = tempFolder(), env = {}, through = 'main', typing = false } = options;
  const [command = '', ...rest] = THROUGH[through](args);
  const run = watch(
    spawn(command, rest, {
      cwd: root,
      env: { ...plainEnvironment(), PERISTA_DATA_DIR: dataDir, PERISTA_MQTT_PORT: 'off', ...env },
      stdio: [typing ? 'pipe' : 'ignore', 'pipe', 'pipe', 'ipc'],
    }),
  );
  started.push({ dataDir, process: run });
  return run;
}

/** Runs another program until the tests of the file are over, at the latest. */
export function runProgram(command: string, args: readonly string[]): TestProcess {
  const run = watch(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  programs.push(run);
  return run;
}

/** The environment without what the person or the test runner set for themselves. */
function plainEnvironment(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PERISTA_|VITEST|npm_|NODE_(ENV|OPTIONS))/.test(name)),
  );
}

function watch(child: ChildProcess): TestProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error('the process could not be started');
  const pieces: string[] = [];
  child.stdout?.on('data', (piece) => pieces.push(String(piece)));
  child.stderr?.on('data', (piece) => pieces.push(String(piece)));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid,
    ended,
    output: () => pieces.join(''),
    kill: (signal) => void child.kill(signal),
    type: (line) => void child.stdin?.write(`${line}\n`),
    leaveKeys: () => void child.stdin?.end(),
  };
}

/** The process that serves a data folder as `part`, as its lock says; undefined if none does. */
export function pidOf(dataDir: string, part: PartName): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataDir, `${part}.lock`), 'utf8'));
    return isPerista(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process lives and is one of Perista's; a number that was given to another program is not. */
export function isPerista(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    if (/\) Z /.test(status)) return false;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('perista');
  } catch {
    return false;
  }
}

/** The guard of the relays, which is a child of the agent. */
export function guardOf(agentPid: number): number {
  const children = readFileSync(`/proc/${agentPid}/task/${agentPid}/children`, 'utf8').trim().split(' ').map(Number);
  const guard = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guard'));
  if (guard === undefined) throw new Error(`process ${agentPid} has no guard`);
  return guard;
}

/** Kills as a power cut would, and waits until the process is gone. */
export async function killHard(pid: number): Promise<void> {
  if (isPerista(pid)) process.kill(pid, 'SIGKILL');
  await until(() => !isPerista(pid), 5_000, `process ${pid} gone`);
}

/** Ends everything that was started for this file, by process id. The parts end by themselves, or are made to. */
async function endAll(): Promise<void> {
  for (const program of programs.splice(0)) {
    program.kill('SIGKILL');
    await program.ended;
  }
  for (const { dataDir, process } of started.splice(0)) {
    process.kill('SIGKILL');
    await process.ended;
    const living = () => ALL_PARTS.flatMap((part) => pidOf(dataDir, part) ?? []);
    await until(() => living().length === 0, PARTS_LIMIT_MS, 'parts end').catch(() =>
      Promise.all(living().map(killHard)),
    );
  }
}

afterAll(endAll);

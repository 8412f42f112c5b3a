import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'packages', 'perista', 'src', 'main.ts');
const PASSWORD = 'bench-bench-bench';
const START_LIMIT_MS = 60_000;

/** The product on emulated hardware, as `npm start` runs it, with a folder of its own. */
export class BenchUnit {
  readonly #process: ChildProcess;
  /** Where its data lies. */
  readonly folder: string;
  readonly url: string;
  readonly #cookie: string;

  private constructor(process: ChildProcess, folder: string, url: string, cookie: string) {
    this.#process = process;
    this.folder = folder;
    this.url = url;
    this.#cookie = cookie;
  }

  /** Starts it with more settings in `env`; its output goes nowhere. */
  static async start(env: Readonly<Record<string, string>>): Promise<BenchUnit> {
    const folder = await mkdtemp(join(tmpdir(), 'perista-bench-'));
    const unit = spawn(process.execPath, [MAIN, 'start', '--data-dir', folder], {
      env: {
        ...process.env,
        PERISTA_HTTP_PORT: '0',
        PERISTA_ADMIN_PASSWORD: PASSWORD,
        PERISTA_LOG_LEVEL: 'error',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await readyAddress(unit);
    const cookie = await logIn(url);
    return new BenchUnit(unit, folder, url, cookie);
  }

  /** Another log-in of the administrator: its cookie. */
  logIn(): Promise<string> {
    return logIn(this.url);
  }

  async get<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, { headers: { cookie: this.#cookie } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  async post(path: string, body: object): Promise<void> {
    const headers = { cookie: this.#cookie, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const answer = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  }

  /** True volume that the emulated pump gave, ml. */
  async trueMl(pump: string): Promise<number> {
    const { port } = JSON.parse(readFileSync(join(this.folder, 'emulator.json'), 'utf8')) as { port: number };
    const truth = await fetch(`http://127.0.0.1:${port}/truth`);
    const { pumps } = (await truth.json()) as { pumps: Record<string, { true_ml: number }> };
    return pumps[pump]?.true_ml ?? Number.NaN;
  }

  /** Memory that a part has now, MB; NaN where it does not run. */
  memoryMb(part: 'controller' | 'broker' | 'agent'): number {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const isOurs =
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.folder) || words.includes(this.folder);
        if (!words.startsWith(`perista ${part}`) || !isOurs) continue;
        const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(kb) / 1024;
      } catch {
        // It ended while it was looked at.
      }
    }
    return Number.NaN;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readyAddress(unit: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const limit = setTimeout(() => reject(new Error(`the unit did not start; it said:\n${said}`)), START_LIMIT_MS);
    unit.once('exit', (code) => reject(new Error(`the unit ended with ${code}; it said:\n${said}`)));
    unit.stdout?.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString();
      const url = /ready at (http:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(limit);
      resolve(url);
    });
  });
}

async function logIn(url: string): Promise<string> {
  const login = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`the log-in failed: ${login.status}`);
  return cookie;
}
